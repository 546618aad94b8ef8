//! The end that was meant: a new password, and the new address.

use super::{By, State, decide, happened, mail, release, rows, tell};
use crate::{
    forms::{Email, identifier_key},
    server::{
        accounts::{self, Account, HOLD},
        app::App,
        client::Client,
        db::{DbError, Tx},
        events::{self, EventKind},
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
///
/// # Errors
/// When the database fails.
pub async fn finish(
    app: &App,
    tx: &mut Tx,
    before: &Account,
    id: &str,
    client: &Client,
) -> Result<Finished, DbError> {
    let now = app.clock.now();
    let Some(process) = rows::get_in(tx, id).await? else { return Ok(Finished::Over) };
    let email = process.email.as_deref().and_then(|email| Email::parse(email).ok());
    let (State::Ready, Some(email)) = (process.state_of(before, now), email) else {
        return Ok(Finished::Over);
    };
    if !rows::end(tx, &process, State::Done, now).await? {
        return Ok(Finished::Over);
    }
    // The shopper may have named the address that the account has: there is nothing to change then.
    if identifier_key(&before.email) != email.key() {
        if !accounts::change_email(tx, &app.random, before, &email, now).await? {
            return Ok(Finished::Taken);
        }
        let purpose = LinkPurpose::TakeBack;
        let link =
            links::make(tx, &app.random, purpose, &before.id, &before.email, now, now + HOLD)
                .await?;
        let kind = EventKind::EmailChanged;
        events::record(tx, &app.random, now, kind, Some(&before.id), client).await?;
        let to_old = mail::recovered_old(app, before, &email, &link, client);
        outbox::enqueue(app, tx, to_old, true, now, None).await?;
        let to_new = mail::recovered_new(app, before, &email, client);
        outbox::enqueue(app, tx, to_new, true, now, None).await?;
    }
    let kind = EventKind::AssistedDone;
    tell(app, tx, &process, kind, happened::DONE, By::Browser(client)).await?;
    Ok(Finished::Done)
}

/// Ends a process that can come to nothing any more: its address is somebody else's.
///
/// # Errors
/// When the database fails.
pub async fn overtake(app: &App, id: &str) -> Result<(), DbError> {
    let mut tx = app.db.begin().await?;
    let Some((process, _)) = decide::lock(app, &mut tx, id).await? else { return Ok(()) };
    if process.state().is_alive() {
        release::over(app, &mut tx, &process, State::Overtaken, happened::OVERTAKEN).await?;
    }
    tx.commit().await
}
