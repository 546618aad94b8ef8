//! The user confirms the address to use.

use super::super::emails;
use crate::{
    clock::Timestamp,
    db::DbError,
    domain::{
        accounts::{self, Account},
        client::Client,
        ids::{AccountId, AssistedId},
        values::{EmailAddress, SecretText},
        verification::{
            account_code,
            address_code::{self, AddressCodeRequest, Begun},
            codes::{self, CheckError, SendError},
            flows::{self, Flow, FlowKind, Step},
        },
    },
    error::Problem,
    i18n::Locale,
    mailer::MailProblem,
    recovery::assisted::process::{self, Assisted, State},
    security::Token,
    state::AppState,
    support::conversation::{self, Conversation},
};

/// What was opened in a user's conversation.
pub(in crate::recovery::assisted) struct Asked {
    pub conversation: Conversation,
    /// The newest process opened there, with its account as it is now.
    pub process: Option<(Assisted, Account)>,
}

impl Asked {
    /// Returns the state of the process.
    pub(in crate::recovery::assisted) fn state(&self, now: Timestamp) -> Option<State> {
        self.process.as_ref().map(|(process, account)| process.state_of(account, now))
    }

    /// Returns the flow in which this browser confirms an address for the process.
    pub(in crate::recovery::assisted) async fn flow(
        &self,
        state: &AppState,
        token: Option<&Token>,
    ) -> Result<Option<Flow>, DbError> {
        let Some((process, account)) = &self.process else { return Ok(None) };
        let flow = account_code::find(state, token, FlowKind::Assisted, account).await?;
        Ok(flow.filter(|flow| flow.subject.as_deref() == Some(&*process.id)))
    }
}

/// Why an address was not confirmed.
#[derive(Debug, thiserror::Error)]
pub(in crate::recovery::assisted) enum AskError {
    #[error("the address is wrong")]
    Field(Problem),
    #[error(transparent)]
    Send(#[from] SendError),
    #[error(transparent)]
    Check(#[from] CheckError),
    /// No process waits for an address (any more).
    #[error("nothing waits for an address")]
    Moved,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Finds what was opened in the conversation that the browser's cookie opens. It is bound to the browser of the user
/// who asked: nobody else can name an address for it, not even in a session of the account.
#[tracing::instrument(skip_all)]
pub(in crate::recovery::assisted) async fn find(
    state: &AppState,
    chat: Option<&Token>,
    own: Option<&AccountId>,
) -> Result<Option<Asked>, DbError> {
    let conversation = conversation::by_cookie(&state.db, chat, own).await?.open();
    let Some(conversation) = conversation else { return Ok(None) };
    let process = match process::newest_of_conversation(&state.db, &conversation.id).await? {
        Some(process) => {
            accounts::get(&state.db, &process.account_id).await?.map(|account| (process, account))
        }
        None => None,
    };
    Ok(Some(Asked { conversation, process }))
}

/// The address that the user entered, with the request's context.
pub(in crate::recovery::assisted) struct Address<'a> {
    pub email: &'a str,
    pub locale: Locale,
    pub client: &'a Client,
    pub browser: Option<Token>,
}

/// Starts the confirmation of an address; returns the token of the flow. The answer does not show whether the address
/// belongs to an account: its owner receives an email instead of the code.
#[tracing::instrument(skip_all)]
pub(in crate::recovery::assisted) async fn name_address(
    state: &AppState,
    asked: &Asked,
    entry: &Address<'_>,
) -> Result<Token, AskError> {
    let now = state.clock.now();
    let (Some((process, account)), Some(State::Opened)) = (&asked.process, asked.state(now)) else {
        return Err(AskError::Moved);
    };
    let email =
        EmailAddress::parse(entry.email).map_err(|problem| AskError::Field(problem.into()))?;
    if !state.mailer.carries(&email) {
        return Err(AskError::Field(MailProblem::NotCarried.into()));
    }
    let naming = AddressCodeRequest {
        purpose: FlowKind::Assisted,
        account,
        email: &email,
        subject: Some(&process.id),
        locale: entry.locale,
        browser: entry.browser.as_ref(),
    };
    let (flow, token) = match address_code::begin(state, &naming).await? {
        Begun::Before(flow, token) => (flow, token),
        Begun::Now(tx, flow, token) => {
            tx.commit().await?;
            (flow, token)
        }
    };
    codes::on_its_way(send(state, asked, account, &flow, &email, entry.client).await)?;
    Ok(token)
}

/// Sends a code to the entered address or, if it belongs to another account, an email to its owner.
#[tracing::instrument(skip_all)]
pub(in crate::recovery::assisted) async fn send_code(
    state: &AppState,
    asked: &Asked,
    flow: &Flow,
    client: &Client,
) -> Result<(), AskError> {
    let (Some((_, account)), Some(State::Opened)) =
        (&asked.process, asked.state(state.clock.now()))
    else {
        return Err(AskError::Moved);
    };
    let Ok(email) = EmailAddress::parse(&flow.typed) else { return Err(AskError::Moved) };
    Ok(send(state, asked, account, flow, &email, client).await?)
}

async fn send(
    state: &AppState,
    asked: &Asked,
    account: &Account,
    flow: &Flow,
    email: &EmailAddress,
    client: &Client,
) -> Result<(), SendError> {
    let named = asked.conversation.named_by_shopper();
    address_code::send_code(state, flow, Some(account), email, client, |code, expires_at| {
        emails::confirm_address(state, flow, named, email, code, expires_at, client)
    })
    .await
}

/// Confirms the address with the code.
#[tracing::instrument(skip_all)]
pub(in crate::recovery::assisted) async fn confirm(
    state: &AppState,
    flow: &Flow,
    code: &SecretText,
    client: &Client,
) -> Result<(), AskError> {
    let Ok(email) = EmailAddress::parse(&flow.typed) else { return Err(AskError::Moved) };
    let id = flow.subject.as_deref().and_then(AssistedId::parse).ok_or(AskError::Moved)?;
    let (mut tx, right) =
        codes::check(state, flow, email.as_str(), code.expose_secret(), client, Step::Password)
            .await?;
    let account = right.account.ok_or(AskError::Moved)?;
    flows::consume(&mut tx, &flow.id).await?;
    if !process::confirm(state, &mut tx, &account, &id, &email, client).await? {
        return Err(AskError::Moved);
    }
    Ok(tx.commit().await?)
}
