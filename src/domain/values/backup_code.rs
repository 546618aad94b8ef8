//! Backup codes as users type them from paper.

use secrecy::{ExposeSecret as _, SecretString};

use super::code_text::{ALPHABET, BACKUP, pick};

/// A backup code as typed, normalised like a [`super::Code`].
#[derive(Clone)]
pub struct BackupCode(SecretString);

impl BackupCode {
    /// Characters of a code, 5 bits each: 80 bits (NIST SP 800-63B-4 §4.2.1.1 requires 64).
    pub const LENGTH: usize = BACKUP;

    /// Parses what was typed or pasted; returns `None` if it cannot be a backup code.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        pick(typed, |code| {
            code.len() == Self::LENGTH && code.bytes().all(|b| ALPHABET.contains(&b))
        })
        .map(|code| Self(code.into()))
    }

    /// Returns the code for these random bytes.
    #[must_use]
    pub(crate) fn of(bytes: [u8; Self::LENGTH]) -> Self {
        let letters = bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte % 32)));
        let code: String = letters.map(|letter| char::from(*letter)).collect();
        Self(code.into())
    }

    /// Returns the characters without separators.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }

    /// Returns the code as printed: `XXXX-XXXX-XXXX-XXXX`.
    #[must_use]
    pub fn display(&self) -> String {
        let groups: Vec<&str> = [0..4, 4..8, 8..12, 12..16]
            .into_iter()
            .filter_map(|r| self.expose_secret().get(r))
            .collect();
        groups.join("-")
    }
}
