//! Sessions.

mod signed_in;

pub use self::signed_in::{SignedIn, find, find_unseen};
use crate::{
    args,
    clock::{Duration, MINUTE, Timestamp, days, hours, minutes},
    db::{Db, DbError, Tx},
    domain::{
        audit::{self, EventKind},
        client::Client,
        ids::{AccountId, SessionId},
        known_browser::DeviceTokens,
    },
    random::Random,
    security::Token,
};

/// Longest lifetime of a session with "Stay signed in".
const PERSISTENT: Duration = days(30);
/// Longest time that such a session may be unused.
const PERSISTENT_IDLE: Duration = days(14);
/// Longest lifetime of any other session.
const PASSING: Duration = hours(12);
/// Longest time that a staff session may be unused; it never lives longer than [`PASSING`].
const STAFF_IDLE: Duration = minutes(30);
/// How precisely the last use is known: a write now and then, not one a request.
const SEEN_GRAIN: Duration = minutes(10);
/// The same for staff, whose sessions end after half an hour unused.
const STAFF_GRAIN: Duration = MINUTE;

/// A valid session.
#[derive(Clone, sqlx::FromRow)]
pub struct Session {
    /// Its name in lists and logs; it grants nothing.
    #[sqlx(rename = "session_id")]
    pub id: SessionId,
    /// The account that it belongs to.
    pub account_id: AccountId,
    /// Whether it outlives the browser ("Stay signed in").
    pub persistent: bool,
    /// Whether it was opened with password and emailed code by a staff member: only such a session opens the console
    /// (ASVS 6.4).
    pub staff: bool,
    /// What its owner calls the device.
    #[sqlx(rename = "session_name")]
    name: Option<String>,
    seen_at: Timestamp,
    expires_at: Timestamp,
    proved_at: Option<Timestamp>,
    proved_version: Option<i64>,
}

/// How long a reauthentication is valid.
pub const PROOF: Duration = minutes(10);

impl Session {
    /// Returns whether the user reauthenticated in this session, in this credential version of the account
    /// (ASVS 7.5.1).
    #[must_use]
    pub fn is_proved(&self, credential_version: i64, now: Timestamp) -> bool {
        self.proved_version == Some(credential_version)
            && self.proved_at.is_some_and(|at| now - at < PROOF)
    }
}

/// A session as its owner sees it in the list of devices.
#[derive(Clone, sqlx::FromRow)]
pub struct Listed {
    /// See [`Session::id`].
    pub id: SessionId,
    /// Where it was last used.
    pub network: String,
    /// The user agent of the browser.
    pub user_agent: String,
    /// What its owner calls the device.
    pub name: Option<String>,
    /// Whether it outlives the browser.
    pub persistent: bool,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, give or take ten minutes.
    pub seen_at: Timestamp,
}

impl Listed {
    /// Returns whether it is in use, as far as that is known: one that is used once a minute always counts.
    #[must_use]
    pub fn is_active(&self, now: Timestamp) -> bool {
        now - self.seen_at <= SEEN_GRAIN + MINUTE
    }
}

/// Returns how long the session cookie lives; `None` ends it with the browser.
#[must_use]
pub fn cookie_age(persistent: bool) -> Option<Duration> {
    persistent.then_some(PERSISTENT)
}

/// What a browser gets when it signs in or confirms an address.
pub struct Opened {
    /// The session.
    pub session: Token,
    /// The device tokens of the browser from now on.
    pub devices: DeviceTokens,
}

/// Starts a session; the returned token goes into the cookie (a new one at every sign-in, ASVS 7.2.4).
pub async fn start(
    tx: &mut Tx,
    random: &Random,
    now: Timestamp,
    account_id: &AccountId,
    persistent: bool,
    client: &Client,
) -> Result<Token, DbError> {
    let lifetime = if persistent { PERSISTENT } else { PASSING };
    let expires_at = now + lifetime;
    let new = NewSession { account_id, persistent, staff: false, expires_at, name: None };
    insert(tx, random, now, &new, client).await
}

