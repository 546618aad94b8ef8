//! Error messages for refused assisted recoveries.

use http::StatusCode;
use strum::{AsRefStr, VariantArray};

use crate::{
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
};

/// Why an assisted recovery is not opened, or does not continue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(prefix = "assisted_", serialize_all = "snake_case")]
pub(crate) enum AssistedProblem {
    /// The conversation is not about an account.
    Nobody,
    /// The account belongs to the staff.
    Staff,
    /// The account is disabled.
    Disabled,
    /// The account has an open recovery already.
    Alive,
    /// The owner stopped two recently; only an admin may open the next.
    AdminOnly,
    /// The daily limit is used up; `seconds` is the wait.
    TooMany,
    /// No check was ticked.
    Unchecked,
    /// The remark is too long.
    RemarkTooLong,
    /// Its state changed meanwhile.
    Moved,
    /// The staff member who opened it may not approve it.
    Own,
    /// The staff member who approves has not held the role long enough.
    TooNew,
    /// The approver's role was assigned by the staff member who opened it, or the other way round.
    Related,
    /// The staff member who opened it is no longer on the staff.
    OpenerGone,
}

impl FormError for AssistedProblem {
    fn status(&self) -> StatusCode {
        match self {
            Self::Staff
            | Self::AdminOnly
            | Self::Own
            | Self::TooNew
            | Self::Related
            | Self::OpenerGone => StatusCode::FORBIDDEN,
            Self::Alive | Self::Moved => StatusCode::CONFLICT,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Nobody | Self::Disabled | Self::Unchecked | Self::RemarkTooLong => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
        }
    }

    fn text(&self, locale: Locale, error: &AppError) -> String {
        match self {
            Self::Nobody => t::assisted_nobody(locale).to_owned(),
            Self::Staff => t::assisted_staff(locale).to_owned(),
            Self::Disabled => t::assisted_disabled(locale).to_owned(),
            Self::Alive => t::assisted_alive(locale).to_owned(),
            Self::AdminOnly => t::assisted_admin_only(locale).to_owned(),
            Self::TooMany => t::assisted_too_many(locale, error.wait_text(locale)),
            Self::Unchecked => t::assisted_unchecked(locale).to_owned(),
            Self::RemarkTooLong => t::assisted_remark_too_long(locale).to_owned(),
            Self::Moved => t::assisted_moved(locale).to_owned(),
            Self::Own => t::assisted_own(locale).to_owned(),
            Self::TooNew => t::assisted_too_new(locale).to_owned(),
            Self::Related => t::assisted_related(locale).to_owned(),
            Self::OpenerGone => t::assisted_opener_gone(locale).to_owned(),
        }
    }
}
