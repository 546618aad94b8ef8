//! Finishing an assisted recovery: a new password and the new address.

use super::{By, State, decide, emails, happened, release, rows, tell};
use crate::{
    db::{DbError, Tx},
    domain::{
        accounts::{self, Account, RECLAIM_WINDOW},
        audit::{self, EventKind},
        client::Client,
        email_link::{self, LinkPurpose},
        ids::AssistedId,
        values::{EmailAddress, identifier_key},
    },
    state::AppState,
};

/// The outcome of finishing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finished {
    /// The account is recovered.
    Done,
    /// It was stopped or has ended: nothing may change.
    Over,
    /// Another account has the address by now: nothing may change.
    Taken,
}

/// Completes a recovery after a new password was set in this transaction, which has locked the account; `before` is the
/// account as it was. Assigns the new address; the old one can reclaim the account for a while. Unless the result is
/// [`Finished::Done`] the transaction must be dropped, and the password with it.
pub(crate) async fn finish(
    state: &AppState,
    tx: &mut Tx,
    before: &Account,
    id: &AssistedId,
    client: &Client,
) -> Result<Finished, DbError> {
    let now = state.clock.now();
    let Some(process) = rows::get_in(tx, id).await? else { return Ok(Finished::Over) };
    let email = process.email.as_deref().and_then(|email| EmailAddress::parse(email).ok());
    let (State::Ready, Some(email)) = (process.state_of(before, now), email) else {
        return Ok(Finished::Over);
    };
    if !rows::end(tx, &process, State::Done, now).await? {
        return Ok(Finished::Over);
    }
    // The shopper may have named the account's current address: then there is nothing to change.
    if identifier_key(&before.email) != email.key() {
        if !accounts::change_email(tx, &state.random, before, &email, now).await? {
            return Ok(Finished::Taken);
        }
        let purpose = LinkPurpose::TakeBack;
        let link = email_link::make(
            tx,
            &state.random,
            purpose,
            &before.id,
            &before.email,
            now,
            now + RECLAIM_WINDOW,
        )
        .await?;
        let kind = EventKind::EmailChanged;
        audit::record(tx, &state.random, now, kind, Some(&before.id), client).await?;
        let to_old = emails::recovered_old(state, before, &email, &link, client);
        state.outbox.enqueue(tx, to_old, true, now, None).await?;
        let to_new = emails::recovered_new(state, before, &email, client);
        state.outbox.enqueue(tx, to_new, true, now, None).await?;
    }
    let kind = EventKind::AssistedDone;
    tell(state, tx, &process, kind, happened::DONE, By::Browser(client)).await?;
    Ok(Finished::Done)
}

/// Ends a recovery that can no longer succeed because another account has its address.
pub(crate) async fn overtake(state: &AppState, id: &AssistedId) -> Result<(), DbError> {
    let mut tx = state.db.begin().await?;
    let Some((process, _)) = decide::lock(state, &mut tx, id).await? else { return Ok(()) };
    if process.state().is_alive() {
        release::over(state, &mut tx, &process, State::Overtaken, happened::OVERTAKEN).await?;
    }
    tx.commit().await
}
