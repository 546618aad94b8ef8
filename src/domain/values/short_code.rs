//! What the user copies from one page to another: the code below a QR code, and the number on the computer.

use secrecy::{ExposeSecret as _, SecretString};

use super::{
    code::Code,
    code_text::{only, pick},
    digits::runs,
};

/// The code below a QR code, for users who cannot scan: 40 bits.
#[derive(Clone)]
pub struct ShortCode(SecretString);

impl ShortCode {
    /// Number of characters, from [`Code::ALPHABET`].
    pub const LENGTH: usize = 8;

    /// Parses what was typed or pasted; returns `None` if it cannot be a short code.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        pick(typed, |code| {
            code.len() == Self::LENGTH && code.bytes().all(|b| Code::ALPHABET.contains(&b))
        })
        .map(|code| Self(code.into()))
    }

    /// Returns the code for these random bytes; `None` if there are too few.
    #[must_use]
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        // 256 is a multiple of 32, so each character is equally likely.
        let letters = bytes.iter().take(Self::LENGTH).filter_map(|byte| {
            let letter = Code::ALPHABET.get(usize::from(byte % 32))?;
            Some(char::from(*letter))
        });
        let code: String = letters.collect();
        (code.len() == Self::LENGTH).then(|| Self(code.into()))
    }

    /// Returns the characters without separators.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }

    /// Returns the code as displayed: `XXXX-XXXX`.
    #[must_use]
    pub fn display(&self) -> String {
        let (one, other) = self.expose_secret().split_at(Self::LENGTH / 2);
        format!("{one}-{other}")
    }
}

/// Parses the two-digit number shown on the computer; returns `None` if it cannot be one.
#[must_use]
pub fn two_digits(typed: &str) -> Option<String> {
    let fits = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    pick(typed, fits).or_else(|| only(runs(typed).into_iter()).filter(|run| fits(run)))
}
