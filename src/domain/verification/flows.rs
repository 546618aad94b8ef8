//! Flows: a shopper's way through several pages, bound to one browser by a cookie. Each purpose has its own cookie, so
//! that a flow in one tab is not ended by another that begins in a second tab.

use http::StatusCode;
use strum::{AsRefStr, VariantArray};

use crate::{
    args,
    clock::{Duration, HOUR, Timestamp, minutes, seconds_up},
    db::{Db, DbError, Tx},
    domain::ids::{AccountId, DeviceId, FlowId},
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
    random::Random,
    security::Token,
};

/// Why a flow does not continue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum FlowProblem {
    /// It has expired, or it is completed.
    #[strum(serialize = "flow_expired")]
    Expired,
    /// A step was skipped, or the account changed meanwhile.
    StartAgain,
}

impl FormError for FlowProblem {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }

    fn text(&self, locale: Locale, _: &AppError) -> String {
        let text = match self {
            Self::Expired => t::flow_expired(locale),
            Self::StartAgain => t::start_again(locale),
        };
        text.to_owned()
    }
}

/// Time from the first page to the code.
const LIFETIME: Duration = HOUR;
/// Time from the right code to the end.
const AFTER_CODE: Duration = minutes(15);

/// What a flow is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, strum::IntoStaticStr)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FlowKind {
    /// Creating an account.
    Register,
    /// Recovering an account.
    Recover,
    /// Setting a new password with an emailed code, signed in.
    ChangePassword,
    /// Reauthenticating with an emailed code, signed in.
    Confirm,
    /// Confirming a new address.
    ChangeEmail,
    /// Finding out the login of an address: it has no flow, only the captcha.
    FindLogin,
    /// The second step of a staff sign-in: an emailed code.
    StaffSignIn,
    /// Confirming the address that the email "an answer waits" goes to.
    SupportEmail,
    /// Confirming the address for an assisted recovery.
    Assisted,
}

impl FlowKind {
    /// All kinds.
    pub const ALL: [Self; 9] = [
        Self::Register,
        Self::Recover,
        Self::ChangePassword,
        Self::Confirm,
        Self::ChangeEmail,
        Self::FindLogin,
        Self::StaffSignIn,
        Self::SupportEmail,
        Self::Assisted,
    ];

    /// Returns the name as stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// How far a flow has come. A page that is ahead of the step redirects back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::Type, strum::IntoStaticStr)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Step {
    /// A method is to be chosen.
    Method,
    /// A code was requested.
    Code,
    /// The code was right.
    Password,
    /// The flow is completed.
    Done,
}

impl Step {
    fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A flow, as stored.
#[derive(Clone, sqlx::FromRow)]
pub struct Flow {
    /// UUIDv7.
    pub id: FlowId,
    purpose: FlowKind,
    step: Step,
    /// The account that what was typed belongs to, if any.
    pub account_id: Option<AccountId>,
    /// The credential version of that account when the flow began.
    pub credential_version: i64,
    /// What the shopper typed, shown back unchanged.
    pub typed: String,
    /// Register: the requested username.
    pub login: Option<String>,
    /// Register: the hash of the chosen password.
    pub password_hash: Option<String>,
    locale: String,
    /// Where the shopper wants to go afterwards; validated when it came in.
    pub next: Option<String>,
    /// What it is about beside the account: the id of a conversation or an assisted recovery. In a recovery it is the
    /// id of the assisted recovery that it follows, once the code to its address was right.
    pub subject: Option<String>,
    /// Recover: the address that support is said to have arranged, until its code was right.
    pub arranged: Option<String>,
    /// The id under which the account knows this browser.
    pub device_id: Option<DeviceId>,
    /// Until then the browser waits (it sent no captcha solution).
    pub ready_at: Timestamp,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Flow {
    /// Returns what it is for.
    #[must_use]
    pub const fn purpose(&self) -> FlowKind {
        self.purpose
    }

    /// Returns the seconds that a flow without a captcha solution has to wait, if any.
    #[must_use]
    pub fn seconds_to_wait(&self, now: Timestamp) -> Option<i64> {
        let wait = self.ready_at - now;
        wait.is_positive().then(|| seconds_up(wait))
    }

    /// Returns whether it has expired. It is not deleted yet: what was typed can be shown again.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.expires_at <= now
    }

