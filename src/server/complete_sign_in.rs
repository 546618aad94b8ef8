//! What belongs to every sign-in, by password, by code or by phone.

use crate::server::{
    accounts::Account,
    app::AppState,
    audit::{self, EventKind},
    client::Client,
    db::{DbError, Tx},
    outbox::{self, EmailMessage},
    secret::Token,
    session::{self, DeviceTokens, Known, Opened},
};

/// The browser in which somebody signs in.
#[derive(Clone, Copy)]
pub struct SignInContext<'a> {
    /// Who asks.
    pub client: &'a Client,
    /// What the browser is known by …
    pub devices: &'a DeviceTokens,
    /// … and as what it is to the account, if it is.
    pub known: Option<&'a Known>,
    /// The session that it had, planted or not: it ends.
    pub old_session: Option<&'a Token>,
}

/// Somebody is signed in.
pub struct CompletedSignIn {
    /// What the browser gets.
    pub opened: Opened,
    /// The account waits for its deletion: its owner is asked whether to keep it.
    pub will_be_deleted: bool,
}

/// Does what belongs to a sign-in, now that its session is there; `letter` is what the owner hears of it.
pub async fn complete_sign_in(
    state: &AppState,
    tx: &mut Tx,
    account: &Account,
    session: Token,
    entering: &SignInContext<'_>,
    letter: Option<EmailMessage>,
) -> Result<CompletedSignIn, DbError> {
    let (now, client) = (state.clock.now(), entering.client);
    // A new token at every sign-in; the one that this browser had ends (ASVS 7.2.4).
    if let Some(old) = entering.old_session
        && let Some(whose) = session::end(tx, old).await?
        && whose != account.id
    {
        // Somebody else's ended without a word otherwise, and nothing would tell that it was there.
        let kind = EventKind::SignedOut;
        audit::record(tx, &state.random, now, kind, Some(&whose), client).await?;
    }
    let (devices, known) = (entering.devices, entering.known);
    let devices =
        session::remember_device(tx, &state.random, now, &account.id, devices, known).await?;
    let kind = EventKind::SignedIn;
    audit::record(tx, &state.random, now, kind, Some(&account.id), client).await?;
    if let Some(letter) = letter {
        outbox::enqueue(state, tx, letter, true, now, None).await?;
    }
    let will_be_deleted = account.delete_at.is_some();
    Ok(CompletedSignIn { opened: Opened { session, devices }, will_be_deleted })
}
