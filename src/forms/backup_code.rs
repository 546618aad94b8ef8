//! Saved codes as people type them from paper.

use super::code::{Code, pick};

/// A saved code as typed, tidied like a [`Code`].
#[derive(Clone, PartialEq, Eq)]
pub struct BackupCode(String);

impl BackupCode {
    /// Characters of a code, 5 bits each: 80 bits (NIST SP 800-63B-4 §4.2.1.1 asks for 64).
    pub const LENGTH: usize = 16;

    /// Reads what was typed or pasted; `None` if it can be no saved code at all.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        pick(typed, |code| {
            code.len() == Self::LENGTH && code.bytes().all(|b| Code::ALPHABET.contains(&b))
        })
        .map(Self)
    }

    /// The code that these random bytes make.
    #[must_use]
    pub(crate) fn of(bytes: [u8; Self::LENGTH]) -> Self {
        let letters = bytes.iter().filter_map(|byte| Code::ALPHABET.get(usize::from(byte % 32)));
        Self(letters.map(|letter| char::from(*letter)).collect())
    }

    /// The bare characters.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0
    }

    /// As it stands on paper: `XXXX-XXXX-XXXX-XXXX`.
    #[must_use]
    pub fn display(&self) -> String {
        let groups: Vec<&str> =
            [0..4, 4..8, 8..12, 12..16].into_iter().filter_map(|r| self.0.get(r)).collect();
        groups.join("-")
    }
}
