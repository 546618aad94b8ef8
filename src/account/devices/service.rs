//! The rules of naming and ending sessions.

use crate::{
    db::DbError,
    domain::{
        audit::{self, EventKind},
        client::Client,
        ids::SessionId,
        session,
        values::DeviceName,
    },
    http::context::SignedIn,
    state::AppState,
};

/// Names the device of one of the user's sessions; returns false if there is none with this id.
#[tracing::instrument(skip_all)]
pub(super) async fn name(
    state: &AppState,
    signed_in: &SignedIn,
    id: &SessionId,
    name: Option<&DeviceName>,
) -> Result<bool, DbError> {
    let mut tx = state.db.begin().await?;
    let name = name.map(DeviceName::as_str);
    if !session::name(&mut tx, &signed_in.account.id, id, name).await? {
        return Ok(false);
    }
    tx.commit().await?;
    Ok(true)
}

/// Ends one of the user's sessions; returns false if there is none with this id.
#[tracing::instrument(skip_all)]
pub(super) async fn end_one(
    state: &AppState,
    signed_in: &SignedIn,
    id: &SessionId,
    client: &Client,
) -> Result<bool, DbError> {
    let account = &signed_in.account.id;
    let mut tx = state.db.begin().await?;
    if !session::end_one(&mut tx, account, id).await? {
        return Ok(false);
    }
    let kind = EventKind::SessionEnded;
    audit::record(&mut tx, &state.random, state.clock.now(), kind, Some(account), client).await?;
    tx.commit().await?;
    Ok(true)
}

/// Ends all the user's sessions except the current one.
#[tracing::instrument(skip_all)]
pub(super) async fn end_others(
    state: &AppState,
    signed_in: &SignedIn,
    client: &Client,
) -> Result<(), DbError> {
    let account = &signed_in.account.id;
    let mut tx = state.db.begin().await?;
    if session::end_others(&mut tx, account, &signed_in.session.id).await? == 0 {
        // There was no other session.
        return Ok(());
    }
    let kind = EventKind::OthersEnded;
    audit::record(&mut tx, &state.random, state.clock.now(), kind, Some(account), client).await?;
    tx.commit().await
}
