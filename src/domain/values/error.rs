//! Errors of simple values.

use strum::{AsRefStr, VariantArray};

use crate::{
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
};

/// Why a language is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(prefix = "language_", serialize_all = "snake_case")]
pub enum LanguageProblem {
    /// Latchkey has no such language.
    Unknown,
}

impl FormError for LanguageProblem {
    fn text(&self, locale: Locale, _: &AppError) -> String {
        match self {
            Self::Unknown => t::language_unknown(locale).to_owned(),
        }
    }
}
