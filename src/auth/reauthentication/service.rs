//! The rules of reauthentication.

use crate::{
    clock::Duration,
    db::{DbError, Tx},
    domain::{
        accounts,
        audit::{self, EventKind},
        client::Client,
        passwords::{self, EnteredPasswordProblem, VerifyError},
        session,
        values::{PasswordProblem, SecretText},
        verification::{
            account_code,
            codes::CheckError,
            flows::{self, Flow},
        },
    },
    error::{InternalError, Problem},
    http::context::SignedIn,
    security::Token,
    state::AppState,
};

/// Why reauthentication failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConfirmError {
    #[error("the password was not right")]
    Password(Problem),
    #[error("too many failures")]
    Wait(Duration),
    #[error(transparent)]
    Check(#[from] CheckError),
    /// The session ended, or the account changed, in the meantime.
    #[error("the account changed meanwhile")]
    Overtaken,
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl From<DbError> for ConfirmError {
    fn from(error: DbError) -> Self {
        Self::Internal(error.into())
    }
}

impl From<VerifyError> for ConfirmError {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Missing => Self::Password(PasswordProblem::Missing.into()),
            VerifyError::Wrong => Self::Password(EnteredPasswordProblem::Wrong.into()),
            VerifyError::Wait(wait) => Self::Wait(wait),
            VerifyError::Disabled => Self::Password(EnteredPasswordProblem::UseCode.into()),
            VerifyError::Internal(fault) => Self::Internal(fault),
        }
    }
}

/// Reauthenticates with the password; returns the token under which the session continues.
#[tracing::instrument(skip_all)]
pub(super) async fn by_password(
    state: &AppState,
    signed_in: &SignedIn,
    password: &SecretText,
    client: &Client,
) -> Result<Token, ConfirmError> {
    let account = &signed_in.account;
    passwords::verify_own(state, account, password, EventKind::ConfirmRefused, client).await?;
    let mut tx = state.db.begin().await?;
    passwords::forgive_own(state, &mut tx, &account.id).await?;
    step_up(state, tx, signed_in, client).await
}

/// Reauthenticates with an emailed code; returns the token under which the session continues.
#[tracing::instrument(skip_all)]
pub(super) async fn by_code(
    state: &AppState,
    signed_in: &SignedIn,
    flow: &Flow,
    code: &SecretText,
    client: &Client,
) -> Result<Token, ConfirmError> {
    let (mut tx, _) = account_code::check(state, flow, &signed_in.account, code, client).await?;
    flows::consume(&mut tx, &flow.id).await?;
    step_up(state, tx, signed_in, client).await
}

async fn step_up(
    state: &AppState,
    mut tx: Tx,
    signed_in: &SignedIn,
    client: &Client,
) -> Result<Token, ConfirmError> {
    let now = state.clock.now();
    let SignedIn { session, account, .. } = signed_in;
    let current = accounts::get_unchanged(&mut tx, &account.id, account.credential_version).await?;
    current.ok_or(ConfirmError::Overtaken)?;
    let token = session::renew(
        &mut tx,
        &state.random,
        &session.id,
        Some((account.credential_version, now)),
    )
    .await?;
    let token = token.ok_or(ConfirmError::Overtaken)?;
    audit::record(&mut tx, &state.random, now, EventKind::Confirmed, Some(&account.id), client)
        .await?;
    tx.commit().await?;
    Ok(token)
}