/// Starts a staff session, after password and emailed code: a short one, and never one that outlives the browser.
pub async fn start_staff(
    tx: &mut Tx,
    random: &Random,
    now: Timestamp,
    account_id: &AccountId,
    client: &Client,
) -> Result<Token, DbError> {
    let expires_at = now + PASSING;
    let new = NewSession { account_id, persistent: false, staff: true, expires_at, name: None };
    insert(tx, random, now, &new, client).await
}

/// Starts a session in the place of one that ended with a change of the password: the device keeps its name. A staff
/// session keeps its expiry: its code was requested when it began.
pub async fn start_again(
    tx: &mut Tx,
    random: &Random,
    now: Timestamp,
    ended: &Session,
    client: &Client,
) -> Result<Token, DbError> {
    let lifetime = if ended.persistent { PERSISTENT } else { PASSING };
    let new = NewSession {
        account_id: &ended.account_id,
        persistent: ended.persistent && !ended.staff,
        staff: ended.staff,
        expires_at: if ended.staff { ended.expires_at } else { now + lifetime },
        name: ended.name.as_deref(),
    };
    insert(tx, random, now, &new, client).await
}

struct NewSession<'a> {
    account_id: &'a AccountId,
    persistent: bool,
    staff: bool,
    expires_at: Timestamp,
    name: Option<&'a str>,
}

async fn insert(
    tx: &mut Tx,
    random: &Random,
    now: Timestamp,
    new: &NewSession<'_>,
    client: &Client,
) -> Result<Token, DbError> {
    let token = Token::new(random);
    tx.defer(
        "INSERT INTO sessions (token_hash, id, account_id, persistent, staff, network, user_agent, created_at,
            seen_at, expires_at, name)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10)",
        args![
            token.hash(),
            random.id::<SessionId>(now),
            new.account_id,
            new.persistent,
            new.staff,
            &*client.network,
            &*client.user_agent,
            now,
            new.expires_at,
            new.name
        ],
    )
    .await?;
    Ok(token)
}

/// The condition of a valid session: at $2 now, it was used after $3 or, for staff, after $4 (see [`used_since`]).
macro_rules! is_valid {
    () => {
        "expires_at > $2 AND seen_at > CASE WHEN staff THEN $4 ELSE $3 END"
    };
}

pub(crate) use is_valid;

/// Returns since when a valid session was used: one with "Stay signed in", or of staff.
#[must_use]
pub fn used_since(now: Timestamp) -> [Timestamp; 2] {
    [now - PERSISTENT_IDLE, now - STAFF_IDLE]
}

/// Continues a session under a new token (ASVS 7.2.4): with a reauthentication, given as credential version and time,
/// or without the one that it had. `None` if it ended meanwhile.
pub async fn renew(
    tx: &mut Tx,
    random: &Random,
    id: &SessionId,
    proof: Option<(i64, Timestamp)>,
) -> Result<Option<Token>, DbError> {
    let token = Token::new(random);
    let (credential_version, at) = proof.unzip();
    let changed = tx
        .execute(
            "UPDATE sessions SET token_hash = $2, proved_at = $3, proved_version = $4 WHERE id = $1",
            args![id, token.hash(), at, credential_version],
        )
        .await?;
    Ok((changed == 1).then_some(token))
}

/// Returns the valid sessions of an account, the last used first.
pub async fn list(db: &Db, account_id: &AccountId, now: Timestamp) -> Result<Vec<Listed>, DbError> {
    db.fetch_all(
        concat!(
            "SELECT id, network, user_agent, name, persistent, created_at, seen_at
             FROM sessions WHERE account_id = $1 AND ",
            is_valid!(),
            " ORDER BY seen_at DESC, id DESC"
        ),
        args![account_id, now, now - PERSISTENT_IDLE, now - STAFF_IDLE],
    )
    .await
}

