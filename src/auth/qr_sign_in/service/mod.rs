//! The rules of signing in by QR code.

mod computer;
mod phone;

pub(super) use self::{
    computer::{begin, collect},
    phone::{Approval, Look, approve, deny, leave, look, needs_password, type_code},
};
use crate::{
    auth::qr_sign_in::QrProblem,
    clock::Duration,
    db::DbError,
    domain::{
        accounts::Account,
        passwords::{EnteredPasswordProblem, VerifyError},
        values::PasswordProblem,
    },
    error::{FieldErrors, InternalError},
};

/// Why it did not continue.
#[derive(Debug, thiserror::Error)]
pub(super) enum QrError {
    /// The request does not exist (any more) for the caller.
    #[error("the request is gone")]
    Gone,
    /// Staff sign in with password and emailed code only.
    #[error("staff are never signed in by QR code")]
    Staff,
    #[error("fields are wrong")]
    Fields(FieldErrors),
    #[error("another number was typed")]
    WrongNumber,
    #[error("too many tries")]
    Wait(Duration),
    #[error("too many requests from this network")]
    WaitNetwork(Duration),
    #[error("the account changed meanwhile")]
    Overtaken,
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl From<DbError> for QrError {
    fn from(error: DbError) -> Self {
        Self::Internal(error.into())
    }
}

impl From<VerifyError> for QrError {
    fn from(error: VerifyError) -> Self {
        let field = |problem| Self::Fields(vec![("password", problem)]);
        match error {
            VerifyError::Missing => field(PasswordProblem::Missing.into()),
            VerifyError::Wrong => field(EnteredPasswordProblem::Wrong.into()),
            VerifyError::Disabled => field(QrProblem::PasswordOff.into()),
            VerifyError::Wait(wait) => Self::Wait(wait),
            VerifyError::Internal(fault) => Self::Internal(fault),
        }
    }
}

fn is_staff(account: &Account) -> bool {
    account.role().is_staff()
}
