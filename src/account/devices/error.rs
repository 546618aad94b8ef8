//! Errors of naming devices and signing them out.

use http::StatusCode;
use strum::{AsRefStr, VariantArray};

use crate::{
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
};

/// Why a device is not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum DeviceProblem {
    /// It is already signed out.
    #[strum(serialize = "session_gone")]
    Gone,
    /// The name is too long.
    #[strum(serialize = "device_name_too_long")]
    NameTooLong,
}

impl FormError for DeviceProblem {
    fn status(&self) -> StatusCode {
        match self {
            Self::Gone => StatusCode::NOT_FOUND,
            Self::NameTooLong => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    fn text(&self, locale: Locale, _: &AppError) -> String {
        let text = match self {
            Self::Gone => t::session_gone(locale),
            Self::NameTooLong => t::device_name_too_long(locale),
        };
        text.to_owned()
    }
}
