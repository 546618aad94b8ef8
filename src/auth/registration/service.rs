//! The rules of registration.

use crate::{
    auth::sign_in_context::SignInContext,
    clock::HOUR,
    db::{DbError, Tx},
    domain::{
        accounts::{self, Account, CreateError, IdentifierProblem, NewAccount, Role},
        audit::{self, EventKind},
        client::Client,
        ids::AccountId,
        known_browser, passwords,
        rate_limit::{self, Key},
        session::{self, Opened},
        values::{EmailAddress, Password, SecretText, Username, identifier_key, is_reserved, tidy},
        verification::{
            address_code,
            captcha::{self, CaptchaContext, CaptchaError},
            codes::{self, CheckError, SendError},
            flows::{self, Flow, FlowKind, NewFlow, Step},
        },
    },
    error::{FieldErrors, InternalError, Problem},
    i18n::Locale,
    mailer::MailProblem,
    security::Token,
    state::AppState,
};

use super::emails;

/// What was posted.
pub(super) struct RegistrationForm<'a> {
    pub login: &'a str,
    pub email: &'a str,
    pub password: &'a SecretText,
    pub proof: &'a str,
    pub next: Option<&'a str>,
    pub locale: Locale,
    pub client: &'a Client,
    pub browser: Option<Token>,
    pub flow: Option<Token>,
}

