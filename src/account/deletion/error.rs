//! Errors of deleting an account.

use strum::{AsRefStr, VariantArray};

use crate::{
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
};

/// Why an account is not deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum DeletionProblem {
    /// The typed text is not the username.
    ConfirmationWrong,
    /// Staff must give up their role first.
    StaffStays,
}

impl FormError for DeletionProblem {
    fn text(&self, locale: Locale, _: &AppError) -> String {
        let text = match self {
            Self::ConfirmationWrong => t::confirmation_wrong(locale),
            Self::StaffStays => t::staff_stays(locale),
        };
        text.to_owned()
    }
}
