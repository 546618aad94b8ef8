//! Stopping an assisted recovery, by the owner.

use super::{By, State, happened, rows, tell};
use crate::{
    db::{DbError, Tx},
    domain::{accounts::Account, audit::EventKind, client::Client, ids::AssistedId},
    state::AppState,
};

/// Stops the recovery of an account, which is locked: the one with this id, or any that is open. Stopping is always
/// safe, so an email's link or a session is enough for it. Returns false if there is nothing to stop (any more).
pub(crate) async fn stop(
    state: &AppState,
    tx: &mut Tx,
    account: &Account,
    id: Option<&AssistedId>,
    client: &Client,
) -> Result<bool, DbError> {
    let now = state.clock.now();
    let process = rows::alive_in(tx, &account.id).await?;
    let process = process.filter(|process| id.is_none_or(|id| process.id == *id));
    let Some(process) = process else { return Ok(false) };
    // If it expired or was overtaken before, it was not the owner who stopped it.
    if !process.state_of(account, now).is_alive() {
        return Ok(false);
    }
    if !rows::end(tx, &process, State::Stopped, now).await? {
        return Ok(false);
    }
    let kind = EventKind::AssistedStopped;
    tell(state, tx, &process, kind, happened::STOPPED, By::Browser(client)).await?;
    Ok(true)
}
