//! Errors of the console.

use http::StatusCode;
use strum::{AsRefStr, VariantArray};

use crate::{
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
};

/// Why the console refuses a staff member's request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum ConsoleProblem {
    /// Another operator has taken the conversation.
    TakenByOther,
    /// The conversation is closed.
    ConversationClosed,
    /// The conversation no longer exists.
    ConversationGone,
    /// The colleague who should take over is not on duty.
    NotOnDuty,
    /// The conversation is about no account.
    AboutNoAccount,
    /// A placeholder of a canned answer was not filled in.
    PlaceholderLeft,
    /// There is no such placeholder.
    PlaceholderUnknown,
}

impl FormError for ConsoleProblem {
    fn status(&self) -> StatusCode {
        match self {
            Self::TakenByOther | Self::ConversationClosed => StatusCode::CONFLICT,
            Self::ConversationGone => StatusCode::GONE,
            Self::NotOnDuty
            | Self::AboutNoAccount
            | Self::PlaceholderLeft
            | Self::PlaceholderUnknown => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    fn text(&self, locale: Locale, _: &AppError) -> String {
        let text = match self {
            Self::TakenByOther => t::taken_by_other(locale),
            Self::ConversationClosed => t::conversation_closed(locale),
            Self::ConversationGone => t::conversation_gone(locale),
            Self::NotOnDuty => t::not_on_duty(locale),
            Self::AboutNoAccount => t::about_no_account(locale),
            Self::PlaceholderLeft => t::placeholder_left(locale),
            Self::PlaceholderUnknown => t::placeholder_unknown(locale),
        };
        text.to_owned()
    }
}
