//! Errors of signing in.

use http::StatusCode;
use strum::{AsRefStr, VariantArray};

use crate::{
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
};

/// Why a sign-in is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum SignInProblem {
    /// No account has this name and this password; `failures` is how many in a row.
    BadCredentials,
}

impl FormError for SignInProblem {
    fn status(&self) -> StatusCode {
        StatusCode::UNAUTHORIZED
    }

    fn text(&self, locale: Locale, _: &AppError) -> String {
        match self {
            Self::BadCredentials => t::bad_credentials(locale).to_owned(),
        }
    }
}
