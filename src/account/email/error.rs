//! Errors of an address change.

use strum::{AsRefStr, VariantArray};

use crate::{
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
};

/// Why an address is not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum EmailChangeProblem {
    /// It is the account's current address.
    #[strum(serialize = "email_same")]
    Same,
}

impl FormError for EmailChangeProblem {
    fn text(&self, locale: Locale, _: &AppError) -> String {
        match self {
            Self::Same => t::email_same(locale).to_owned(),
        }
    }
}
