//! The rules of a username change.

use crate::{
    account::username::UsernameChangeProblem,
    clock::{Duration, HOUR, days},
    db::DbError,
    domain::{
        accounts::{self, Account, IdentifierProblem},
        audit::{self, EventKind},
        client::Client,
        rate_limit::{self, Key},
        values::{Username, is_reserved},
    },
    error::{InternalError, Problem},
    state::AppState,
};

use super::emails;

/// Minimum time between two changes.
const EVERY: Duration = days(30);
/// How often per hour one account is told that a name is taken.
const TAKEN_AN_HOUR: i64 = 20;

/// Why the username was not changed.
#[derive(Debug, thiserror::Error)]
pub(super) enum UsernameError {
    #[error("the name is wrong")]
    Field(Problem),
    /// It was changed recently.
    #[error("too soon")]
    TooSoon(Duration),
    #[error("too many tries")]
    TooMany(Duration),
    #[error("the account changed meanwhile")]
    Overtaken,
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl From<DbError> for UsernameError {
    fn from(error: DbError) -> Self {
        Self::Internal(error.into())
    }
}

/// Returns how long until the name can be changed again; `None` if it can be now.
pub(super) fn wait(state: &AppState, account: &Account) -> Option<Duration> {
    let wait = account.login_changed_at? + EVERY - state.clock.now();
    wait.is_positive().then_some(wait)
}

/// Changes the username.
#[tracing::instrument(skip_all)]
pub(super) async fn change(
    state: &AppState,
    account: &Account,
    login: &str,
    client: &Client,
) -> Result<(), UsernameError> {
    let new = Username::parse(login).map_err(|problem| UsernameError::Field(problem.into()))?;
    if new.as_str() == account.login {
        return Err(UsernameError::Field(UsernameChangeProblem::Same.into()));
    }
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    let current = accounts::get_unchanged(&mut tx, &account.id, account.credential_version).await?;
    let current = current.ok_or(UsernameError::Overtaken)?;
    // Checked on the locked row: of two tabs, the second is refused.
    if let Some(wait) = wait(state, &current) {
        return Err(UsernameError::TooSoon(wait));
    }
    // A reserved name that the command line gave to this account remains available to it.
    if is_reserved(&new, &state.config.shop_name)
        && !accounts::had_username(&mut tx, &account.id, &new).await?
    {
        return Err(UsernameError::Field(IdentifierProblem::LoginReserved.into()));
    }
    if !accounts::change_username(&mut tx, &state.keys, &current, &new, now).await? {
        drop(tx);
        return Err(taken(state, account).await?);
    }
    audit::record(&mut tx, &state.random, now, EventKind::LoginChanged, Some(&account.id), client)
        .await?;
    let email = emails::username_changed(state, &current, &new, client);
    state.outbox.enqueue(&mut tx, email, true, now, None).await?;
    Ok(tx.commit().await?)
}

/// Limits how often per hour an account is told that a name is taken, so that it cannot be used to enumerate names.
async fn taken(state: &AppState, account: &Account) -> Result<UsernameError, DbError> {
    if !state.config.limits {
        return Ok(UsernameError::Field(IdentifierProblem::LoginTaken.into()));
    }
    let now = state.clock.now();
    let key = Key::new(&state.keys, "login-taken", &[&account.id]);
    let mut tx = state.db.begin().await?;
    let passed = rate_limit::at_most(&mut tx, &key, HOUR, TAKEN_AN_HOUR, now).await?;
    tx.commit().await?;
    Ok(match passed {
        Ok(()) => UsernameError::Field(IdentifierProblem::LoginTaken.into()),
        Err(wait) => UsernameError::TooMany(wait),
    })
}
