//! The secret that is made where none is set.

use std::{fs, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::{ConfigError, parse};
use crate::random::Random;

/// Returns the secret in the folder of the SQLite file, created if there is none.
pub(super) fn beside(data: &Path) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let error = |reason: String| ConfigError::new("secret", reason);
    let path = data.join("secret");
    if !path.exists() {
        make(&path).map_err(|e| error(format!("{} cannot be made: {e}", path.display())))?;
    }
    let text = fs::read_to_string(&path).map_err(|e| error(format!("{}: {e}", path.display())))?;
    parse::secret_text(text.trim()).map_err(error)
}

/// Writes the secret to a temporary file and links it into place, so that two processes that start at once agree on one
/// secret and neither ever reads half of it.
fn make(path: &Path) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let temporary = path.with_extension(format!("{}.new", std::process::id()));
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&temporary)?;
    writeln!(file, "{}", STANDARD.encode(Random::System.bytes::<32>()))?;
    file.sync_all()?;
    let linked = fs::hard_link(&temporary, path);
    fs::remove_file(&temporary)?;
    match linked {
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}
