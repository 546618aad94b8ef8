//! Codes emailed to the address of a signed-in user: to set a new password without the old one, and to reauthenticate;
//! also to staff whose password was right, to sign in. The same mechanism as recovery, started from within the account.

use crate::{
    clock::HOUR,
    db::{DbError, Tx},
    domain::{
        account_emails,
        accounts::Account,
        client::Client,
        known_browser::{self, DeviceTokens},
        rate_limit::{self, Key},
        values::SecretText,
        verification::{
            codes::{self, CheckError, Right, SendError, Sending},
            flows::{self, Flow, FlowKind, NewFlow, Step},
        },
    },
    i18n::Locale,
    security::Token,
    state::AppState,
};

/// Flows that one account may begin in an hour for one purpose: one is usually enough, and each is a row.
const AN_HOUR: i64 = 20;

/// Who requests a code, and for what.
pub struct AccountCodeRequest<'a> {
    /// What the code is for.
    pub purpose: FlowKind,
    /// The user who is signed in, or is about to be.
    pub account: &'a Account,
    /// Where to continue afterwards.
    pub next: Option<&'a str>,
    /// The language of the pages.
    pub locale: Locale,
    /// Where the request comes from.
    pub client: &'a Client,
    /// The device tokens of the browser.
    pub devices: &'a DeviceTokens,
}

/// Begins a flow and sends the first code; returns the token for its cookie.
///
/// # Errors
/// [`SendError`].
pub async fn begin(state: &AppState, asking: &AccountCodeRequest<'_>) -> Result<Token, SendError> {
    let now = state.clock.now();
    let account = asking.account;
    let device = known_browser::find(&state.db, &account.id, asking.devices).await?;
    let mut tx = state.db.begin().await?;
    if state.config.limits {
        let key = Key::new(&state.keys, "own-flows", &[asking.purpose.as_str(), &account.id]);
        rate_limit::at_most(&mut tx, &key, HOUR, AN_HOUR, now)
            .await?
            .map_err(|wait| SendError::TooMany { wait, roams: false })?;
    }
    let new = NewFlow {
        purpose: asking.purpose,
        step: Step::Code,
        account_id: Some(&account.id),
        credential_version: account.credential_version,
        typed: &account.email,
        login: None,
        password_hash: None,
        locale: asking.locale,
        next: asking.next,
        subject: None,
        device_id: device.as_ref().map(|known| &known.id),
        ready_at: now,
    };
    let (flow, token) = flows::begin(&mut tx, &state.random, now, &new).await?;
    tx.commit().await?;
    if let Err(error) = codes::on_its_way(send(state, &flow, account, asking.client).await) {
        flows::abandon(&state.db, &flow.id).await?;
        return Err(error);
    }
    Ok(token)
}

/// Sends another code.
///
/// # Errors
/// [`SendError`].
pub async fn send(
    state: &AppState,
    flow: &Flow,
    account: &Account,
    client: &Client,
) -> Result<(), SendError> {
    let sending = Sending {
        flow,
        account: Some(account),
        address: &account.email,
        can_be_right: true,
        client,
    };
    let mut tx = state.db.begin().await?;
    codes::send(state, &mut tx, &sending, |code, expires_at| {
        Some(account_emails::account_code(state, account, flow.purpose(), code, expires_at, client))
    })
    .await?;
    Ok(tx.commit().await?)
}

/// Checks a code; what follows from it belongs in the returned transaction.
///
/// # Errors
/// [`CheckError`].
pub async fn check(
    state: &AppState,
    flow: &Flow,
    account: &Account,
    code: &SecretText,
    client: &Client,
) -> Result<(Tx, Right), CheckError> {
    codes::check(state, flow, &account.email, code.expose_secret(), client, Step::Password).await
}

/// Returns the flow of a purpose if it belongs to this account in its current credential version.
pub async fn find(
    state: &AppState,
    token: Option<&Token>,
    purpose: FlowKind,
    account: &Account,
) -> Result<Option<Flow>, DbError> {
    let Some(token) = token else { return Ok(None) };
    let flow = flows::find(&state.db, token, purpose).await?;
    Ok(flow.filter(|flow| {
        flow.account_id.as_ref() == Some(&account.id)
            && flow.credential_version == account.credential_version
            && !flow.is_over(state.clock.now())
    }))
}
