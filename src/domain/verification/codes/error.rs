//! Error messages for refused emailed codes.

use http::StatusCode;
use strum::{AsRefStr, VariantArray};

use super::{CheckError, SendError};
use crate::{
    error::{AppError, FormError, RequestProblem},
    i18n::{Locale, errors as t},
    mailer::MailProblem,
};

/// Why an emailed code is refused, or none is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(prefix = "code_", serialize_all = "snake_case")]
pub enum CodeProblem {
    /// A code was sent a moment ago; `seconds` is the wait.
    TooEarly,
    /// Nothing was typed.
    Missing,
    /// What was typed cannot be a code.
    Malformed,
    /// No code was sent yet.
    NotSent,
    /// Wrong; `left` tries are left (none for a long code, which has no cap).
    Wrong,
    /// It was replaced by the code of a later email, sent `at`.
    Replaced,
    /// The newest code has expired, whatever was typed.
    Expired,
    /// No tries are left, or short codes are refused for now.
    Exhausted,
}

impl FormError for CodeProblem {
    fn status(&self) -> StatusCode {
        match self {
            Self::TooEarly => StatusCode::TOO_MANY_REQUESTS,
            Self::Missing
            | Self::Malformed
            | Self::NotSent
            | Self::Wrong
            | Self::Replaced
            | Self::Expired
            | Self::Exhausted => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    fn text(&self, locale: Locale, error: &AppError) -> String {
        match self {
            Self::TooEarly => t::code_too_early(locale, error.wait_text(locale)),
            Self::Missing => t::code_missing(locale).to_owned(),
            Self::Malformed => t::code_malformed(locale).to_owned(),
            Self::NotSent => t::code_not_sent(locale).to_owned(),
            Self::Wrong => match error.left {
                Some(left) => t::code_wrong(locale, left.into()),
                None => t::long_code_wrong(locale).to_owned(),
            },
            Self::Replaced => t::code_replaced(locale).to_owned(),
            Self::Expired => t::code_expired(locale).to_owned(),
            Self::Exhausted => t::code_exhausted(locale).to_owned(),
        }
    }
}

impl From<SendError> for AppError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::TooEarly(wait) => Self::new(CodeProblem::TooEarly).wait(wait),
            SendError::TooMany { wait, roams: true } => {
                Self::new(MailProblem::TooManyLookBack).wait(wait)
            }
            SendError::TooMany { wait, roams: false } => Self::new(MailProblem::TooMany).wait(wait),
            SendError::TooManyFromNetwork(wait) => {
                Self::new(RequestProblem::TooManyFromNetwork).wait(wait)
            }
            SendError::Db(error) => error.into(),
        }
    }
}

impl From<CheckError> for AppError {
    fn from(error: CheckError) -> Self {
        let field = |problem| Self::field("code", problem);
        match error {
            CheckError::Missing => field(CodeProblem::Missing),
            CheckError::Malformed => field(CodeProblem::Malformed),
            CheckError::NoneSent => field(CodeProblem::NotSent),
            CheckError::Wrong(left) => {
                let left = left.and_then(|left| i32::try_from(left).ok());
                Self { left, ..field(CodeProblem::Wrong) }
            }
            CheckError::Replaced(at) => Self { at: Some(at), ..field(CodeProblem::Replaced) },
            CheckError::Expired => field(CodeProblem::Expired),
            CheckError::Exhausted => field(CodeProblem::Exhausted),
            CheckError::TooMany(wait) => Self::new(RequestProblem::TooManyFromNetwork).wait(wait),
            CheckError::Db(error) => error.into(),
        }
    }
}
