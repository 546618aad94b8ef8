//! The owner stops it.

use super::{By, State, happened, rows, tell};
use crate::server::{
    accounts::Account,
    app::AppState,
    audit::EventKind,
    client::Client,
    db::{DbError, Tx},
};

/// Stops the process of an account, which is locked: the one with this id, or whichever is alive. Stopping is always
/// safe, so that a letter's link or a session is enough for it. False if there is nothing to stop (any more).
pub async fn stop(
    state: &AppState,
    tx: &mut Tx,
    account: &Account,
    id: Option<&str>,
    client: &Client,
) -> Result<bool, DbError> {
    let now = state.clock.now();
    let process = rows::alive_in(tx, &account.id).await?;
    let process = process.filter(|process| id.is_none_or(|id| process.id == id));
    let Some(process) = process else { return Ok(false) };
    // Time or a change may have ended it before: it is not the owner's "no" then.
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
