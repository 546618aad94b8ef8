//! The rules of an address change.

use crate::{
    account::email::EmailChangeProblem,
    clock::DAY,
    db::{DbError, Tx},
    domain::{
        accounts::{self, Account, RECLAIM_WINDOW},
        audit::{self, EventKind},
        client::Client,
        email_link::{self, LinkPurpose},
        rate_limit::{self, Key},
        session,
        values::{EmailAddress, SecretText},
        verification::{
            address_code::{self, AddressCodeRequest, Begun},
            codes::{self, CheckError, SendError},
            flows::{self, Flow, FlowKind, Step},
        },
    },
    error::{InternalError, Problem},
    http::context::SignedIn,
    i18n::Locale,
    mailer::MailProblem,
    security::Token,
    state::AppState,
};

use super::emails;

/// What was posted, with the request's context.
pub(super) struct EmailForm<'a> {
    pub account: &'a Account,
    pub email: &'a str,
    pub locale: Locale,
    pub client: &'a Client,
    pub browser: Option<Token>,
}

/// The result of requesting an address.
pub(super) enum Asked {
    /// A code is on its way; holds the token of the flow.
    Code(Token),
    /// It is the current address in another spelling: already changed.
    Respelled,
}

/// Why the address was not changed.
#[derive(Debug, thiserror::Error)]
pub(super) enum EmailError {
    #[error("the address is wrong")]
    Field(Problem),
    #[error(transparent)]
    Send(#[from] SendError),
    #[error(transparent)]
    Check(#[from] CheckError),
    /// Another account has the address by now.
    #[error("the address was taken meanwhile")]
    Taken,
    #[error("the account changed meanwhile")]
    Overtaken,
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl From<DbError> for EmailError {
    fn from(error: DbError) -> Self {
        Self::Internal(error.into())
    }
}

/// Requests an address change. The answer does not show whether the address belongs to another account: its owner
/// receives an email.
#[tracing::instrument(skip_all)]
pub(super) async fn ask(state: &AppState, entry: &EmailForm<'_>) -> Result<Asked, EmailError> {
    let email =
        EmailAddress::parse(entry.email).map_err(|problem| EmailError::Field(problem.into()))?;
    if !state.mailer.carries(&email) {
        return Err(EmailError::Field(MailProblem::NotCarried.into()));
    }
    let account = entry.account;
    if email.as_str() == account.email {
        return Err(EmailError::Field(EmailChangeProblem::Same.into()));
    }
    // Another spelling of the same mailbox needs no code: the account has already confirmed it.
    if EmailAddress::parse(&account.email).is_ok_and(|own| own.is_respelled(&email)) {
        respell(state, entry, &email).await?;
        return Ok(Asked::Respelled);
    }
    let naming = AddressCodeRequest {
        purpose: FlowKind::ChangeEmail,
        account,
        email: &email,
        subject: None,
        locale: entry.locale,
        browser: entry.browser.as_ref(),
    };
    let (flow, token) = match address_code::begin(state, &naming).await? {
        Begun::Before(flow, token) => (flow, token),
        Begun::Now(mut tx, flow, token) => {
            let (now, kind) = (state.clock.now(), EventKind::EmailChangeAsked);
            audit::record(&mut tx, &state.random, now, kind, Some(&account.id), entry.client)
                .await?;
            tell_old(state, &mut tx, account, &email, entry.client).await?;
            tx.commit().await?;
            (flow, token)
        }
    };
    codes::on_its_way(send(state, &flow, account, &email, entry.client).await)?;
    Ok(Asked::Code(token))
}

/// Stores the address in the new spelling.
async fn respell(
    state: &AppState,
    entry: &EmailForm<'_>,
    email: &EmailAddress,
) -> Result<(), EmailError> {
    let (now, kind, id) = (state.clock.now(), EventKind::EmailChanged, &entry.account.id);
    let mut tx = state.db.begin().await?;
    let account = accounts::get_unchanged(&mut tx, id, entry.account.credential_version).await?;
    account.ok_or(EmailError::Overtaken)?;
    accounts::respell_email(&mut tx, id, email).await?;
    audit::record(&mut tx, &state.random, now, kind, Some(id), entry.client).await?;
    Ok(tx.commit().await?)
}

/// Notifies the old address of a request, once a day for each new address: a repeated try is not a new request.
async fn tell_old(
    state: &AppState,
    tx: &mut Tx,
    account: &Account,
    new: &EmailAddress,
    client: &Client,
) -> Result<(), DbError> {
    let now = state.clock.now();
    let once =
        Key::new(&state.keys, "address-changing", &[&account.id, &account.email, &new.key()]);
    if rate_limit::cooldown(tx, &once, DAY, now).await?.is_err() && state.config.limits {
        return Ok(());
    }
    let link = take_back_link(state, tx, account).await?;
    let message = emails::address_changing(state, account, new, &link, client);
    state.outbox.enqueue(tx, message, true, now, None).await
}

/// Creates the "This was not me" link for the account's current address.
async fn take_back_link(
    state: &AppState,
    tx: &mut Tx,
    account: &Account,
) -> Result<Token, DbError> {
    let now = state.clock.now();
    let purpose = LinkPurpose::TakeBack;
    email_link::make(
        tx,
        &state.random,
        purpose,
        &account.id,
        &account.email,
        now,
        now + RECLAIM_WINDOW,
    )
    .await
}

/// Sends the code to the new address or, if it belongs to another account, an email to its owner; both take the same
/// path.
#[tracing::instrument(skip_all)]
pub(super) async fn send_code(
    state: &AppState,
    flow: &Flow,
    account: &Account,
    client: &Client,
) -> Result<(), EmailError> {
    let Ok(email) = EmailAddress::parse(&flow.typed) else { return Err(EmailError::Overtaken) };
    Ok(send(state, flow, account, &email, client).await?)
}

async fn send(
    state: &AppState,
    flow: &Flow,
    account: &Account,
    email: &EmailAddress,
    client: &Client,
) -> Result<(), SendError> {
    address_code::send_code(state, flow, Some(account), email, client, |code, expires_at| {
        emails::confirm_address(state, account, email, code, expires_at, client)
    })
    .await
}

/// Changes the address; returns the token under which the session continues. Emails are sent to the old address and the
/// new one.
#[tracing::instrument(skip_all)]
pub(super) async fn change(
    state: &AppState,
    flow: &Flow,
    signed_in: &SignedIn,
    code: &SecretText,
    client: &Client,
) -> Result<Token, EmailError> {
    let Ok(email) = EmailAddress::parse(&flow.typed) else { return Err(EmailError::Overtaken) };
    let (mut tx, right) =
        codes::check(state, flow, email.as_str(), code.expose_secret(), client, Step::Password)
            .await?;
    let now = state.clock.now();
    let old = right
        .account
        .filter(|now| {
            now.is_active() && now.credential_version == signed_in.account.credential_version
        })
        .ok_or(EmailError::Overtaken)?;
    if !accounts::change_email(&mut tx, &state.random, &old, &email, now).await? {
        return Err(EmailError::Taken);
    }
    flows::end_others(&mut tx, &old.id, None).await?;
    codes::end_all(&mut tx, &old.id).await?;
    audit::record(&mut tx, &state.random, now, EventKind::EmailChanged, Some(&old.id), client)
        .await?;
    let link = take_back_link(state, &mut tx, &old).await?;
    let to_old = emails::address_changed_old(state, &old, &email, &link, client);
    state.outbox.enqueue(&mut tx, to_old, true, now, None).await?;
    let to_new = emails::address_changed_new(state, &old, &email, client);
    state.outbox.enqueue(&mut tx, to_new, true, now, None).await?;
    let token = session::renew(&mut tx, &state.random, &signed_in.session.id, None).await?;
    let token = token.ok_or(EmailError::Overtaken)?;
    tx.commit().await?;
    Ok(token)
}
