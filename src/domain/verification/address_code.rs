//! The code that verifies a new address: at registration, for a change of address, in an assisted recovery.

use crate::{
    clock::{DAY, HOUR, MINUTE, Timestamp},
    db::Tx,
    domain::{
        account_emails,
        accounts::{self, Account, AddressStatus},
        client::Client,
        rate_limit::{self, Key},
        values::{Code, EmailAddress},
        verification::{
            account_code,
            codes::{self, SendError, Sending},
            flows::{self, Flow, FlowKind, NewFlow, Step},
        },
    },
    i18n::Locale,
    mailer::EmailMessage,
    security::Token,
    state::AppState,
};

/// New addresses that one account may name in a minute: each costs two emails and a dozen rows.
const NEW_A_MINUTE: i64 = 6;
/// New addresses that one account, or one assisted recovery, may name in an hour and in a day.
const NEW_AN_HOUR: i64 = 10;
const NEW_A_DAY: i64 = 15;

/// A new address named for an account.
pub struct AddressCodeRequest<'a> {
    /// What the address is for.
    pub purpose: FlowKind,
    /// The account that is to get it.
    pub account: &'a Account,
    /// The address.
    pub email: &'a EmailAddress,
    /// The assisted recovery for which it is named, if any: limits then count by it, not by the account.
    pub subject: Option<&'a str>,
    /// The language of the pages.
    pub locale: Locale,
    /// The token of the flow that this browser is in.
    pub browser: Option<&'a Token>,
}

/// The flow that verifies an address.
pub enum Begun {
    /// The same browser named the same address a moment ago: its email is on the way.
    Before(Flow, Token),
    /// A new flow, which begins once the transaction is committed with what belongs to it.
    Now(Tx, Flow, Token),
}

/// Begins the flow that verifies an address, unless this browser is in it; then call [`send_code`].
///
/// # Errors
/// [`SendError`]: when too many were named.
pub async fn begin(state: &AppState, naming: &AddressCodeRequest<'_>) -> Result<Begun, SendError> {
    let AddressCodeRequest { purpose, account, email, subject, .. } = *naming;
    let before = account_code::find(state, naming.browser, purpose, account).await?;
    if let (Some(flow), Some(token)) = (before, naming.browser)
        && flow.typed == email.as_str()
        && flow.subject.as_deref() == subject
    {
        return Ok(Begun::Before(flow, token.clone()));
    }
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    if state.config.limits {
        let whom = subject.unwrap_or(&account.id);
        let in_a_minute = if subject.is_some() { NEW_AN_HOUR } else { NEW_A_MINUTE };
        for (what, span, most) in [
            ("new-addresses-minute", MINUTE, in_a_minute),
            ("new-addresses-hour", HOUR, NEW_AN_HOUR),
            ("new-addresses-day", DAY, NEW_A_DAY),
        ] {
            rate_limit::at_most(&mut tx, &Key::new(&state.keys, what, &[whom]), span, most, now)
                .await?
                .map_err(|wait| SendError::TooMany { wait, roams: false })?;
        }
    }
    let new = NewFlow {
        purpose,
        step: Step::Code,
        account_id: Some(&account.id),
        credential_version: account.credential_version,
        typed: email.as_str(),
        login: None,
        password_hash: None,
        locale: naming.locale,
        next: None,
        subject,
        // Limits count by address, not by browser: a typing mistake can be corrected without waiting.
        device_id: None,
        ready_at: now,
    };
    let (flow, token) = flows::begin(&mut tx, &state.random, now, &new).await?;
    Ok(Begun::Now(tx, flow, token))
}

/// Sends a code to `email` with the email that `message` writes for it or, if the address belongs to another account,
/// an email to its owner; both take the same path (ASVS 6.3.8). `account` is the one that wants the address, if it
/// exists yet.
///
/// # Errors
/// [`SendError`].
pub async fn send_code(
    state: &AppState,
    flow: &Flow,
    account: Option<&Account>,
    email: &EmailAddress,
    client: &Client,
    message: impl FnOnce(&Code, Timestamp) -> EmailMessage,
) -> Result<(), SendError> {
    let now = state.clock.now();
    let status = accounts::address_status(&state.db, email, now).await?;
    // Used by no account, or recently by this one.
    let free = match &status {
        AddressStatus::Free => true,
        AddressStatus::Used(owner) | AddressStatus::Held(owner, _) => {
            account.is_some_and(|account| account.id == owner.id)
        }
    };
    let mut tx = state.db.begin().await?;
    // Once a day: pressing "Get code" again and again does not fill another user's mailbox. Counted each time, so that
    // it takes the same time; by address only where the address is in use.
    let key = email.key();
    let whom = if free { &client.network } else { &key };
    let once = Key::new(&state.keys, "address-in-use", &[whom]);
    let first_today = rate_limit::is_first(&mut tx, &once, DAY, now).await? || !state.config.limits;
    let in_use =
        account_emails::address_in_use(state, &mut tx, &status, email, first_today, client).await?;
    let sending = Sending { flow, account, address: email.as_str(), can_be_right: free, client };
    codes::send(state, &mut tx, &sending, |code, expires_at| {
        if free { Some(message(code, expires_at)) } else { in_use }
    })
    .await?;
    Ok(tx.commit().await?)
}
