//! Where settings come from: their defaults, a file, and variables of the environment, each overriding the former.

use std::{fs, path::Path};

use super::{ConfigError, SETTINGS, env_name, kubernetes};

/// Returns every setting as a text, or as a list of texts where the file has a list.
pub(super) fn read(
    path: Option<&Path>,
    env: impl Iterator<Item = (String, String)>,
) -> Result<toml::Table, ConfigError> {
    let default = Path::new("latchkey.toml");
    let mut table: toml::Table =
        SETTINGS.map(|(key, value)| (key.to_owned(), value.into())).into_iter().collect();
    if let Some(path) = path.or_else(|| default.exists().then_some(default)) {
        table.extend(file(path)?);
    }
    for (name, value) in env {
        let Some(key) = name.strip_prefix("LATCHKEY_") else { continue };
        let key = key.to_lowercase();
        // Variables that tests and benchmarks pass to themselves are not settings.
        if key.starts_with("test_") || key.starts_with("bench_") {
            continue;
        }
        let is_known = table.contains_key(&key);
        if !is_known && kubernetes::sets(&name, &value) {
            continue;
        }
        if env_name(&key) != name || !is_known {
            let reason = "there is no such setting".to_owned();
            return Err(ConfigError { setting: name, reason });
        }
        table.insert(key, value.into());
    }
    Ok(table)
}

fn file(path: &Path) -> Result<toml::Table, ConfigError> {
    let error = |reason: String| ConfigError { setting: path.display().to_string(), reason };
    let text = fs::read_to_string(path).map_err(|e| error(e.to_string()))?;
    let table: toml::Table =
        text.parse().map_err(|e: toml::de::Error| error(e.message().replace('\n', " ")))?;
    match table.keys().find(|key| !SETTINGS.iter().any(|(known, _)| known == key)) {
        Some(unknown) => Err(error(format!("there is no setting `{unknown}`"))),
        None => Ok(table),
    }
}
