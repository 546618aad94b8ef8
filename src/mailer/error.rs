//! The problems of sending emails.

use http::StatusCode;
use strum::{AsRefStr, VariantArray};

use crate::{
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
};

/// Why no email is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum MailProblem {
    /// The mail server does not accept addresses with letters beyond ASCII.
    #[strum(serialize = "email_not_carried")]
    NotCarried,
    /// The limit of emails in an hour or a day is reached; `seconds` is the wait.
    #[strum(serialize = "too_many_letters")]
    TooMany,
    /// As [`Self::TooMany`]; the code in the newest email works in any browser.
    #[strum(serialize = "too_many_letters_look_back")]
    TooManyLookBack,
}

impl FormError for MailProblem {
    fn status(&self) -> StatusCode {
        match self {
            Self::TooMany | Self::TooManyLookBack => StatusCode::TOO_MANY_REQUESTS,
            Self::NotCarried => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    fn text(&self, locale: Locale, error: &AppError) -> String {
        match self {
            Self::NotCarried => t::email_not_carried(locale).to_owned(),
            Self::TooMany => t::too_many_letters(locale, error.wait_text(locale)),
            Self::TooManyLookBack => t::too_many_letters_look_back(locale, error.wait_text(locale)),
        }
    }
}
