//! Errors of the profile.

use strum::{AsRefStr, VariantArray};

use crate::{
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
};

/// Why a field of the profile is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum ProfileProblem {
    /// The name is too long.
    DisplayNameTooLong,
    /// There is no such time zone.
    TimeZoneUnknown,
}

impl FormError for ProfileProblem {
    fn text(&self, locale: Locale, _: &AppError) -> String {
        let text = match self {
            Self::DisplayNameTooLong => t::display_name_too_long(locale),
            Self::TimeZoneUnknown => t::time_zone_unknown(locale),
        };
        text.to_owned()
    }
}
