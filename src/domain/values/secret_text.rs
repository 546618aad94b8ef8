//! Text that must not be shown again: passwords and codes as posted.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize, Serializer, ser::Error as _};

/// A password or code as posted. It can be neither printed nor serialised, and is zeroed when dropped.
#[derive(Clone, Default, Deserialize)]
pub struct SecretText(SecretString);

impl SecretText {
    /// Returns the text itself.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}

/// Always fails: the arguments of a server function must implement the trait, but a secret must never be sent.
impl Serialize for SecretText {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("a secret is not serialised"))
    }
}
