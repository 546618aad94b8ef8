//! The rules of a forgotten login.

use crate::{
    clock::{DAY, Duration, HOUR},
    db::DbError,
    domain::{
        accounts,
        audit::{self, EventKind},
        client::Client,
        email_limits::{self, Cause},
        rate_limit::{self, Key},
        values::EmailAddress,
        verification::{
            captcha::{self, CaptchaContext, CaptchaError},
            flows::FlowKind,
        },
    },
    error::{InternalError, Problem},
    i18n::Locale,
    mailer::{self, MailProblem},
    security::Token,
    state::AppState,
};

use super::emails;

/// Emails per day to one address, whoever requests them.
const EMAILS_A_DAY: i64 = 3;
/// Emails per hour for one network. Each writes six rows, and one client may write a hundred rows a minute.
const EMAILS_AN_HOUR_AND_NETWORK: i64 = 15;
/// Emails per day to addresses without an account: at most one in this many of the day's emails …
const STRANGERS_SHARE: i64 = 10;
/// … but at least this many in any case.
const STRANGERS_FLOOR: i64 = 50;

/// What was posted.
pub(super) struct ReminderForm<'a> {
    pub email: &'a str,
    pub proof: &'a str,
    pub locale: Locale,
    pub client: &'a Client,
    pub browser: Option<Token>,
}

/// Why no email was sent.
#[derive(Debug, thiserror::Error)]
pub(super) enum FindError {
    #[error("the address is wrong")]
    Field(Problem),
    #[error("another proof is needed")]
    Human(u32),
    #[error("too many letters to this address")]
    TooMany(Duration),
    #[error("too many letters for this network")]
    TooManyFromNetwork(Duration),
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl From<DbError> for FindError {
    fn from(error: DbError) -> Self {
        Self::Internal(error.into())
    }
}

impl From<CaptchaError> for FindError {
    fn from(error: CaptchaError) -> Self {
        match error {
            CaptchaError::Again(price) => Self::Human(price),
            CaptchaError::Db(error) => error.into(),
        }
    }
}

/// Sends the email. With or without an account: the same work, the same answer (ASVS 6.3.8). A browser that sent no
/// captcha solution and has to wait is answered at once: its email waits instead.
#[tracing::instrument(skip_all)]
pub(super) async fn find(state: &AppState, entry: &ReminderForm<'_>) -> Result<(), FindError> {
    let email =
        EmailAddress::parse(entry.email).map_err(|problem| FindError::Field(problem.into()))?;
    if !state.mailer.carries(&email) {
        return Err(FindError::Field(MailProblem::NotCarried.into()));
    }
    let now = state.clock.now();
    let captcha_context = CaptchaContext {
        purpose: FlowKind::FindLogin,
        browser: entry.browser.as_ref(),
        network: &entry.client.network,
    };
    let mut tx = state.db.begin().await?;
    let ready_at =
        captcha::check(state, &mut tx, &captcha_context, &email.key(), entry.proof).await;
    tx.commit().await?;
    let ready_at = ready_at?;

    let owner = accounts::address_owner(&state.db, &email).await?;
    let account = accounts::look_up(&state.db, owner.as_ref()).await?;
    let mut tx = state.db.begin().await?;
    if state.config.limits {
        let network = Key::new(&state.keys, "find-login-network", &[&entry.client.network]);
        rate_limit::at_most(&mut tx, &network, HOUR, EMAILS_AN_HOUR_AND_NETWORK, now)
            .await?
            .map_err(FindError::TooManyFromNetwork)?;
        let address = Key::new(&state.keys, "find-login", &[&email.key()]);
        rate_limit::at_most(&mut tx, &address, DAY, EMAILS_A_DAY, now)
            .await?
            .map_err(FindError::TooMany)?;
    }
    let (strangers, all) = mailer::reminders_to_strangers_since(&mut tx, now - DAY).await?;
    let within = strangers < STRANGERS_FLOOR || strangers < all / STRANGERS_SHARE;
    let mailbox =
        email_limits::count(state, &mut tx, Cause::Anybody, email.as_str(), false).await?;
    let deliver = (account.is_some() || within || !state.config.limits) && mailbox.is_room();
    mailbox.settle(&mut tx, deliver).await?;
    let message = match &account {
        Some(account) => emails::reminder(state, account, &email, entry.client),
        None => emails::no_account(state, &email, entry.locale, entry.client),
    };
    let whom = account.as_ref().map(|account| &account.id);
    audit::record(&mut tx, &state.random, now, EventKind::LoginAsked, whom, entry.client).await?;
    state.outbox.enqueue(&mut tx, message, deliver, ready_at, None).await?;
    Ok(tx.commit().await?)
}
