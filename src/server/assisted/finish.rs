//! The end that was meant: a new password, and the new address.

use super::{By, State, decide, happened, mail, release, rows, tell};
use crate::{
    forms::{EmailAddress, identifier_key},
    server::{
        accounts::{self, Account, RECLAIM_WINDOW},
        app::AppState,
        audit::{self, EventKind},
        client::Client,
        db::{DbError, Tx},
        links::{self, LinkPurpose},
        outbox,
    },
};

/// What became of a process at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finished {
    /// The account is recovered.
    Done,
    /// It was stopped, or is over: nothing may happen.
    Over,
    /// Somebody else has the address by now: nothing may happen.
    Taken,
}

/// A new password was just set in this transaction, which has locked the account; `before` is the account as it was.
/// Now it gets its new address, which the old one can take back for a while. Unless the answer is
/// [`Finished::Done`] the transaction must be dropped, and the password with it.
pub async fn finish(
    state: &AppState,
    tx: &mut Tx,
    before: &Account,
    id: &str,
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
    // The shopper may have named the address that the account has: there is nothing to change then.
    if identifier_key(&before.email) != email.key() {
        if !accounts::change_email(tx, &state.random, before, &email, now).await? {
            return Ok(Finished::Taken);
        }
        let purpose = LinkPurpose::TakeBack;
        let link = links::make(
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
        let to_old = mail::recovered_old(state, before, &email, &link, client);
        outbox::enqueue(state, tx, to_old, true, now, None).await?;
        let to_new = mail::recovered_new(state, before, &email, client);
        outbox::enqueue(state, tx, to_new, true, now, None).await?;
    }
    let kind = EventKind::AssistedDone;
    tell(state, tx, &process, kind, happened::DONE, By::Browser(client)).await?;
    Ok(Finished::Done)
}

/// Ends a process that can come to nothing any more: its address is somebody else's.
pub async fn overtake(state: &AppState, id: &str) -> Result<(), DbError> {
    let mut tx = state.db.begin().await?;
    let Some((process, _)) = decide::lock(state, &mut tx, id).await? else { return Ok(()) };
    if process.state().is_alive() {
        release::over(state, &mut tx, &process, State::Overtaken, happened::OVERTAKEN).await?;
    }
    tx.commit().await
}