    /// Returns the same flow with another method (see [`set_method`]).
    #[must_use]
    pub fn turned_to(&self, arranged: Option<&str>) -> Self {
        Self { arranged: arranged.map(str::to_owned), subject: None, ..self.clone() }
    }

    /// Returns how far it has come.
    #[must_use]
    pub const fn step(&self) -> Step {
        self.step
    }

    /// Returns the language it began in: emails of a flow without an account use it.
    #[must_use]
    pub fn locale(&self) -> Locale {
        Locale::parse(&self.locale).unwrap_or_default()
    }
}

/// The values that a flow begins with.
pub struct NewFlow<'a> {
    /// What it is for.
    pub purpose: FlowKind,
    /// The step it begins with.
    pub step: Step,
    /// See [`Flow::account_id`].
    pub account_id: Option<&'a AccountId>,
    /// See [`Flow::credential_version`].
    pub credential_version: i64,
    /// See [`Flow::typed`].
    pub typed: &'a str,
    /// See [`Flow::login`].
    pub login: Option<&'a str>,
    /// See [`Flow::password_hash`].
    pub password_hash: Option<&'a str>,
    /// See [`Flow::locale`].
    pub locale: Locale,
    /// See [`Flow::next`].
    pub next: Option<&'a str>,
    /// See [`Flow::subject`].
    pub subject: Option<&'a str>,
    /// See [`Flow::device_id`].
    pub device_id: Option<&'a DeviceId>,
    /// See [`Flow::ready_at`].
    pub ready_at: Timestamp,
}

/// Begins a flow; returns it and the token for the cookie.
pub async fn begin(
    tx: &mut Tx,
    random: &Random,
    now: Timestamp,
    new: &NewFlow<'_>,
) -> Result<(Flow, Token), DbError> {
    let (id, token) = (random.id(now), Token::new(random));
    // Waiting for its turn does not shorten its lifetime.
    let expires_at = new.ready_at.max(now) + LIFETIME;
    tx.execute(
        "INSERT INTO flows (id, token_hash, purpose, step, account_id, credential_version, typed, login, password_hash, locale,
            next, device_id, ready_at, created_at, expires_at, subject)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        args![
            &id,
            token.hash(),
            new.purpose.as_str(),
            new.step.as_str(),
            new.account_id,
            new.credential_version,
            new.typed,
            new.login,
            new.password_hash,
            new.locale.tag(),
            new.next,
            new.device_id,
            new.ready_at,
            now,
            expires_at,
            new.subject
        ],
    )
    .await?;
    let text = |text: Option<&str>| text.map(str::to_owned);
    let flow = Flow {
        id,
        purpose: new.purpose,
        step: new.step,
        account_id: new.account_id.cloned(),
        credential_version: new.credential_version,
        typed: new.typed.to_owned(),
        login: text(new.login),
        password_hash: text(new.password_hash),
        locale: new.locale.tag().to_owned(),
        next: text(new.next),
        subject: text(new.subject),
        arranged: None,
        device_id: new.device_id.cloned(),
        ready_at: new.ready_at,
        created_at: now,
        expires_at,
    };
    Ok((flow, token))
}

const BY_TOKEN: &str =
    "SELECT id, purpose, step, account_id, credential_version, typed, login, password_hash, locale, next, subject, arranged,
            device_id, ready_at, created_at, expires_at
         FROM flows WHERE token_hash = $1 AND purpose = $2";

/// Returns the flow that a cookie opens, if it is for `purpose`; it may have expired (see [`Flow::is_over`]).
pub async fn find(db: &Db, token: &Token, purpose: FlowKind) -> Result<Option<Flow>, DbError> {
    db.fetch_optional(BY_TOKEN, args![token.hash(), purpose.as_str()]).await
}

/// As [`find`], within a transaction.
pub async fn find_in(
    tx: &mut Tx,
    token: &Token,
    purpose: FlowKind,
) -> Result<Option<Flow>, DbError> {
    tx.fetch_optional(BY_TOKEN, args![token.hash(), purpose.as_str()]).await
}