/// Why a registration did not continue.
#[derive(Debug, thiserror::Error)]
pub(super) enum RegisterError {
    #[error("fields are wrong")]
    Fields(FieldErrors),
    #[error("another proof is needed")]
    Human(u32),
    #[error(transparent)]
    Send(#[from] SendError),
    #[error(transparent)]
    Check(#[from] CheckError),
    /// Another account took the login while the email was on its way.
    #[error("the login name is taken by now")]
    LoginTaken,
    /// The address got an account while the email was on its way; its owner is the one who typed the code.
    #[error("the address has an account by now")]
    EmailTaken,
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl From<DbError> for RegisterError {
    fn from(error: DbError) -> Self {
        Self::Internal(error.into())
    }
}

impl From<CaptchaError> for RegisterError {
    fn from(error: CaptchaError) -> Self {
        match error {
            CaptchaError::Again(price) => Self::Human(price),
            CaptchaError::Db(error) => error.into(),
        }
    }
}

/// Starts a registration and sends the code. The answer does not show whether the address has an account: its owner
/// receives an email that says so.
#[tracing::instrument(skip_all)]
pub(super) async fn register(
    state: &AppState,
    entry: &RegistrationForm<'_>,
) -> Result<Token, RegisterError> {
    let (login, email, password) = judge(state, entry)?;
    let captcha_context = CaptchaContext {
        purpose: FlowKind::Register,
        browser: entry.browser.as_ref(),
        network: &entry.client.network,
    };
    let mut tx = state.db.begin().await?;
    let ready_at =
        captcha::check(state, &mut tx, &captcha_context, &email.key(), entry.proof).await;
    tx.commit().await?;
    let ready_at = ready_at?;
    // A browser without a captcha solution that has to wait is told later, with the code, so that names cannot be
    // enumerated for free.
    if ready_at <= state.clock.now() && accounts::is_taken(&state.db, &state.keys, &login).await? {
        may_say_taken(state, entry.client).await?;
        return Err(RegisterError::Fields(vec![("login", IdentifierProblem::LoginTaken.into())]));
    }
    let hash = state
        .hasher
        .hash(password.as_secret(), &entry.client.network)
        .await
        .map_err(InternalError::Hash)?;
    let mut tx = state.db.begin().await?;
    let new = NewFlow {
        purpose: FlowKind::Register,
        step: Step::Code,
        account_id: None,
        credential_version: 0,
        typed: email.as_str(),
        login: Some(login.as_str()),
        password_hash: Some(&hash),
        locale: entry.locale,
        next: entry.next,
        subject: None,
        device_id: None,
        ready_at,
    };
    let (flow, token) = begin(state, &mut tx, entry, &email, &new).await?;
    tx.commit().await?;
    match send_code(state, &flow, entry.client).await {
        // Requested a moment ago, perhaps in another tab: the code page counts down.
        Ok(()) | Err(RegisterError::Send(SendError::TooEarly(_))) => Ok(token),
        Err(error) => {
            if entry.browser.as_ref().is_none_or(|before| before.hash() != token.hash()) {
                flows::abandon(&state.db, &flow.id).await?;
            }
            Err(error)
        }
    }
}

/// Parses all fields; the error names every one that is wrong.
fn judge(
    state: &AppState,
    entry: &RegistrationForm<'_>,
) -> Result<(Username, EmailAddress, Password), RegisterError> {
    let (login, email) = (judge_username(state, entry.login), judge_email(state, entry.email));
    let password = passwords::choose(state, entry.password, &tidy(entry.login), &tidy(entry.email));
    match (login, email, password) {
        (Ok(login), Ok(email), Ok(password)) => Ok((login, email, password)),
        (login, email, password) => {
            let wrong = [
                login.err().map(|problem| ("login", problem)),
                email.err().map(|problem| ("email", problem)),
                password.err().map(|problem| ("password", problem.into())),
            ];
            Err(RegisterError::Fields(wrong.into_iter().flatten().collect()))
        }
    }
}

/// Parses a username and checks that it is not reserved. Whether it is taken is a separate question, which is not
/// answered for free.
pub(super) fn judge_username(state: &AppState, typed: &str) -> Result<Username, Problem> {
    let login = Username::parse(typed)?;
    if is_reserved(&login, &state.config.shop_name) {
        Err(IdentifierProblem::LoginReserved.into())
    } else {
        Ok(login)
    }
}

/// Parses an address and checks that a code can be sent to it. An address that our emails cannot reach is refused at
/// once, because its code would never arrive.
pub(super) fn judge_email(state: &AppState, typed: &str) -> Result<EmailAddress, Problem> {
    let email = EmailAddress::parse(typed)?;
    if state.mailer.carries(&email) { Ok(email) } else { Err(MailProblem::NotCarried.into()) }
}

/// Starts a flow, or continues the one in which this browser already requested the address: its email is on the way,
/// and posting the form twice must not invalidate it. If something was corrected, another email names the correction,
/// as far as the hourly and daily limits allow.
async fn begin(
    state: &AppState,
    tx: &mut Tx,
    entry: &RegistrationForm<'_>,
    email: &EmailAddress,
    new: &NewFlow<'_>,
) -> Result<(Flow, Token), RegisterError> {
    let now = state.clock.now();
    if let Some(token) = &entry.flow
        && let Some(flow) = flows::find_in(tx, token, FlowKind::Register).await?
        && !flow.is_over(now)
        && flow.step() == Step::Code
        && identifier_key(&flow.typed) == email.key()
    {
        let corrected = flows::ask_again(tx, &flow, new).await?;
        if says(&corrected) != says(&flow) {
            // The email already sent, or on its way, names outdated data.
            codes::no_wait(state, tx, &corrected).await?;
        }
        return Ok((corrected, token.clone()));
    }
    let (flow, token) = flows::begin(tx, &state.random, now, new).await?;
    Ok((flow, token))
}

/// Returns what the email names as requested.
fn says(flow: &Flow) -> (&str, Option<&str>, Locale) {
    (&flow.typed, flow.login.as_deref(), flow.locale())
}

/// How often per hour one network is told that a name is taken.
const TAKEN_AN_HOUR: i64 = 20;

async fn may_say_taken(state: &AppState, client: &Client) -> Result<(), RegisterError> {
    if !state.config.limits {
        return Ok(());
    }
    let now = state.clock.now();
    let key = Key::new(&state.keys, "login-taken", &[&client.network]);
    let mut tx = state.db.begin().await?;
    let passed = rate_limit::at_most(&mut tx, &key, HOUR, TAKEN_AN_HOUR, now).await?;
    tx.commit().await?;
    passed.map_err(|wait| SendError::TooManyFromNetwork(wait).into())
}

/// Sends a code, or the email for an address that has an account; both take the same path.
#[tracing::instrument(skip_all)]
pub(super) async fn send_code(
    state: &AppState,
    flow: &Flow,
    client: &Client,
) -> Result<(), RegisterError> {
    let Ok(email) = EmailAddress::parse(&flow.typed) else {
        return Err(CheckError::NoneSent.into());
    };
    address_code::send_code(state, flow, None, &email, client, |code, expires_at| {
        emails::confirm_address(state, flow, code, expires_at, client)
    })
    .await?;
    Ok(())
}

/// Creates the account, signs the browser in and sends the welcome email, all or nothing.
#[tracing::instrument(skip_all)]
pub(super) async fn confirm(
    state: &AppState,
    flow: &Flow,
    code: &SecretText,
    browser: &SignInContext<'_>,
) -> Result<Opened, RegisterError> {
    let client = browser.client;
    let (mut tx, _) =
        codes::check(state, flow, &flow.typed, code.expose_secret(), client, Step::Password)
            .await?;
    let account = create(state, &mut tx, flow).await?;
    flows::consume(&mut tx, &flow.id).await?;
    let now = state.clock.now();
    if let Some(old) = &browser.old_session {
        session::sign_out(&mut tx, &state.random, now, old, client).await?;
    }
    let session = session::start(&mut tx, &state.random, now, &account.id, false, client).await?;
    let devices = &browser.devices;
    let devices =
        known_browser::remember(&mut tx, &state.random, now, &account.id, devices, None).await?;
    audit::record(&mut tx, &state.random, now, EventKind::Registered, Some(&account.id), client)
        .await?;
    state.outbox.enqueue(&mut tx, emails::welcome(state, &account), true, now, None).await?;
    tx.commit().await?;
    Ok(Opened { session, devices })
}

async fn create(state: &AppState, tx: &mut Tx, flow: &Flow) -> Result<Account, RegisterError> {
    let (Some(login), Some(hash)) = (&flow.login, &flow.password_hash) else {
        return Err(CheckError::NoneSent.into());
    };
    let (Ok(login), Ok(email)) = (Username::parse(login), EmailAddress::parse(&flow.typed)) else {
        return Err(CheckError::NoneSent.into());
    };
    let now = state.clock.now();
    let id: AccountId = state.random.id(now);
    let new = NewAccount {
        id: &id,
        login: &login,
        email: &email,
        password_hash: hash,
        locale: flow.locale(),
        role: Role::Shopper,
    };
    accounts::create(tx, &state.keys, &new, now).await.map_err(|error| match error {
        CreateError::LoginTaken => RegisterError::LoginTaken,
        CreateError::EmailTaken => RegisterError::EmailTaken,
        CreateError::Db(error) => error.into(),
    })?;
    accounts::get_for_update(tx, &id).await?.ok_or(RegisterError::Check(CheckError::NoneSent))
}
