//! Notification by email that an answer waits.

use super::{SupportError, within};
use crate::{
    clock::{DAY, HOUR},
    domain::{
        client::Client,
        rate_limit::Key,
        values::{EmailAddress, SecretText},
        verification::{
            codes::{self, SendError, Sending},
            flows::{self, Flow, FlowKind, NewFlow, Step},
        },
    },
    i18n::Locale,
    mailer::MailProblem,
    security::Token,
    state::AppState,
    support::{
        chat::emails,
        conversation::{self, Conversation},
    },
};

/// Addresses that one conversation may name per day, and all of a network per hour, so that nobody can flood mailboxes
/// with our emails.
const ADDRESSES_A_DAY: i64 = 5;
const ADDRESSES_AN_HOUR_AND_NETWORK: i64 = 20;

/// Sets the address to which "an answer waits" is sent.
#[tracing::instrument(skip_all)]
pub(in crate::support::chat) async fn set_email(
    state: &AppState,
    conversation: &Conversation,
    email: Option<&str>,
) -> Result<(), SupportError> {
    let mut tx = state.db.begin().await?;
    conversation::set_email(state, &mut tx, &conversation.id, email).await?;
    Ok(tx.commit().await?)
}

/// A request to confirm an address.
pub(in crate::support::chat) struct EmailCodeRequest<'a> {
    pub conversation: &'a Conversation,
    pub email: &'a str,
    pub locale: Locale,
    pub client: &'a Client,
    /// The token of the flow that this browser already has.
    pub browser: Option<Token>,
}

/// Sends a code to an address. Whether it has an account does not matter, and does not show.
#[tracing::instrument(skip_all)]
pub(in crate::support::chat) async fn ask_email(
    state: &AppState,
    asking: &EmailCodeRequest<'_>,
) -> Result<Token, SupportError> {
    let email = EmailAddress::parse(asking.email)
        .map_err(|problem| SupportError::Field("email", problem.into()))?;
    if !state.mailer.carries(&email) {
        return Err(SupportError::Field("email", MailProblem::NotCarried.into()));
    }
    let id = &asking.conversation.id;
    // The same browser requested the same address a moment ago: its email is on the way.
    if let Some(token) = &asking.browser
        && let Some(flow) = flows::find(&state.db, token, FlowKind::SupportEmail).await?
        && flow.typed == email.as_str()
        && flow.subject.as_deref() == Some(id)
        && !flow.is_over(state.clock.now())
    {
        codes::on_its_way(send(state, &flow, asking.client).await)?;
        return Ok(token.clone());
    }
    let problem = MailProblem::TooMany;
    let conversation = Key::new(&state.keys, "support-addresses", &[id]);
    within(state, &conversation, DAY, ADDRESSES_A_DAY, problem).await?;
    let network = Key::new(&state.keys, "support-addresses-network", &[&asking.client.network]);
    within(state, &network, HOUR, ADDRESSES_AN_HOUR_AND_NETWORK, problem).await?;
    let now = state.clock.now();
    let new = NewFlow {
        purpose: FlowKind::SupportEmail,
        step: Step::Code,
        account_id: None,
        credential_version: 0,
        typed: email.as_str(),
        login: None,
        password_hash: None,
        locale: asking.locale,
        next: None,
        subject: Some(id),
        device_id: None,
        ready_at: now,
    };
    let mut tx = state.db.begin().await?;
    let (flow, token) = flows::begin(&mut tx, &state.random, now, &new).await?;
    tx.commit().await?;
    if let Err(error) = codes::on_its_way(send(state, &flow, asking.client).await) {
        flows::abandon(&state.db, &flow.id).await?;
        return Err(error.into());
    }
    Ok(token)
}

/// Sends a code for the flow.
#[tracing::instrument(skip_all)]
pub(in crate::support::chat) async fn send_code(
    state: &AppState,
    flow: &Flow,
    client: &Client,
) -> Result<(), SupportError> {
    Ok(send(state, flow, client).await?)
}

async fn send(state: &AppState, flow: &Flow, client: &Client) -> Result<(), SendError> {
    let sending = Sending { flow, account: None, address: &flow.typed, can_be_right: true, client };
    let mut tx = state.db.begin().await?;
    codes::send(state, &mut tx, &sending, |code, expires_at| {
        Some(emails::confirm_address(state, flow, code, expires_at, client))
    })
    .await?;
    Ok(tx.commit().await?)
}

/// Checks the code: from now on, answers are announced to the confirmed address.
#[tracing::instrument(skip_all)]
pub(in crate::support::chat) async fn confirm_email(
    state: &AppState,
    flow: &Flow,
    conversation: &Conversation,
    code: &SecretText,
    client: &Client,
) -> Result<(), SupportError> {
    let step = Step::Password;
    let (mut tx, _) =
        codes::check(state, flow, &flow.typed, code.expose_secret(), client, step).await?;
    flows::consume(&mut tx, &flow.id).await?;
    conversation::set_email(state, &mut tx, &conversation.id, Some(&flow.typed)).await?;
    Ok(tx.commit().await?)
}
