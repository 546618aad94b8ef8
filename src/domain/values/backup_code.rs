//! Backup codes as users type them from paper.

use super::code::{Code, pick};

/// A backup code as typed, normalised like a [`Code`].
#[derive(Clone, PartialEq, Eq)]
pub struct BackupCode(String);

impl BackupCode {
    /// Characters of a code, 5 bits each: 80 bits (NIST SP 800-63B-4 §4.2.1.1 requires 64).
    pub const LENGTH: usize = 16;

    /// Parses what was typed or pasted; returns `None` if it cannot be a backup code.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        pick(typed, |code| {
            code.len() == Self::LENGTH && code.bytes().all(|b| Code::ALPHABET.contains(&b))
        })
        .map(Self)
    }

    /// Returns the code for these random bytes.
    #[must_use]
    pub(crate) fn of(bytes: [u8; Self::LENGTH]) -> Self {
        let letters = bytes.iter().filter_map(|byte| Code::ALPHABET.get(usize::from(byte % 32)));
        Self(letters.map(|letter| char::from(*letter)).collect())
    }

    /// Returns the characters without separators.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0
    }

    /// Returns the code as printed: `XXXX-XXXX-XXXX-XXXX`.
    #[must_use]
    pub fn display(&self) -> String {
        let groups: Vec<&str> =
            [0..4, 4..8, 8..12, 12..16].into_iter().filter_map(|r| self.0.get(r)).collect();
        groups.join("-")
    }
}
