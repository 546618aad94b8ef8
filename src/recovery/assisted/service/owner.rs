//! The owner stops a process: by the link in an email, or signed in.

use crate::{
    db::DbError,
    domain::{
        accounts::{self, Account},
        client::Client,
        email_link::{self, LinkPurpose},
        ids::{AccountId, AssistedId},
    },
    recovery::assisted::process::{self, Assisted},
    security::Token,
    state::AppState,
};

/// Returns what an email's link can stop; `None` once it is over.
#[tracing::instrument(skip_all)]
pub(in crate::recovery::assisted) async fn stoppable_by_link(
    state: &AppState,
    token: &Token,
) -> Result<Option<(Assisted, Account)>, DbError> {
    let now = state.clock.now();
    let link = email_link::find(&state.db, token, now).await?;
    let Some(link) = link.filter(|link| link.purpose() == LinkPurpose::StopAssisted) else {
        return Ok(None);
    };
    let found = stoppable(state, &link.account_id).await?;
    Ok(found.filter(|(process, _)| link.subject.as_deref() == Some(&*process.id)))
}

/// Returns the process that can be stopped for an account.
#[tracing::instrument(skip_all)]
pub(in crate::recovery::assisted) async fn stoppable(
    state: &AppState,
    account_id: &AccountId,
) -> Result<Option<(Assisted, Account)>, DbError> {
    let Some(account) = accounts::get(&state.db, account_id).await? else { return Ok(None) };
    let process = process::alive_of(&state.db, account_id).await?;
    let process = process.filter(|p| p.state_of(&account, state.clock.now()).is_alive());
    Ok(process.map(|process| (process, account)))
}

/// Stops the process that an email's link is about; returns false if it is already over.
#[tracing::instrument(skip_all)]
pub(in crate::recovery::assisted) async fn stop_by_link(
    state: &AppState,
    token: &Token,
    client: &Client,
) -> Result<bool, DbError> {
    let now = state.clock.now();
    let link = email_link::find(&state.db, token, now).await?;
    let Some(link) = link.filter(|link| link.purpose() == LinkPurpose::StopAssisted) else {
        return Ok(false);
    };
    let mut tx = state.db.begin().await?;
    let Some(account) = accounts::get_for_update(&mut tx, &link.account_id).await? else {
        return Ok(false);
    };
    let Some(id) = link.subject.as_deref().and_then(AssistedId::parse) else { return Ok(false) };
    if !email_link::take(&mut tx, token, now).await?
        || !process::stop(state, &mut tx, &account, Some(&id), client).await?
    {
        return Ok(false);
    }
    tx.commit().await?;
    Ok(true)
}

/// Stops the process under way for the signed-in user's account; returns false if there is none.
#[tracing::instrument(skip_all)]
pub(in crate::recovery::assisted) async fn stop_own(
    state: &AppState,
    account: &AccountId,
    client: &Client,
) -> Result<bool, DbError> {
    let mut tx = state.db.begin().await?;
    let Some(account) = accounts::get_for_update(&mut tx, account).await? else {
        return Ok(false);
    };
    if !process::stop(state, &mut tx, &account, None, client).await? {
        return Ok(false);
    }
    tx.commit().await?;
    Ok(true)
}
