//! Cross-device sign-in: requests of a computer to be signed in by a phone, their table and their states (IETF draft
//! "Cross-Device Flows: Security Best Current Practice", §6.1).
//!
//! Each step is one `UPDATE … WHERE state = …`: of two concurrent ones, one no longer finds its state.

mod steps;

pub(crate) use self::steps::{answer, begin, collect, release, scan, sweep};
use crate::{
    args,
    clock::{Duration, Timestamp, minutes},
    db::{Db, DbError, Tx},
    domain::{
        ids::{AccountId, QrRequestId, SessionId},
        values::ShortCode,
    },
    security::{KeyRing, MacFor, Token},
};

/// How long a code can be scanned.
pub(crate) const SCAN: Duration = minutes(2);
/// How long the outcome of a request is shown to either side.
const TOLD: Duration = minutes(5);

/// The state of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, strum::IntoStaticStr)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub(crate) enum State {
    /// The computer shows its code.
    Shown,
    /// A signed-in user has opened it.
    Scanned,
    /// The computer may collect its session.
    Approved,
    /// It was refused.
    Denied,
    /// The number that was typed is not the one shown on the computer.
    Wrong,
    /// The computer has its session.
    Collected,
    /// The next step was not taken in time.
    Expired,
}

impl State {
    /// Returns the name as stored.
    #[must_use]
    pub(crate) fn as_str(self) -> &'static str {
        self.into()
    }

    /// Returns whether the phone still has to act.
    #[must_use]
    pub(crate) const fn is_open(self) -> bool {
        matches!(self, Self::Shown | Self::Scanned)
    }
}

/// A sign-in request.
#[derive(Clone, sqlx::FromRow)]
pub(crate) struct Request {
    /// UUIDv7; it grants no access.
    pub id: QrRequestId,
    /// The two digits shown on the computer.
    pub number: String,
    state: State,
    /// The computer's network.
    pub network: String,
    /// The computer's browser, as it identifies itself.
    pub user_agent: String,
    /// Whether the short code was typed instead of scanning the QR code.
    pub typed: bool,
    /// The account that opened or answered it …
    pub account_id: Option<AccountId>,
    /// … in which session …
    pub session_id: Option<SessionId>,
    /// … and the credential version of that account then.
    pub credential_version: Option<i64>,
    /// When the computer made the request.
    pub created_at: Timestamp,
    /// When its current step expires.
    pub expires_at: Timestamp,
    answered_at: Option<Timestamp>,
}

impl Request {
    /// Returns the current state.
    #[must_use]
    pub(crate) fn state(&self, now: Timestamp) -> State {
        match self.state {
            over @ (State::Denied | State::Wrong | State::Collected) => over,
            _ if self.expires_at <= now => State::Expired,
            open => open,
        }
    }

    /// Returns whether it ended long enough ago for both sides to start again without a message.
    #[must_use]
    pub(crate) fn is_forgotten(&self, now: Timestamp) -> bool {
        let over_at = match self.state(now) {
            State::Shown | State::Scanned | State::Approved => return false,
            State::Denied | State::Wrong | State::Collected => self.answered_at.unwrap_or_default(),
            State::Expired => self.expires_at,
        };
        now - over_at >= TOLD
    }

    /// Returns whether this session of this account has opened it.
    #[must_use]
    pub(crate) fn is_of(&self, by: &By<'_>) -> bool {
        self.account_id.as_ref() == Some(by.account_id)
            && self.session_id.as_ref() == Some(by.session_id)
    }
}

/// The session that opened a request.
#[derive(Clone, Copy)]
pub(crate) struct By<'a> {
    /// The account.
    pub account_id: &'a AccountId,
    /// The session of that account.
    pub session_id: &'a SessionId,
    /// The credential version of that account.
    pub credential_version: i64,
}

/// What the computer shows.
pub(crate) struct Shown {
    /// The token in the QR code.
    pub picture: Token,
    /// The code to type instead.
    pub short: ShortCode,
}

/// Derives what a computer shows from the secret in its cookie: a reload shows the same, and none of it is stored.
/// Returns `None` only if no MAC can be made.
#[must_use]
pub(crate) fn shown(keys: &KeyRing, browser: &Token) -> Option<Shown> {
    let secret = browser.expose_secret();
    Some(Shown {
        picture: keys.token(MacFor::Qr, &["picture", &secret])?,
        short: ShortCode::of(&keys.mac(MacFor::Qr, &["short code", &secret]))?,
    })
}

/// Returns the MAC that is stored of a short code, which is short enough to be found from a plain hash.
fn short_mac(keys: &KeyRing, code: &ShortCode) -> Vec<u8> {
    keys.mac(MacFor::Qr, &["stored short code", code.expose_secret()])
}

/// Returns the topic on which a computer and its phone receive each other's steps.
#[must_use]
pub(crate) fn topic(id: &QrRequestId) -> String {
    format!("qr:{id}")
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, number, state, network, user_agent, typed, account_id, session_id, credential_version, created_at,
                expires_at, answered_at FROM qr_requests WHERE ",
            $rest
        )
    };
}

/// Returns the request of a computer.
pub(crate) async fn find_by_browser(db: &Db, browser: &Token) -> Result<Option<Request>, DbError> {
    db.fetch_optional(select!("browser_hash = $1"), args![browser.hash()]).await
}

/// As [`find_by_browser`], in the transaction that began it.
pub(crate) async fn find_begun(tx: &mut Tx, browser: &Token) -> Result<Option<Request>, DbError> {
    tx.fetch_optional(select!("browser_hash = $1"), args![browser.hash()]).await
}

/// Returns the request that belongs to a QR code.
pub(crate) async fn find_by_picture(db: &Db, picture: &Token) -> Result<Option<Request>, DbError> {
    db.fetch_optional(select!("token_hash = $1"), args![picture.hash()]).await
}

/// Returns the request whose short code was typed in a session: the one that still awaits an answer, otherwise the
/// newest.
pub(crate) async fn find_typed(
    db: &Db,
    by: &By<'_>,
    now: Timestamp,
) -> Result<Option<Request>, DbError> {
    db.fetch_optional(
        select!(
            "account_id = $1 AND session_id = $2 AND typed
             ORDER BY (answered_at IS NULL AND expires_at > $3) DESC, created_at DESC LIMIT 1"
        ),
        args![by.account_id, by.session_id, now],
    )
    .await
}

/// Returns the request with this id.
pub(crate) async fn get(db: &Db, id: &QrRequestId) -> Result<Option<Request>, DbError> {
    db.fetch_optional(select!("id = $1"), args![id]).await
}

/// Returns the id of the request that this short code belongs to.
pub(crate) async fn find_short(
    tx: &mut Tx,
    keys: &KeyRing,
    code: &ShortCode,
) -> Result<Option<QrRequestId>, DbError> {
    let sql = "SELECT id FROM qr_requests WHERE short_mac = $1";
    let found: Option<(QrRequestId,)> =
        tx.fetch_optional(sql, args![short_mac(keys, code)]).await?;
    Ok(found.map(|(id,)| id))
}
