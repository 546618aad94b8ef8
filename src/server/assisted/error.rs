//! What is said of assisted recoveries when it is refused.

use http::StatusCode;
use strum::{AsRefStr, VariantArray};

use crate::{
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
};

/// Why an assisted recovery is not opened, or does not continue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(prefix = "assisted_", serialize_all = "snake_case")]
pub enum AssistedProblem {
    /// The conversation is about no account.
    Nobody,
    /// The account is one of the staff.
    Staff,
    /// The account is disabled.
    Disabled,
    /// The account has one already.
    Alive,
    /// The owner stopped two lately; only an admin opens the next.
    AdminOnly,
    /// The day's are used up; `seconds` is the wait.
    TooMany,
    /// Nothing was ticked that was checked.
    Unchecked,
    /// The remark is too long.
    RemarkTooLong,
    /// Its state changed meanwhile.
    Moved,
    /// Who opened it does not approve it.
    Own,
    /// Who approves has the role for too short a time.
    TooNew,
    /// Who approves got the role from who opened it, or the other way round.
    Related,
    /// Who opened it is no longer of the staff.
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
