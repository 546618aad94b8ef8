//! Errors of signing in by QR code.

use http::StatusCode;
use strum::{AsRefStr, VariantArray};

use crate::{
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
};

/// Why a sign-in by QR code does not continue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum QrProblem {
    /// The code was used or has expired.
    #[strum(serialize = "qr_gone")]
    Gone,
    /// Staff may not sign in this way.
    #[strum(serialize = "qr_staff")]
    Staff,
    /// No number was entered.
    #[strum(serialize = "qr_number_missing")]
    NumberMissing,
    /// It is not the number that the computer shows.
    #[strum(serialize = "qr_number_wrong")]
    NumberWrong,
    /// After too many failures, the password is not accepted here.
    #[strum(serialize = "qr_password_off")]
    PasswordOff,
    /// No code was typed.
    ShortCodeMissing,
    /// No waiting computer has this code.
    ShortCodeWrong,
}

impl FormError for QrProblem {
    fn status(&self) -> StatusCode {
        match self {
            Self::Gone => StatusCode::GONE,
            Self::Staff => StatusCode::FORBIDDEN,
            Self::NumberMissing
            | Self::NumberWrong
            | Self::PasswordOff
            | Self::ShortCodeMissing
            | Self::ShortCodeWrong => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    fn text(&self, locale: Locale, _: &AppError) -> String {
        let text = match self {
            Self::Gone => t::qr_gone(locale),
            Self::Staff => t::qr_staff(locale),
            Self::NumberMissing => t::qr_number_missing(locale),
            Self::NumberWrong => t::qr_number_wrong(locale),
            Self::PasswordOff => t::qr_password_off(locale),
            Self::ShortCodeMissing => t::short_code_missing(locale),
            Self::ShortCodeWrong => t::short_code_wrong(locale),
        };
        text.to_owned()
    }
}