/// Replaces what a registration requested when the same browser posts the form again: the next email and the account
/// use the new values.
pub async fn ask_again(tx: &mut Tx, flow: &Flow, new: &NewFlow<'_>) -> Result<Flow, DbError> {
    tx.execute(
        "UPDATE flows SET login = $2, password_hash = $3, locale = $4, next = $5, typed = $6 WHERE id = $1",
        args![&flow.id, new.login, new.password_hash, new.locale.tag(), new.next, new.typed],
    )
    .await?;
    let text = |text: Option<&str>| text.map(str::to_owned);
    Ok(Flow {
        typed: new.typed.to_owned(),
        login: text(new.login),
        password_hash: text(new.password_hash),
        locale: new.locale.tag().to_owned(),
        next: text(new.next),
        ..flow.clone()
    })
}

/// Advances a flow to a step, under the same token.
pub async fn advance(tx: &mut Tx, id: &FlowId, step: Step) -> Result<(), DbError> {
    tx.execute("UPDATE flows SET step = $2 WHERE id = $1", args![id, step.as_str()]).await.map(drop)
}

/// Chooses the method of a recovery: by the address that support is said to have arranged, or by the account's own.
/// Sets the step back to the code: whatever was verified before no longer counts.
pub async fn set_method(tx: &mut Tx, id: &FlowId, arranged: Option<&str>) -> Result<(), DbError> {
    let sql = "UPDATE flows SET arranged = $2, subject = NULL, step = $3 WHERE id = $1 AND step <> 'done'";
    tx.execute(sql, args![id, arranged, Step::Code.as_str()]).await.map(drop)
}

/// Continues a recovery whose code was just right with the assisted recovery of the id `subject` or, without one, with
/// the account alone; no longer by what was typed.
pub async fn bind_to(tx: &mut Tx, id: &FlowId, subject: Option<&str>) -> Result<(), DbError> {
    let sql = "UPDATE flows SET subject = $2, arranged = NULL WHERE id = $1";
    tx.execute(sql, args![id, subject]).await.map(drop)
}

/// Advances a flow whose emailed or backup code was right: a new token, and 15 minutes for the rest. Returns `None`
/// when another request took this step first.
pub async fn advance_with_new_token(
    tx: &mut Tx,
    random: &Random,
    id: &FlowId,
    step: Step,
    now: Timestamp,
) -> Result<Option<Token>, DbError> {
    let token = Token::new(random);
    let changed = tx
        .execute(
            "UPDATE flows SET step = $2, token_hash = $3, expires_at = $4 WHERE id = $1 AND step IN ('method', 'code')",
            args![id, step.as_str(), token.hash(), now + AFTER_CODE],
        )
        .await?;
    Ok((changed == 1).then_some(token))
}

/// Advances a flow from `password` to `done`, once: returns false if it was not there.
pub async fn complete(tx: &mut Tx, id: &FlowId) -> Result<bool, DbError> {
    let sql = "UPDATE flows SET step = 'done', login = NULL, password_hash = NULL WHERE id = $1 AND step = 'password'";
    Ok(tx.execute(sql, args![id]).await? == 1)
}

/// Deletes a flow, once: returns false if it was gone.
pub async fn consume(tx: &mut Tx, id: &FlowId) -> Result<bool, DbError> {
    Ok(tx.execute("DELETE FROM flows WHERE id = $1", args![id]).await? == 1)
}

/// Deletes a flow whose first email was refused: no browser has its token.
pub async fn abandon(db: &Db, id: &FlowId) -> Result<(), DbError> {
    let mut tx = db.begin().await?;
    consume(&mut tx, id).await?;
    tx.commit().await
}

/// Deletes all flows of an account but one: they are of an older credential version.
pub async fn end_others(
    tx: &mut Tx,
    account_id: &AccountId,
    but: Option<&FlowId>,
) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM flows WHERE account_id = $1 AND id <> $2",
        args![account_id, but.map_or("", FlowId::as_str)],
    )
    .await
    .map(drop)
}

/// Deletes flows that have expired.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    // An hour after their expiry, so that what was typed can be shown again.
    tx.execute("DELETE FROM flows WHERE expires_at <= $1", args![now - HOUR]).await.map(drop)
}

/// Stores the language that the user switched to.
pub async fn set_locale(db: &Db, token: &Token, locale: Locale) -> Result<(), DbError> {
    let mut tx = db.begin().await?;
    tx.execute(
        "UPDATE flows SET locale = $2 WHERE token_hash = $1",
        args![token.hash(), locale.tag()],
    )
    .await?;
    tx.commit().await
}
