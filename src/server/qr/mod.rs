//! Requests of computers to be signed in by a phone: the table, and how a request goes from state to state
//! (IETF flash "Cross-Device Flows: Security Best Current Practice", §6.1).
//!
//! Each step is one `UPDATE … WHERE state = …`: of two that come at once, one finds its state gone.

mod steps;

pub use self::steps::{answer, begin, collect, release, scan, sweep};
use crate::{
    args,
    forms::ShortCode,
    server::{
        clock::{MINUTE, Millis},
        db::{Db, DbError, Tx},
        secret::{KeyRing, MacFor, Token},
    },
};

/// How long a code can be scanned.
pub const SCAN: Millis = 2 * MINUTE;
/// How long either side is told what became of a request.
const TOLD: Millis = 5 * MINUTE;

/// How far a request has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The computer shows it.
    Shown,
    /// Somebody signed in looks at it.
    Scanned,
    /// The computer may collect its session.
    Approved,
    /// It was refused.
    Denied,
    /// Another number was typed than the one on the computer's screen.
    Wrong,
    /// The computer has its session.
    Collected,
    /// Nobody did the next step in time.
    Expired,
}

impl State {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::Scanned => "scanned",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Wrong => "wrong",
            Self::Collected => "collected",
            Self::Expired => "expired",
        }
    }

    /// Whether the phone has yet to do something.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Shown | Self::Scanned)
    }
}

/// A request.
#[derive(Clone, sqlx::FromRow)]
pub struct Request {
    /// UUIDv7; it opens nothing.
    pub id: String,
    /// The two digits on the computer's screen.
    pub number: String,
    state: String,
    /// Where the computer is.
    pub network: String,
    /// The computer's browser, as it says.
    pub user_agent: String,
    /// Whether the short code was typed, instead of scanning the picture.
    pub typed: bool,
    /// Whoever looks at it, or answered …
    pub account_id: Option<String>,
    /// … in which session …
    pub session_id: Option<String>,
    /// … and the epoch of that account then.
    pub epoch: Option<i64>,
    /// When the computer asked.
    pub created_at: Millis,
    /// When the step that it is at is over.
    pub expires_at: Millis,
    answered_at: Option<Millis>,
}

impl Request {
    /// How far it has come.
    #[must_use]
    pub fn state(&self, now: Millis) -> State {
        match self.state.as_str() {
            "denied" => State::Denied,
            "wrong" => State::Wrong,
            "collected" => State::Collected,
            _ if self.expires_at <= now => State::Expired,
            "scanned" => State::Scanned,
            "approved" => State::Approved,
            _ => State::Shown,
        }
    }

    /// Whether it was over long enough ago for both sides to begin anew without a word.
    #[must_use]
    pub fn is_forgotten(&self, now: Millis) -> bool {
        let over_at = match self.state(now) {
            State::Shown | State::Scanned | State::Approved => return false,
            State::Denied | State::Wrong | State::Collected => self.answered_at.unwrap_or_default(),
            State::Expired => self.expires_at,
        };
        now - over_at >= TOLD
    }

    /// Whether it is this session of this account that looks at it.
    #[must_use]
    pub fn is_of(&self, by: &By<'_>) -> bool {
        self.account_id.as_deref() == Some(by.account_id)
            && self.session_id.as_deref() == Some(by.session_id)
    }
}

/// Whoever looks at a request.
#[derive(Clone, Copy)]
pub struct By<'a> {
    /// The account.
    pub account_id: &'a str,
    /// Its session.
    pub session_id: &'a str,
    /// Its epoch.
    pub epoch: i64,
}

/// What the computer shows.
pub struct Shown {
    /// The token in the picture.
    pub picture: Token,
    /// What is typed instead.
    pub short: ShortCode,
}

/// What a computer shows follows from the secret in its cookie: a reload shows the same, and nothing of it is stored.
/// `None` only if no MAC can be made.
#[must_use]
pub fn shown(keys: &KeyRing, browser: &Token) -> Option<Shown> {
    let secret = browser.expose_secret();
    Some(Shown {
        picture: keys.token(MacFor::Qr, &["picture", &secret])?,
        short: ShortCode::of(&keys.mac(MacFor::Qr, &["short code", &secret]))?,
    })
}

/// What is stored of a short code: it is short enough to be found from a plain hash.
fn short_mac(keys: &KeyRing, code: &ShortCode) -> Vec<u8> {
    keys.mac(MacFor::Qr, &["stored short code", code.expose_secret()])
}

/// Where a computer and its phone hear of each other.
#[must_use]
pub fn topic(id: &str) -> String {
    format!("qr:{id}")
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, number, state, network, user_agent, typed, account_id, session_id, epoch, created_at,
                expires_at, answered_at FROM qr_requests WHERE ",
            $rest
        )
    };
}

/// The request of a computer.
pub async fn find_by_browser(db: &Db, browser: &Token) -> Result<Option<Request>, DbError> {
    db.fetch_optional(select!("browser_hash = $1"), args![browser.hash()]).await
}

/// As [`find_by_browser`], in the transaction that began it.
pub async fn find_begun(tx: &mut Tx, browser: &Token) -> Result<Option<Request>, DbError> {
    tx.fetch_optional(select!("browser_hash = $1"), args![browser.hash()]).await
}

/// The request of a picture.
pub async fn find_by_picture(db: &Db, picture: &Token) -> Result<Option<Request>, DbError> {
    db.fetch_optional(select!("token_hash = $1"), args![picture.hash()]).await
}

/// The request whose short code was typed in a session: the one that still wants an answer, else the newest.
pub async fn find_typed(db: &Db, by: &By<'_>, now: Millis) -> Result<Option<Request>, DbError> {
    db.fetch_optional(
        select!(
            "account_id = $1 AND session_id = $2 AND typed
             ORDER BY (answered_at IS NULL AND expires_at > $3) DESC, created_at DESC LIMIT 1"
        ),
        args![by.account_id, by.session_id, now],
    )
    .await
}

/// The request with this id.
pub async fn get(db: &Db, id: &str) -> Result<Option<Request>, DbError> {
    db.fetch_optional(select!("id = $1"), args![id]).await
}

/// The id of the request whose short code this is.
pub async fn find_short(
    tx: &mut Tx,
    keys: &KeyRing,
    code: &ShortCode,
) -> Result<Option<String>, DbError> {
    let sql = "SELECT id FROM qr_requests WHERE short_mac = $1";
    let found: Option<(String,)> = tx.fetch_optional(sql, args![short_mac(keys, code)]).await?;
    Ok(found.map(|(id,)| id))
}
