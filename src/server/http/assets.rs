//! The names of the built files, hashes included, read once at start.

use std::path::Path;

/// The addresses that screens refer to.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// The style sheet.
    pub css: String,
    /// The glue of the islands.
    pub js: String,
    /// The islands.
    pub wasm: String,
    /// Whether the names hold hashes: such a file never changes.
    pub hashed: bool,
}

impl Assets {
    /// Reads `hash.txt` of the site folder; without it (`make dev`) the names are plain.
    #[must_use]
    pub fn read(site_root: &Path) -> Self {
        let hashes = std::fs::read_to_string(site_root.join("hash.txt")).unwrap_or_default();
        let name = |kind: &str, ending: &str| {
            let hash =
                hashes.lines().find_map(|line| line.trim().strip_prefix(kind)?.strip_prefix(':'));
            match hash {
                Some(hash) => format!("/pkg/latchkey.{}.{ending}", hash.trim()),
                None if ending == "wasm" => "/pkg/latchkey_bg.wasm".to_owned(),
                None => format!("/pkg/latchkey.{ending}"),
            }
        };
        Self {
            css: name("css", "css"),
            js: name("js", "js"),
            wasm: name("wasm", "wasm"),
            hashed: !hashes.is_empty(),
        }
    }
}
