//! Where settings come from: a file, and variables of the environment, which precede it.

use super::parse::Result;
use super::{ConfigError, SETTINGS, env_name, kubernetes};
use std::{fs, path::Path};

/// The settings as texts, with the environment laid over the file.
pub(super) struct Source(toml::Table);

impl Source {
    pub(super) fn read(
        file: Option<&Path>,
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<Self> {
        let mut table = match file {
            Some(path) => Self::file(path)?,
            None if Path::new("latchkey.toml").exists() => Self::file(Path::new("latchkey.toml"))?,
            None => toml::Table::new(),
        };
        for (name, value) in env {
            let Some(key) = name.strip_prefix("LATCHKEY_") else { continue };
            let key = key.to_lowercase();
            // Variables that tests and benchmarks pass to themselves are not settings.
            if key.starts_with("test_") || key.starts_with("bench_") {
                continue;
            }
            let is_known = SETTINGS.iter().any(|(known, _)| *known == key);
            if !is_known && kubernetes::sets(&name, &value) {
                continue;
            }
            if env_name(&key) != name || !is_known {
                return Err(ConfigError {
                    setting: name,
                    reason: "there is no such setting".to_owned(),
                });
            }
            table.insert(key, toml::Value::String(value));
        }
        Ok(Self(table))
    }

    fn file(path: &Path) -> Result<toml::Table> {
        let error = |reason: String| ConfigError { setting: path.display().to_string(), reason };
        let text = fs::read_to_string(path).map_err(|e| error(e.to_string()))?;
        let table: toml::Table =
            text.parse().map_err(|e: toml::de::Error| error(e.message().replace('\n', " ")))?;
        match table.keys().find(|key| !SETTINGS.iter().any(|(known, _)| known == key)) {
            Some(unknown) => Err(error(format!("there is no setting `{unknown}`"))),
            None => Ok(table),
        }
    }

    /// Returns the setting as text; empty means not set.
    pub(super) fn get(&self, key: &str) -> Result<Option<String>> {
        let text = match self.0.get(key) {
            None => SETTINGS
                .iter()
                .find(|(known, _)| *known == key)
                .map(|(_, default)| (*default).to_owned()),
            Some(value) => Some(plain(key, value)?),
        };
        Ok(text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()))
    }

    /// Returns the setting as a list: an array in the file as it is, a text split by `split`.
    pub(super) fn list(&self, key: &str, split: fn(&str) -> Vec<String>) -> Result<Vec<String>> {
        let items = match self.0.get(key) {
            Some(toml::Value::Array(items)) => {
                items.iter().map(|item| plain(key, item)).collect::<Result<Vec<_>>>()?
            }
            _ => self.get(key)?.map(|text| split(&text)).unwrap_or_default(),
        };
        let items = items.into_iter().map(|item| item.trim().to_owned());
        Ok(items.filter(|item| !item.is_empty()).collect())
    }

    pub(super) fn required(&self, key: &str) -> Result<String> {
        self.get(key)?.ok_or_else(|| ConfigError::new(key, "must not be empty"))
    }
}

fn plain(key: &str, value: &toml::Value) -> Result<String> {
    match value {
        toml::Value::String(text) => Ok(text.clone()),
        toml::Value::Integer(number) => Ok(number.to_string()),
        toml::Value::Array(_) => Err(ConfigError::new(key, "one text is expected, not a list")),
        _ => Err(ConfigError::new(key, "a text or a number is expected")),
    }
}
