//! The rules of recovery.

use crate::{
    clock::{DAY, Duration, days},
    db::{DbError, Tx},
    domain::{
        account_emails,
        accounts::{self, AddressStatus},
        audit::{self, EventKind},
        client::Client,
        ids::AssistedId,
        known_browser::DeviceTokens,
        passwords::{self, NewPassword, SetError},
        rate_limit::{self, Key},
        values::{EmailAddress, SecretText, UsernameProblem, identifier_key, tidy},
        verification::{
            captcha::{self, CaptchaContext, CaptchaError},
            codes::{self, CheckError, SendError, Sending},
            flows::{self, Flow, FlowKind, NewFlow, Step},
        },
    },
    error::{FieldErrors, InternalError},
    i18n::Locale,
    mailer::{self, EmailKind, EmailMessage},
    recovery::assisted::process::{self, Finished},
    security::Token,
    state::AppState,
    support::conversation,
};

use super::emails;

/// How often "No account here" is sent to one address.
const UNKNOWN_EVERY: Duration = days(30);
/// At most one in this many of a day's emails may be such an email …
const UNKNOWN_SHARE: i64 = 50;
/// … but this many may be sent in any case, because 2 % of a young shop's few emails would be none.
const UNKNOWN_FLOOR: i64 = 10;
/// Longest name that is looked up, in bytes.
const TYPED_MAX: usize = 254;

/// What was posted.
pub(super) struct RecoveryRequest<'a> {
    pub login: &'a str,
    pub proof: &'a str,
    pub next: Option<&'a str>,
    pub locale: Locale,
    pub client: &'a Client,
    pub browser: Option<Token>,
    pub devices: DeviceTokens,
}

