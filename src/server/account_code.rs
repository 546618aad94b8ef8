//! Codes mailed to the address of whoever is signed in: for a new password without the old one, and for a fresh
//! proof. The same machine as recovery, begun from within. And to staff whose password was right, to sign in.

use crate::{
    forms::SecretText,
    i18n::Locale,
    server::{
        accounts::Account,
        app::AppState,
        client::Client,
        clock::HOUR,
        codes::{self, CheckError, Right, SendError, Sending},
        db::{DbError, Tx},
        emails,
        flows::{self, Flow, FlowKind, NewFlow, Step},
        rate_limit::{self, Key},
        secret::Token,
        session::{self, DeviceTokens},
    },
};

/// Ways that one account may begin in an hour, for one purpose: mostly one is enough, and each is a row.
const AN_HOUR: i64 = 20;

/// Who asks for a code, and for what.
pub struct AccountCodeRequest<'a> {
    /// What the code is for.
    pub purpose: FlowKind,
    /// Whoever is signed in, or is about to be.
    pub account: &'a Account,
    /// Where to go on afterwards.
    pub next: Option<&'a str>,
    /// The language of the screens.
    pub locale: Locale,
    /// Where the request comes from.
    pub client: &'a Client,
    /// What the browser is known by.
    pub devices: &'a DeviceTokens,
}

/// Begins a flow and sends the first code; gives the token for its cookie.
///
/// # Errors
/// [`SendError`].
pub async fn begin(state: &AppState, asking: &AccountCodeRequest<'_>) -> Result<Token, SendError> {
    let now = state.clock.now();
    let account = asking.account;
    let device = session::known_device(&state.db, &account.id, asking.devices).await?;
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
        epoch: account.epoch,
        typed: &account.email,
        login: None,
        password_hash: None,
        locale: asking.locale,
        next: asking.next,
        subject: None,
        device_id: device.as_ref().map(|known| known.id.as_str()),
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
        Some(emails::own_code(state, account, flow.purpose(), code, expires_at, client))
    })
    .await?;
    Ok(tx.commit().await?)
}

/// Checks a code; what follows from it belongs to the transaction that is handed on.
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

/// The flow of a purpose that belongs to this account as it is now.
pub async fn find(
    state: &AppState,
    token: Option<&Token>,
    purpose: FlowKind,
    account: &Account,
) -> Result<Option<Flow>, DbError> {
    let Some(token) = token else { return Ok(None) };
    let flow = flows::find(&state.db, token, purpose).await?;
    Ok(flow.filter(|flow| {
        flow.account_id.as_deref() == Some(account.id.as_str())
            && flow.epoch == account.epoch
            && !flow.is_over(state.clock.now())
    }))
}
