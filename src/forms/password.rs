//! Passwords: judged when they are chosen, never when they are used.

use icu_casemap::CaseMapper;
use strum::{AsRefStr, VariantArray};
use unicode_normalization::UnicodeNormalization as _;

use super::limits::PASSWORD_MAX;
use crate::{
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
};

/// A password, NFC-normalised (NIST SP 800-63B-4 §3.1.1.2), neither printable nor serialisable.
#[derive(Clone)]
pub struct Password(String);

/// Why a password is refused. There are no composition rules (ASVS 6.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(prefix = "password_", serialize_all = "snake_case")]
pub enum PasswordProblem {
    /// Nothing was typed.
    Missing,
    /// Fewer code points than the shop asks for.
    TooShort,
    /// More than [`PASSWORD_MAX`] code points.
    TooLong,
    /// One of the 10,000 commonest.
    Common,
    /// The login, the e-mail name or the shop's name with fewer than 6 other characters.
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

/// What a password is judged against.
pub struct PasswordContext<'a> {
    /// Fewest code points.
    pub min: usize,
    /// Words that say nothing new about their owner: login, e-mail name, shop name.
    pub words: &'a [&'a str],
}

/// How many characters besides a personal word make a password one's own.
const OTHERS_MIN: usize = 6;

impl Password {
    /// A password that is to be compared, as posted at sign-in. `None` if it is longer
    /// than any that was ever taken: hashing it would be work for nothing.
    #[must_use]
    pub fn entered(typed: &str) -> Option<Self> {
        // Bytes first: a megabyte is refused before it is looked at.
        if typed.len() > PASSWORD_MAX * 4 * 3 {
            return None;
        }
        let password: String = typed.nfc().collect();
        (password.chars().count() <= PASSWORD_MAX).then_some(Self(password))
    }

    /// Judges a password that is being chosen.
    ///
    /// # Errors
    /// What is wrong with it, the first of the reasons that a person would want to hear.
    pub fn choose(typed: &str, context: &PasswordContext<'_>) -> Result<Self, PasswordProblem> {
        if typed.is_empty() {
            return Err(PasswordProblem::Missing);
        }
        let Some(Self(password)) = Self::entered(typed) else {
            return Err(PasswordProblem::TooLong);
        };
        if password.chars().count() < context.min {
            return Err(PasswordProblem::TooShort);
        }
        let folded = CaseMapper::new().fold_string(&password);
        if crate::server::common_passwords::contains(&folded) {
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
        Ok(Self(password))
    }

    /// The password itself, for hashing.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0
    }
}
