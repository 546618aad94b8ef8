//! Error messages for refused messages and conversations.

use http::StatusCode;
use strum::{AsRefStr, VariantArray};

use crate::{
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
};

/// Why a conversation does not accept what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum ConversationProblem {
    /// The picture is larger than a message may carry.
    AttachmentTooLarge,
    /// Too many in a minute; `seconds` is the wait.
    TooManyMessages,
    /// Too many were begun in an hour; `seconds` is the wait.
    TooManyConversations,
}

impl FormError for ConversationProblem {
    fn status(&self) -> StatusCode {
        match self {
            Self::TooManyMessages | Self::TooManyConversations => StatusCode::TOO_MANY_REQUESTS,
            Self::AttachmentTooLarge => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    fn text(&self, locale: Locale, error: &AppError) -> String {
        match self {
            Self::AttachmentTooLarge => t::attachment_too_large(locale).to_owned(),
            Self::TooManyMessages => t::too_many_messages(locale, error.wait_text(locale)),
            Self::TooManyConversations => {
                t::too_many_conversations(locale, error.wait_text(locale))
            }
        }
    }
}