/// Names the device of a session of an account, or removes its name; returns false if the account has no session with
/// this id (ASVS 7.5.2).
pub async fn name(
    tx: &mut Tx,
    account_id: &AccountId,
    id: &SessionId,
    name: Option<&str>,
) -> Result<bool, DbError> {
    let sql = "UPDATE sessions SET name = $3 WHERE id = $1 AND account_id = $2";
    Ok(tx.execute(sql, args![id, account_id, name]).await? == 1)
}

/// Ends one session of an account; returns false if the account has none with this id (ASVS 7.5.2).
pub async fn end_one(tx: &mut Tx, account_id: &AccountId, id: &SessionId) -> Result<bool, DbError> {
    let sql = "DELETE FROM sessions WHERE id = $1 AND account_id = $2";
    Ok(tx.execute(sql, args![id, account_id]).await? == 1)
}

/// Ends every session of an account but one; returns how many.
pub async fn end_others(
    tx: &mut Tx,
    account_id: &AccountId,
    but: &SessionId,
) -> Result<u64, DbError> {
    tx.execute("DELETE FROM sessions WHERE account_id = $1 AND id <> $2", args![account_id, but])
        .await
}

/// Ends the session of a token; returns the id of its account.
pub async fn end(tx: &mut Tx, token: &Token) -> Result<Option<AccountId>, DbError> {
    let ended: Option<(AccountId,)> = tx
        .fetch_optional(
            "DELETE FROM sessions WHERE token_hash = $1 RETURNING account_id",
            args![token.hash()],
        )
        .await?;
    Ok(ended.map(|(account,)| account))
}

/// Signs out: ends the session of a token, and records it.
pub async fn sign_out(
    tx: &mut Tx,
    random: &Random,
    now: Timestamp,
    token: &Token,
    client: &Client,
) -> Result<(), DbError> {
    if let Some(account) = end(tx, token).await? {
        audit::record(tx, random, now, EventKind::SignedOut, Some(&account), client).await?;
    }
    Ok(())
}

/// Ends every session of an account.
pub async fn end_all(tx: &mut Tx, account_id: &AccountId) -> Result<u64, DbError> {
    tx.execute("DELETE FROM sessions WHERE account_id = $1", args![account_id]).await
}

/// Counts the valid sessions of an account.
pub async fn count(db: &Db, account_id: &AccountId, now: Timestamp) -> Result<i64, DbError> {
    let (count,): (i64,) = db
        .fetch_one(
            concat!("SELECT COUNT(*) FROM sessions WHERE account_id = $1 AND ", is_valid!()),
            args![account_id, now, now - PERSISTENT_IDLE, now - STAFF_IDLE],
        )
        .await?;
    Ok(count)
}

/// Returns whether a session of an account is still valid.
pub async fn lives(
    tx: &mut Tx,
    account_id: &AccountId,
    id: &SessionId,
    now: Timestamp,
) -> Result<bool, DbError> {
    let found: Option<(i64,)> = tx
        .fetch_optional(
            concat!(
                "SELECT seen_at FROM sessions WHERE account_id = $1 AND id = $5 AND ",
                is_valid!()
            ),
            args![account_id, now, now - PERSISTENT_IDLE, now - STAFF_IDLE, id],
        )
        .await?;
    Ok(found.is_some())
}

/// Returns whether an account was used, in any session, since `since`.
pub async fn was_seen_since(
    tx: &mut Tx,
    account_id: &AccountId,
    since: Timestamp,
) -> Result<bool, DbError> {
    let seen: Option<(i64,)> = tx
        .fetch_optional(
            "SELECT seen_at FROM sessions WHERE account_id = $1 AND seen_at > $2 LIMIT 1",
            args![account_id, since],
        )
        .await?;
    Ok(seen.is_some())
}

/// Deletes sessions that have expired.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM sessions WHERE expires_at <= $1 OR seen_at <= CASE WHEN staff THEN CAST($3 AS BIGINT) ELSE CAST($2 AS BIGINT) END",
        args![now, now - PERSISTENT_IDLE, now - STAFF_IDLE],
    )
    .await
    .map(drop)
}
