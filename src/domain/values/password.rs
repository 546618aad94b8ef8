//! Passwords: validated when they are chosen, not when they are used.

use icu_casemap::CaseMapper;
use secrecy::{ExposeSecret as _, SecretString};
use strum::{AsRefStr, VariantArray};
use unicode_normalization::UnicodeNormalization as _;

use super::limits::PASSWORD_MAX;
use crate::{
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
};

/// A password, NFC-normalised (NIST SP 800-63B-4 §3.1.1.2); it can be neither printed nor serialised, and is zeroed
/// when dropped.
#[derive(Clone)]
pub struct Password(SecretString);

/// Why a password is refused. There are no composition rules (ASVS 6.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(prefix = "password_", serialize_all = "snake_case")]
pub enum PasswordProblem {
    /// The field is empty.
    Missing,
    /// Fewer code points than the shop requires.
    TooShort,
    /// More than [`PASSWORD_MAX`] code points.
    TooLong,
    /// One of the 10,000 most common passwords.
    Common,
    /// The login, the local part of the email address or the shop's name, with fewer than 6 other characters.
    Personal,
}

impl FormError for PasswordProblem {
    fn text(&self, locale: Locale, _: &AppError) -> String {
        let text = match self {
            Self::Missing => t::password_missing(locale),
            Self::TooShort => t::password_too_short(locale),
            Self::TooLong => t::password_too_long(locale),
            Self::Common => t::password_common(locale),
            Self::Personal => t::password_personal(locale),
        };
        text.to_owned()
    }
}

/// What a password is validated against.
pub struct PasswordContext<'a> {
    /// Minimum length in code points.
    pub min: usize,
    /// Words that an attacker would guess for this owner: login, local part of the email address, shop name.
    pub words: &'a [&'a str],
}

/// Minimum number of characters besides a personal word.
const OTHERS_MIN: usize = 6;

impl Password {
    /// Returns a password that is to be verified, as posted at sign-in; `None` if it is longer than any accepted
    /// password: hashing it would be wasted work.
    #[must_use]
    pub fn entered(typed: &str) -> Option<Self> {
        // Bytes first: a megabyte is refused before it is processed.
        if typed.len() > PASSWORD_MAX * 4 * 3 {
            return None;
        }
        let password: String = typed.nfc().collect();
        (password.chars().count() <= PASSWORD_MAX).then(|| Self(password.into()))
    }

    /// Validates a new password.
    ///
    /// # Errors
    /// The first problem, in the order that helps the user most.
    pub fn choose(typed: &str, context: &PasswordContext<'_>) -> Result<Self, PasswordProblem> {
        if typed.is_empty() {
            return Err(PasswordProblem::Missing);
        }
        let entered = Self::entered(typed).ok_or(PasswordProblem::TooLong)?;
        let password = entered.expose_secret();
        if password.chars().count() < context.min {
            return Err(PasswordProblem::TooShort);
        }
        let folded = CaseMapper::new().fold_string(password);
        if crate::security::common_passwords::contains(&folded) {
            return Err(PasswordProblem::Common);
        }
        let personal = context.words.iter().any(|word| {
            let word: String = word.nfc().collect();
            let word = CaseMapper::new().fold_string(&word).into_owned();
            word.chars().count() >= 3
                && folded.contains(&word)
                && folded.replace(&word, "").chars().count() < OTHERS_MIN
        });
        if personal {
            return Err(PasswordProblem::Personal);
        }
        Ok(entered)
    }

    /// Returns the password itself.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }

    /// Returns the password for hashing.
    #[must_use]
    pub const fn as_secret(&self) -> &SecretString {
        &self.0
    }
}
