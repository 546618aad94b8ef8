//! What is said of a deletion when it is refused.

use strum::{AsRefStr, VariantArray};

use crate::{
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
};

/// Why an account is not deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum DeletionProblem {
    /// What was typed is not the username.
    ConfirmationWrong,
    /// One of the staff gives up the role first.
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
