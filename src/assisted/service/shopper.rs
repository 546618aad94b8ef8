//! The shopper confirms the address to use.

use super::super::mail;
use crate::{
    error::Kind,
    forms::{Email, SecretText},
    i18n::Locale,
    server::{
        accounts::{self, Account},
        app::App,
        assisted::{self, Assisted, State},
        client::Client,
        clock::{DAY, HOUR, Millis},
        codes::{self, CheckError, SendError},
        conversations::{self, Conversation},
        db::DbError,
        flows::{self, Flow, NewFlow, Purpose, Step},
        new_address, own_code,
        secret::Token,
        throttle::{self, Key},
    },
};

/// Addresses that a shopper may name for one process, an hour and a day.
const ADDRESSES_AN_HOUR: i64 = 10;
const ADDRESSES_A_DAY: i64 = 15;

/// What was opened in a shopper's conversation.
pub(in crate::assisted) struct Asked {
    pub conversation: Conversation,
    /// The newest that was opened there, with its account as it is now.
    pub process: Option<(Assisted, Account)>,
}

impl Asked {
    /// How far it has come.
    pub(in crate::assisted) fn state(&self, now: Millis) -> Option<State> {
        self.process.as_ref().map(|(process, account)| process.state_of(account, now))
    }

    /// The flow in which this browser confirms an address for it.
    pub(in crate::assisted) async fn flow(
        &self,
        app: &App,
        token: Option<&Token>,
    ) -> Result<Option<Flow>, DbError> {
        let Some((process, account)) = &self.process else { return Ok(None) };
        let flow = own_code::find(app, token, Purpose::Assisted, account).await?;
        Ok(flow.filter(|flow| flow.subject.as_ref() == Some(&process.id)))
    }
}

/// Why an address was not confirmed.
#[derive(Debug, thiserror::Error)]
pub(in crate::assisted) enum AskError {
    #[error("the address is wrong")]
    Field(Kind),
    #[error(transparent)]
    Send(#[from] SendError),
    #[error(transparent)]
    Check(#[from] CheckError),
    /// Nothing waits for an address (any more).
    #[error("nothing waits for an address")]
    Moved,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// What was opened in the conversation that a browser's cookie opens or, if nothing was, in that of whoever is signed
/// in. It is bound to whoever asked: nobody else can name an address for it.
pub(in crate::assisted) async fn find(
    app: &App,
    chat: Option<&Token>,
    own: Option<&str>,
) -> Result<Option<Asked>, DbError> {
    let by_cookie = match chat {
        Some(token) => conversations::find_by_token(&app.db, token).await?,
        None => None,
    };
    // Somebody else signed in, in the same browser: what another wrote signed in is not hers.
    let by_cookie = by_cookie.filter(|chat| {
        own.is_none() || chat.account_id.is_none() || chat.account_id.as_deref() == own
    });
    let own = match own {
        Some(id) => conversations::open_of(&app.db, id, app.clock.now()).await?,
        None => None,
    };
    let mut found = None;
    for conversation in by_cookie.into_iter().chain(own) {
        let process = assisted::newest_of_conversation(&app.db, &conversation.id).await?;
        let process = match process {
            Some(process) => {
                accounts::get(&app.db, &process.account_id).await?.map(|account| (process, account))
            }
            None => None,
        };
        let asked = Asked { conversation, process };
        if asked.process.is_some() {
            return Ok(Some(asked));
        }
        found = found.or(Some(asked));
    }
    Ok(found)
}

/// An address that was named, by whom.
pub(in crate::assisted) struct Address<'a> {
    pub email: &'a str,
    pub locale: Locale,
    pub client: &'a Client,
    pub browser: Option<Token>,
}

/// The shopper names an address; gives the token of the flow that proves it. Whether it is somebody's does not show:
/// its owner gets a letter.
pub(in crate::assisted) async fn name_address(
    app: &App,
    asked: &Asked,
    entry: &Address<'_>,
) -> Result<Token, AskError> {
    let now = app.clock.now();
    let (Some((process, account)), Some(State::Opened)) = (&asked.process, asked.state(now)) else {
        return Err(AskError::Moved);
    };
    let email = Email::parse(entry.email).map_err(|problem| AskError::Field(problem.into()))?;
    // The same browser named the same address a moment ago: its letter is on the way.
    if let (Some(flow), Some(token)) =
        (asked.flow(app, entry.browser.as_ref()).await?, &entry.browser)
        && flow.typed == email.as_str()
    {
        return on_its_way(send_code(app, asked, &flow, entry.client).await, token.clone());
    }
    let mut tx = app.db.begin().await?;
    if app.config.limits {
        for (what, span, most) in [
            ("assisted-addresses-hour", HOUR, ADDRESSES_AN_HOUR),
            ("assisted-addresses-day", DAY, ADDRESSES_A_DAY),
        ] {
            let key = Key::new(&app.keys, what, &[&process.id]);
            throttle::at_most(&mut tx, &key, span, most, now)
                .await?
                .map_err(|wait| SendError::TooMany { wait, roams: false })?;
        }
    }
    let new = NewFlow {
        purpose: Purpose::Assisted,
        step: Step::Code,
        account_id: Some(&account.id),
        epoch: account.epoch,
        typed: email.as_str(),
        login: None,
        password_hash: None,
        locale: entry.locale,
        next: None,
        subject: Some(&process.id),
        device_id: None,
        ready_at: now,
    };
    let (flow, token) = flows::begin(&mut tx, &app.random, now, &new).await?;
    tx.commit().await?;
    on_its_way(send_code(app, asked, &flow, entry.client).await, token)
}

/// A code that was sent a moment ago is no reason to refuse: the screen counts down.
fn on_its_way(sent: Result<(), AskError>, token: Token) -> Result<Token, AskError> {
    match sent {
        Ok(()) | Err(AskError::Send(SendError::TooEarly(_))) => Ok(token),
        Err(error) => Err(error),
    }
}

/// Sends a code to the address that was named or, if it is somebody else's, a letter to its owner.
pub(in crate::assisted) async fn send_code(
    app: &App,
    asked: &Asked,
    flow: &Flow,
    client: &Client,
) -> Result<(), AskError> {
    let (Some((_, account)), Some(State::Opened)) = (&asked.process, asked.state(app.clock.now()))
    else {
        return Err(AskError::Moved);
    };
    let Ok(email) = Email::parse(&flow.typed) else { return Err(AskError::Moved) };
    let claimed = asked.conversation.claimed.as_deref();
    new_address::send_code(app, flow, Some(account), &email, client, |code, expires_at| {
        mail::confirm_address(app, flow, claimed, &email, code, expires_at, client)
    })
    .await?;
    Ok(())
}

/// The code proves the address.
pub(in crate::assisted) async fn confirm(
    app: &App,
    flow: &Flow,
    code: &SecretText,
    client: &Client,
) -> Result<(), AskError> {
    let Ok(email) = Email::parse(&flow.typed) else { return Err(AskError::Moved) };
    let id = flow.subject.as_deref().unwrap_or_default();
    let (mut tx, right) =
        codes::check(app, flow, email.as_str(), code.expose(), client, Step::Password).await?;
    let account = right.account.ok_or(AskError::Moved)?;
    flows::take(&mut tx, &flow.id).await?;
    if !assisted::confirm(app, &mut tx, &account, id, &email, client).await? {
        return Err(AskError::Moved);
    }
    Ok(tx.commit().await?)
}
