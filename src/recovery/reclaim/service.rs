//! The rules of reclaiming an account after an address change.
//!
//! The reader of the old address's mailbox may reclaim the account for a while, for the oldest address of that time:
//! changing the address several times shortens nobody's window. If an address from which the account was reclaimed
//! objects in turn, nobody can tell who is right, and the account is frozen until support decides.
//!
//! The email about a new password leads here, too. The account then keeps its address, unless that was changed since.

use crate::{
    db::{DbError, Tx},
    domain::{
        accounts::{self, Account, RECLAIM_WINDOW, State},
        audit::{self, EventKind},
        backup_codes,
        client::Client,
        email_limits,
        email_link::{self, Link, LinkPurpose},
        ids::AccountId,
        known_browser, session,
        values::{EmailAddress, identifier_key},
        verification::{
            codes,
            flows::{self, FlowKind, NewFlow, Step},
        },
    },
    error::InternalError,
    i18n::Locale,
    mailer::{EmailKind, EmailMessage},
    security::Token,
    state::AppState,
};

use super::emails;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReclaimError {
    /// The link was used or has expired.
    #[error("the link is gone")]
    Gone,
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl From<DbError> for ReclaimError {
    fn from(error: DbError) -> Self {
        Self::Internal(error.into())
    }
}

/// Returns the link of a token, if it is still valid.
#[tracing::instrument(skip_all)]
pub(super) async fn find(state: &AppState, token: &Token) -> Result<Link, ReclaimError> {
    email_link::find(&state.db, token, state.clock.now()).await?.ok_or(ReclaimError::Gone)
}

/// Returns whether this link restores the account's oldest recent address.
pub(super) fn restores_address(link: &Link, account: &Account) -> bool {
    link.purpose() != LinkPurpose::Reclaim
        || identifier_key(&link.address) != identifier_key(&account.email)
}

/// Returns the account that a link is about, locked, and uses the link up.
async fn take(
    state: &AppState,
    tx: &mut Tx,
    token: &Token,
    link: &Link,
) -> Result<Account, ReclaimError> {
    let account = accounts::get_for_update(tx, &link.account_id).await?;
    let account = account.filter(Account::is_active).ok_or(ReclaimError::Gone)?;
    if email_link::take(tx, token, state.clock.now()).await? {
        Ok(account)
    } else {
        Err(ReclaimError::Gone)
    }
}

/// Reclaims the account, with its oldest recent address where that applies, and invalidates everything that an attacker
/// may have set up. Returns the token of the recovery flow that starts here.
#[tracing::instrument(skip_all)]
pub(super) async fn reclaim(
    state: &AppState,
    token: &Token,
    link: &Link,
    locale: Locale,
    client: &Client,
) -> Result<Token, ReclaimError> {
    let now = state.clock.now();
    let void = state.hasher.void().map_err(InternalError::Hash)?;
    let mut tx = state.db.begin().await?;
    let account = take(state, &mut tx, token, link).await?;
    let restores = restores_address(link, &account);
    let oldest = accounts::oldest_address(&mut tx, &account.id, now).await?;
    let between = match oldest.filter(|_| restores) {
        Some(oldest) => accounts::restore_email(&mut tx, &account, &oldest, now).await?,
        None => Vec::new(),
    };
    accounts::void_password(&mut tx, &account.id, &void).await?;
    accounts::set_deletion(&mut tx, &account.id, None).await?;
    end_everything(state, &mut tx, &account.id, client).await?;
    codes::forgive_recovery(state, &mut tx, &account.id).await?;
    backup_codes::forgive(&mut tx, &state.keys, &account.id).await?;
    let account = accounts::get_for_update(&mut tx, &account.id).await?;
    let account = account.ok_or(ReclaimError::Gone)?;
    email_limits::forgive(state, &mut tx, &account.email).await?;
    let (kind, message) = if restores {
        (EventKind::EmailTakenBack, EmailKind::AddressChanged)
    } else {
        (EventKind::Reclaimed, EmailKind::PasswordChanged)
    };
    audit::record(&mut tx, &state.random, now, kind, Some(&account.id), client).await?;
    let message = EmailMessage { kind: message, ..emails::taken_back(state, &account, client) };
    state.outbox.enqueue(&mut tx, message, true, now, None).await?;
    tell_addresses(state, &mut tx, &account, &between, client).await?;
    let new = NewFlow {
        purpose: FlowKind::Recover,
        step: Step::Method,
        account_id: Some(&account.id),
        credential_version: account.credential_version,
        // Identified by the login: the reader of the mailbox of an address in between must not learn the oldest one.
        typed: &account.login,
        login: None,
        password_hash: None,
        locale,
        next: None,
        subject: None,
        device_id: None,
        ready_at: now,
    };
    let (_, flow) = flows::begin(&mut tx, &state.random, now, &new).await?;
    tx.commit().await?;
    Ok(flow)
}

/// Tells these addresses that the account was taken from them, with a link to object.
async fn tell_addresses(
    state: &AppState,
    tx: &mut Tx,
    account: &Account,
    addresses: &[String],
    client: &Client,
) -> Result<(), DbError> {
    let (now, purpose) = (state.clock.now(), LinkPurpose::Object);
    for address in addresses {
        let until = now + RECLAIM_WINDOW;
        let link =
            email_link::make(tx, &state.random, purpose, &account.id, address, now, until).await?;
        if let Ok(address) = EmailAddress::parse(address) {
            let message = emails::taken_from(state, account, &address, &link, client);
            state.outbox.enqueue(tx, message, true, now, None).await?;
        }
    }
    Ok(())
}

/// Freezes an account that two addresses claim: nobody can sign in until support decides.
#[tracing::instrument(skip_all)]
pub(super) async fn freeze(
    state: &AppState,
    token: &Token,
    link: &Link,
    client: &Client,
) -> Result<(), ReclaimError> {
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    let account = take(state, &mut tx, token, link).await?;
    accounts::set_state(&mut tx, &account.id, State::Frozen, now).await?;
    accounts::set_deletion(&mut tx, &account.id, None).await?;
    end_everything(state, &mut tx, &account.id, client).await?;
    audit::record(&mut tx, &state.random, now, EventKind::Frozen, Some(&account.id), client)
        .await?;
    let message = emails::frozen(state, &account, client);
    state.outbox.enqueue(&mut tx, message, true, now, None).await?;
    Ok(tx.commit().await?)
}

async fn end_everything(
    state: &AppState,
    tx: &mut Tx,
    account_id: &AccountId,
    client: &Client,
) -> Result<(), DbError> {
    session::end_all(tx, account_id).await?;
    known_browser::forget_all(tx, account_id).await?;
    codes::end_all(tx, account_id).await?;
    backup_codes::void(state, tx, account_id, client).await?;
    flows::end_others(tx, account_id, None).await?;
    email_link::end_all(tx, account_id).await
}