/// Why a recovery did not continue.
#[derive(Debug, thiserror::Error)]
pub(super) enum RecoveryError {
    #[error("fields are wrong")]
    Fields(FieldErrors),
    #[error("another proof is needed")]
    Human(u32),
    #[error(transparent)]
    Send(#[from] SendError),
    #[error(transparent)]
    Check(#[from] CheckError),
    /// The password was changed, or the account disabled, since the flow began.
    #[error("the account changed meanwhile")]
    Overtaken,
    /// The address that support arranged belongs to another account by now.
    #[error("the address was taken meanwhile")]
    Taken,
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl From<DbError> for RecoveryError {
    fn from(error: DbError) -> Self {
        Self::Internal(error.into())
    }
}

impl From<SetError> for RecoveryError {
    fn from(error: SetError) -> Self {
        match error {
            SetError::Fields(fields) => Self::Fields(fields),
            SetError::Overtaken => Self::Overtaken,
            SetError::Internal(fault) => Self::Internal(fault),
        }
    }
}

impl From<CaptchaError> for RecoveryError {
    fn from(error: CaptchaError) -> Self {
        match error {
            CaptchaError::Again(price) => Self::Human(price),
            CaptchaError::Db(error) => error.into(),
        }
    }
}

/// The way by which a recovery goes.
pub(crate) enum Way<'a> {
    /// By the account's own mailbox.
    Mailbox,
    /// By the address that support is said to have arranged; whether it has must not show.
    Arranged(&'a str),
    /// The code sent to that address was right; holds the id of the assisted recovery, if the flow names one.
    Proved(Option<AssistedId>),
}

impl<'a> Way<'a> {
    pub(super) fn of(flow: &'a Flow) -> Self {
        match (flow.subject.as_deref(), flow.arranged.as_deref()) {
            (Some(id), _) => Self::Proved(AssistedId::parse(id)),
            (None, Some(address)) => Self::Arranged(address),
            (None, None) => Self::Mailbox,
        }
    }
}

/// Starts a flow. Nothing about the account changes: its password and sessions stay valid.
#[tracing::instrument(skip_all)]
pub(super) async fn recover(
    state: &AppState,
    entry: &RecoveryRequest<'_>,
) -> Result<Token, RecoveryError> {
    let typed = tidy(entry.login);
    if typed.is_empty() {
        return Err(RecoveryError::Fields(vec![("login", UsernameProblem::Missing.into())]));
    }
    if typed.len() > TYPED_MAX || typed.chars().any(char::is_control) {
        return Err(RecoveryError::Fields(vec![("login", UsernameProblem::TooLong.into())]));
    }
    let now = state.clock.now();
    let key = identifier_key(&typed);
    let captcha_context = CaptchaContext {
        purpose: FlowKind::Recover,
        browser: entry.browser.as_ref(),
        network: &entry.client.network,
    };
    let mut tx = state.db.begin().await?;
    let ready_at = captcha::check(state, &mut tx, &captcha_context, &key, entry.proof).await;
    // Refused or not: what was counted and spent stays so.
    tx.commit().await?;
    let ready_at = ready_at?;

    let (account, known) = accounts::find_with_device(&state.db, &key, &entry.devices).await?;
    let account_id = account.as_ref().map(|account| &account.id);
    let mut tx = state.db.begin().await?;
    let new = NewFlow {
        purpose: FlowKind::Recover,
        step: Step::Method,
        account_id,
        credential_version: account.as_ref().map_or(0, |account| account.credential_version),
        typed: &typed,
        login: None,
        password_hash: None,
        locale: entry.locale,
        next: entry.next,
        subject: None,
        device_id: known.as_ref().map(|known| &known.id),
        ready_at,
    };
    let (_, token) = flows::begin(&mut tx, &state.random, now, &new).await?;
    audit::record(&mut tx, &state.random, now, EventKind::RecoveryAsked, account_id, entry.client)
        .await?;
    tx.commit().await?;
    Ok(token)
}

/// Sends a code to the account's address; to an address without an account, occasionally, an email that says so; to the
/// owner of a disabled account, what the page does not say. All take the same path.
#[tracing::instrument(skip_all)]
pub(super) async fn send_code(
    state: &AppState,
    flow: &Flow,
    client: &Client,
) -> Result<(), RecoveryError> {
    // Whichever method the flow used before.
    let flow = &flow.turned_to(None);
    // Queried without an account, too, so that both take the same time.
    let account = accounts::look_up(&state.db, flow.account_id.as_ref()).await?;
    let status = match EmailAddress::parse(&flow.typed) {
        Ok(email) => accounts::address_status(&state.db, &email, state.clock.now()).await?,
        Err(_) => AddressStatus::Free,
    };
    let mut tx = state.db.begin().await?;
    flows::set_method(&mut tx, &flow.id, None).await?;
    let held = held_email(state, &mut tx, flow, &status, client).await?;
    let tell_unknown = may_tell_unknown(state, &mut tx, flow, client).await?;
    let disabled = account.as_ref().filter(|account| !account.is_active());
    let whom = disabled.map_or(client.network.as_str(), |account| &account.id);
    let tell_disabled = account_emails::account_disabled_is_due(state, &mut tx, whom).await?;
    let active = account.as_ref().filter(|account| {
        account.is_active() && account.credential_version == flow.credential_version
    });
    let address = account.as_ref().map_or(flow.typed.as_str(), |account| account.email.as_str());
    let sending = Sending {
        flow,
        account: account.as_ref(),
        address,
        can_be_right: active.is_some(),
        client,
    };
    let sent = codes::send(state, &mut tx, &sending, |code, expires_at| {
        match (&account, EmailAddress::parse(&flow.typed)) {
            (Some(account), _) if account.is_active() => {
                Some(emails::recovery_code(state, account, None, code, expires_at, client))
            }
            (Some(account), _) => {
                tell_disabled.then(|| account_emails::account_disabled(state, account, client))
            }
            (None, _) if held.is_some() => held,
            (None, Ok(email)) if tell_unknown => {
                Some(emails::unknown_address(state, flow, &email, client))
            }
            (None, _) => None,
        }
    });
    let sent = sent.await;
    finish_sending(state, tx, flow, sent).await
}

async fn finish_sending(
    state: &AppState,
    tx: Tx,
    flow: &Flow,
    sent: Result<(), SendError>,
) -> Result<(), RecoveryError> {
    match sent {
        Ok(()) => Ok(tx.commit().await?),
        Err(SendError::Db(error)) => Err(error.into()),
        Err(error) => {
            // No email, but the code page: it counts down the wait, and the long roaming code of an earlier email can
            // be entered there.
            drop(tx);
            let mut tx = state.db.begin().await?;
            flows::set_method(&mut tx, &flow.id, flow.arranged.as_deref()).await?;
            tx.commit().await?;
            Err(error.into())
        }
    }
}

/// Sends a code to the address that support is said to have arranged, if it has; otherwise the work is the same, so
/// that nobody learns for whom it has, nor who has an account.
#[tracing::instrument(skip_all)]
pub(super) async fn send_arranged(
    state: &AppState,
    flow: &Flow,
    email: &EmailAddress,
    client: &Client,
) -> Result<(), RecoveryError> {
    let flow = &flow.turned_to(Some(email.as_str()));
    let account = accounts::look_up(&state.db, flow.account_id.as_ref()).await?;
    let account = account.filter(|account| account.credential_version == flow.credential_version);
    let (address, now) = (email.as_str(), state.clock.now());
    let process = process::ready_for(&state.db, account.as_ref(), address, now).await?;
    let mut tx = state.db.begin().await?;
    flows::set_method(&mut tx, &flow.id, flow.arranged.as_deref()).await?;
    let can_be_right = process.is_some();
    let sending = Sending { flow, account: account.as_ref(), address, can_be_right, client };
    let sent = codes::send(state, &mut tx, &sending, |code, expires_at| {
        let account = account.as_ref().filter(|_| can_be_right)?;
        Some(emails::recovery_code(state, account, Some(email), code, expires_at, client))
    });
    let sent = sent.await;
    finish_sending(state, tx, flow, sent).await
}

/// Returns the email for an address that was changed recently: it has no account any more, but can reclaim one.
async fn held_email(
    state: &AppState,
    tx: &mut Tx,
    flow: &Flow,
    status: &AddressStatus,
    client: &Client,
) -> Result<Option<EmailMessage>, DbError> {
    // Counted each time, so that it takes the same time; by what was typed only where it matters.
    let typed = identifier_key(&flow.typed);
    let whom = if matches!(status, AddressStatus::Held(..)) { &typed } else { &client.network };
    let once = Key::new(&state.keys, "address-held", &[whom]);
    let first_today = rate_limit::is_first(tx, &once, DAY, state.clock.now()).await?;
    match (status, EmailAddress::parse(&flow.typed)) {
        (AddressStatus::Held(owner, until), Ok(email)) if first_today || !state.config.limits => {
            account_emails::address_held(state, tx, owner, *until, &email, client).await.map(Some)
        }
        _ => Ok(None),
    }
}

/// Returns whether an address without an account may be told so. Counted for every flow, so that it takes the same
/// time.
async fn may_tell_unknown(
    state: &AppState,
    tx: &mut Tx,
    flow: &Flow,
    client: &Client,
) -> Result<bool, DbError> {
    let now = state.clock.now();
    let (unknown, all) = mailer::counts_since(tx, EmailKind::UnknownAddress, now - DAY).await?;
    if !state.config.limits {
        return Ok(true);
    }
    if unknown >= UNKNOWN_FLOOR && unknown >= all / UNKNOWN_SHARE {
        return Ok(false);
    }
    let typed = identifier_key(&flow.typed);
    let matters = flow.account_id.is_none() && EmailAddress::parse(&flow.typed).is_ok();
    let whom = if matters { &typed } else { &client.network };
    let once = Key::new(&state.keys, "unknown-address", &[whom]);
    rate_limit::is_first(tx, &once, UNKNOWN_EVERY, now).await
}

/// Checks the code; the flow continues under the returned token.
#[tracing::instrument(skip_all)]
pub(super) async fn check_code(
    state: &AppState,
    flow: &Flow,
    code: &SecretText,
    client: &Client,
) -> Result<Token, RecoveryError> {
    // Queried without an account, too, so that both take the same time.
    let account = accounts::look_up(&state.db, flow.account_id.as_ref()).await?;
    let way = Way::of(flow);
    let address = match (&way, &account) {
        (Way::Arranged(address), _) => address,
        (_, Some(account)) => account.email.as_str(),
        (_, None) => flow.typed.as_str(),
    };
    let (mut tx, right) =
        codes::check(state, flow, address, code.expose_secret(), client, Step::Password).await?;
    if let Way::Arranged(address) = way {
        // The account is locked now: a process that is ready stays so until the commit.
        let process =
            process::ready_in(&mut tx, right.account.as_ref(), address, state.clock.now()).await?;
        let process = process.ok_or(RecoveryError::Overtaken)?;
        // From here on the flow names the process instead of the typed address.
        flows::bind_to(&mut tx, &flow.id, Some(&process.id)).await?;
    }
    tx.commit().await?;
    Ok(right.token)
}

/// Sets the new password; returns the tokens by which this browser is known from now on.
#[tracing::instrument(skip_all)]
pub(super) async fn set_password(
    state: &AppState,
    entry: &NewPassword<'_>,
) -> Result<DeviceTokens, RecoveryError> {
    let (mut tx, before, devices) = passwords::set_in_flow(state, entry).await?;
    // An attacker in the account may have sent support's answers elsewhere.
    conversation::announce_elsewhere_no_more(&mut tx, &before.id, &before.email).await?;
    if let Way::Proved(id) = Way::of(entry.flow) {
        let id = id.ok_or(RecoveryError::Overtaken)?;
        match process::finish(state, &mut tx, &before, &id, entry.client).await? {
            Finished::Done => {}
            Finished::Over => return Err(RecoveryError::Overtaken),
            Finished::Taken => {
                drop(tx);
                process::overtake(state, &id).await?;
                return Err(RecoveryError::Taken);
            }
        }
    }
    tx.commit().await?;
    Ok(devices)
}
