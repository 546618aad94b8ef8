//! The steps of every sign-in, by password, by code or by phone.

use super::sign_in_context::SignInContext;
use crate::{
    db::{DbError, Tx},
    domain::{
        account_emails,
        accounts::Account,
        audit::{self, EventKind},
        client::Client,
        known_browser::{self, Known},
        session::{self, Opened},
    },
    mailer::EmailMessage,
    security::Token,
    state::AppState,
};

/// The result of a sign-in.
pub(crate) struct CompletedSignIn {
    /// What the browser gets.
    pub opened: Opened,
    /// Whether the account is about to be deleted: its owner is asked whether to keep it.
    pub will_be_deleted: bool,
}

/// Completes a sign-in, now that its session exists. `known` is what the account knows of the browser; `email` is the
/// one that informs the owner.
#[tracing::instrument(skip_all)]
pub(crate) async fn complete_sign_in(
    state: &AppState,
    tx: &mut Tx,
    account: &Account,
    session: Token,
    sign_in: &SignInContext<'_>,
    known: Option<&Known>,
    email: Option<EmailMessage>,
) -> Result<CompletedSignIn, DbError> {
    let (now, client) = (state.clock.now(), sign_in.client);
    // A new token at every sign-in; the one that this browser had is ended (ASVS 7.2.4).
    if let Some(old) = &sign_in.old_session
        && let Some(whose) = session::end(tx, old).await?
        && whose != account.id
    {
        // The session of another account would otherwise end unrecorded, and nothing would show that it existed.
        let kind = EventKind::SignedOut;
        audit::record(tx, &state.random, now, kind, Some(&whose), client).await?;
    }
    let devices = &sign_in.devices;
    let devices =
        known_browser::remember(tx, &state.random, now, &account.id, devices, known).await?;
    let kind = EventKind::SignedIn;
    audit::record(tx, &state.random, now, kind, Some(&account.id), client).await?;
    if let Some(email) = email {
        state.outbox.enqueue(tx, email, true, now, None).await?;
    }
    let will_be_deleted = account.delete_at.is_some();
    Ok(CompletedSignIn { opened: Opened { session, devices }, will_be_deleted })
}

/// Returns the email about a sign-in: always when the browser is new to the account (ASVS 6.3.5), otherwise if the
/// owner wants it.
pub(super) fn email_due(
    state: &AppState,
    account: &Account,
    known: bool,
    client: &Client,
) -> Option<EmailMessage> {
    if !known {
        return Some(account_emails::new_device(state, account, client));
    }
    account.wants_sign_in_email().then(|| account_emails::signed_in(state, account, client))
}
