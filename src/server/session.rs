//! Sessions, and the browsers that an account knows.

use crate::{
    args,
    server::{
        client::Client,
        clock::{DAY, HOUR, MINUTE, Millis},
        db::{Db, DbError, Tx},
        random::Random,
        secret::Token,
    },
};

/// "Stay signed in": at most this long …
const PERSISTENT: Millis = 30 * DAY;
/// … and at most this long unused.
const PERSISTENT_IDLE: Millis = 14 * DAY;
/// Otherwise.
const PASSING: Millis = 12 * HOUR;
/// How exactly the last use is known: a write now and then, not one a request.
const SEEN_GRAIN: Millis = 10 * MINUTE;

/// A live session.
#[derive(Clone, sqlx::FromRow)]
pub struct Session {
    /// Its name in lists and logs; it opens nothing.
    pub id: String,
    /// Whose it is.
    pub account_id: String,
    /// Whether it outlives the browser ("Stay signed in").
    pub persistent: bool,
    seen_at: Millis,
    proved_at: Option<Millis>,
    proved_epoch: Option<i64>,
}

/// How long a fresh proof is good.
pub const PROOF: Millis = 10 * MINUTE;

impl Session {
    /// Whether a fresh proof was given in this session, in this epoch of its account (ASVS 7.5.1).
    #[must_use]
    pub fn is_proved(&self, epoch: i64, now: Millis) -> bool {
        self.proved_epoch == Some(epoch) && self.proved_at.is_some_and(|at| now - at < PROOF)
    }
}

/// A session as its owner sees it in the list of devices.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    /// See [`Session::id`].
    pub id: String,
    /// Where it was used last.
    pub network: String,
    /// The browser, as it says.
    pub user_agent: String,
    /// Whether it outlives the browser.
    pub persistent: bool,
    /// When it began.
    pub created_at: Millis,
    /// When it was used last, give or take ten minutes.
    pub seen_at: Millis,
}

/// How long the session cookie lives; `None` ends it with the browser.
#[must_use]
pub fn cookie_age(persistent: bool) -> Option<Millis> {
    persistent.then_some(PERSISTENT)
}

/// What a browser gets when it signs in or confirms an address.
pub struct Opened {
    /// The session.
    pub session: Token,
    /// What it is known by from now on.
    pub device: Token,
}

/// Starts a session; the token goes into the cookie (a new one at every sign-in, ASVS 7.2.4).
///
/// # Errors
/// When the database fails.
pub async fn start(
    tx: &mut Tx,
    random: &Random,
    now: Millis,
    account_id: &str,
    persistent: bool,
    client: &Client,
) -> Result<Token, DbError> {
    let token = Token::new(random);
    let lifetime = if persistent { PERSISTENT } else { PASSING };
    tx.execute(
        "INSERT INTO sessions
            (token_hash, id, account_id, persistent, network, user_agent, created_at, seen_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)",
        args![
            token.hash(),
            random.id(now),
            account_id,
            persistent,
            &*client.network,
            &*client.user_agent,
            now,
            now + lifetime
        ],
    )
    .await?;
    Ok(token)
}

/// The session that a token opens, if it still lives. Whether its account does is the caller's question.
///
/// # Errors
/// When the database fails.
pub async fn find(
    db: &Db,
    token: &Token,
    client: &Client,
    now: Millis,
) -> Result<Option<Session>, DbError> {
    let session: Option<Session> = db
        .optional(
            "SELECT s.id, s.account_id, s.persistent, s.seen_at, s.proved_at, s.proved_epoch
             FROM sessions s WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.seen_at > $3",
            args![token.hash(), now, now - PERSISTENT_IDLE],
        )
        .await?;
    if let Some(session) = &session
        && now - session.seen_at > SEEN_GRAIN
    {
        let mut tx = db.begin().await?;
        tx.execute(
            "UPDATE sessions SET seen_at = $2, network = $3, user_agent = $4 WHERE id = $1",
            args![&session.id, now, &*client.network, &*client.user_agent],
        )
        .await?;
        tx.commit().await?;
    }
    Ok(session)
}

/// Goes on with a session under a new token (ASVS 7.2.4): with a fresh proof, given in an epoch at a time, or without
/// the one that it had. `None` if it ended meanwhile.
///
/// # Errors
/// When the database fails.
pub async fn renew(
    tx: &mut Tx,
    random: &Random,
    id: &str,
    proof: Option<(i64, Millis)>,
) -> Result<Option<Token>, DbError> {
    let token = Token::new(random);
    let (epoch, at) = proof.unzip();
    let changed = tx
        .execute(
            "UPDATE sessions SET token_hash = $2, proved_at = $3, proved_epoch = $4 WHERE id = $1",
            args![id, token.hash(), at, epoch],
        )
        .await?;
    Ok((changed == 1).then_some(token))
}

