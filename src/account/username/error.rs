//! Errors of a username change.

use strum::{AsRefStr, VariantArray};

use crate::{
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
};

/// Why a username is not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(prefix = "login_", serialize_all = "snake_case")]
pub(crate) enum UsernameChangeProblem {
    /// It is the account's current username.
    Same,
    /// It was changed recently; `seconds` is the wait.
    TooSoon,
}

impl FormError for UsernameChangeProblem {
    fn text(&self, locale: Locale, error: &AppError) -> String {
        match self {
            Self::Same => t::login_same(locale).to_owned(),
            Self::TooSoon => t::login_too_soon(locale, error.wait_text(locale)),
        }
    }
}