/// The sessions of an account that live, the one used last first.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &Db, account_id: &str, now: Millis) -> Result<Vec<Listed>, DbError> {
    db.all(
        "SELECT id, network, user_agent, persistent, created_at, seen_at FROM sessions
         WHERE account_id = $1 AND expires_at > $2 AND seen_at > $3 ORDER BY seen_at DESC, id DESC",
        args![account_id, now, now - PERSISTENT_IDLE],
    )
    .await
}

/// Ends one session of an account; false if it has none with this id (ASVS 7.5.2).
///
/// # Errors
/// When the database fails.
pub async fn end_one(tx: &mut Tx, account_id: &str, id: &str) -> Result<bool, DbError> {
    let sql = "DELETE FROM sessions WHERE id = $1 AND account_id = $2";
    Ok(tx.execute(sql, args![id, account_id]).await? == 1)
}

/// Ends every session of an account but one; gives how many.
///
/// # Errors
/// When the database fails.
pub async fn end_others(tx: &mut Tx, account_id: &str, but: &str) -> Result<u64, DbError> {
    tx.execute("DELETE FROM sessions WHERE account_id = $1 AND id <> $2", args![account_id, but])
        .await
}

/// Ends the session of a token; gives whose it was.
///
/// # Errors
/// When the database fails.
pub async fn end(tx: &mut Tx, token: &Token) -> Result<Option<String>, DbError> {
    let ended: Option<(String,)> = tx
        .optional(
            "DELETE FROM sessions WHERE token_hash = $1 RETURNING account_id",
            args![token.hash()],
        )
        .await?;
    Ok(ended.map(|(account,)| account))
}

/// Ends every session of an account.
///
/// # Errors
/// When the database fails.
pub async fn end_all(tx: &mut Tx, account_id: &str) -> Result<u64, DbError> {
    tx.execute("DELETE FROM sessions WHERE account_id = $1", args![account_id]).await
}

/// How many sessions of an account live.
///
/// # Errors
/// When the database fails.
pub async fn count(db: &Db, account_id: &str, now: Millis) -> Result<i64, DbError> {
    let (count,): (i64,) = db
        .one(
            "SELECT COUNT(*) FROM sessions WHERE account_id = $1 AND expires_at > $2 AND seen_at > $3",
            args![account_id, now, now - PERSISTENT_IDLE],
        )
        .await?;
    Ok(count)
}

/// Whether an account was used, in whichever session, since `since`.
///
/// # Errors
/// When the database fails.
pub async fn was_seen_since(
    tx: &mut Tx,
    account_id: &str,
    since: Millis,
) -> Result<bool, DbError> {
    let seen: Option<(i64,)> = tx
        .optional(
            "SELECT seen_at FROM sessions WHERE account_id = $1 AND seen_at > $2 LIMIT 1",
            args![account_id, since],
        )
        .await?;
    Ok(seen.is_some())
}

/// Forgets sessions that are over.
///
/// # Errors
/// When the database fails.
pub async fn sweep(tx: &mut Tx, now: Millis) -> Result<(), DbError> {
    // The cookie of a browser lives as long.
    tx.execute("DELETE FROM devices WHERE seen_at <= $1", args![now - 400 * DAY]).await?;
    tx.execute(
        "DELETE FROM sessions WHERE expires_at <= $1 OR seen_at <= $2",
        args![now, now - PERSISTENT_IDLE],
    )
    .await
    .map(drop)
}

/// Remembers that a browser belongs to an account (OWASP device cookies). The
/// browser keeps one token for all accounts that are used on it.
///
/// # Errors
/// When the database fails.
pub async fn remember_device(
    tx: &mut Tx,
    random: &Random,
    now: Millis,
    account_id: &str,
    device: &Token,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO devices (token_hash, account_id, id, created_at, seen_at) VALUES ($1, $2, $3, $4, $4)
         ON CONFLICT (token_hash, account_id) DO UPDATE SET seen_at = $4",
        args![device.hash(), account_id, random.id(now), now],
    )
    .await
    .map(drop)
}

/// Forgets the browsers of an account: whoever was signed in somewhere is a stranger there again.
///
/// # Errors
/// When the database fails.
pub async fn forget_devices(tx: &mut Tx, account_id: &str) -> Result<(), DbError> {
    tx.execute("DELETE FROM devices WHERE account_id = $1", args![account_id]).await.map(drop)
}

/// The id under which an account knows a browser, if it does.
///
/// # Errors
/// When the database fails.
pub async fn known_device(
    db: &Db,
    account_id: &str,
    device: Option<&Token>,
) -> Result<Option<String>, DbError> {
    // Without a cookie the same query runs with a hash that nothing has.
    let hash = device.map(Token::hash).unwrap_or_default();
    let found: Option<(String,)> = db
        .optional(
            "SELECT id FROM devices WHERE token_hash = $1 AND account_id = $2",
            args![hash, account_id],
        )
        .await?;
    Ok(found.map(|(id,)| id))
}
