//! Counters and waits, stored as rows, so that they hold across restarts and instances.
//!
//! Two kinds: a *window* counts events in a span of time; a *streak* counts failures in a row, each making the next
//! wait longer (NIST SP 800-63B-4 §3.2.2). Both are counted before the action that they limit is done: a hundred
//! parallel attempts see a hundred different counts.

use crate::{
    args,
    clock::{DAY, Duration, SECOND, Timestamp, minutes, seconds},
    db::{Db, DbError, Tx, Writer},
    security::{KeyRing, MacFor},
};

/// The key of a counter, under a MAC, so that the table does not reveal what strangers typed.
#[derive(Clone, Debug)]
pub struct Key(String);

impl Key {
    /// Creates the key of `what` for `whom`.
    #[must_use]
    pub fn new(keys: &KeyRing, what: &str, whom: &[&str]) -> Self {
        let parts: Vec<&str> = [what].iter().chain(whom).copied().collect();
        let mac = keys.mac(MacFor::Throttle, &parts);
        let hex = mac.iter().take(16).fold(String::new(), |mut hex, byte| {
            hex.push_str(&format!("{byte:02x}"));
            hex
        });
        // The purpose in clear text helps an administrator who reads the table; it reveals nothing about anyone.
        Self(format!("{what}:{hex}"))
    }

    /// Returns the key as stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A counter within a span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Count {
    /// How often, in the open window.
    pub count: i64,
    /// When the window opened.
    pub since: Timestamp,
}

/// Counts one more in a window of `span`; returns the count including this one.
pub async fn count(
    db: &mut (impl Writer + Send),
    key: &Key,
    span: Duration,
    now: Timestamp,
) -> Result<Count, DbError> {
    db.fetch_one(
        "INSERT INTO throttles (key, count, since, until) VALUES ($1, 1, $2, 0)
         ON CONFLICT (key) DO UPDATE SET
            count = CASE WHEN throttles.since <= $3 THEN 1 ELSE throttles.count + 1 END,
            since = CASE WHEN throttles.since <= $3 THEN $2 ELSE throttles.since END
         RETURNING count, since",
        args![key.0.clone(), now, now - span],
    )
    .await
}

/// As [`count`], in a window that stays open until `span` has passed without another one: no `span` holds more than one
/// window allows.
pub async fn count_until_quiet(
    tx: &mut Tx,
    key: &Key,
    span: Duration,
    now: Timestamp,
) -> Result<i64, DbError> {
    let (count,): (i64,) = tx
        .fetch_one(
            "INSERT INTO throttles (key, count, since, until) VALUES ($1, 1, $2, 0)
             ON CONFLICT (key) DO UPDATE SET
                count = CASE WHEN throttles.since <= $3 THEN 1 ELSE throttles.count + 1 END,
                since = $2
             RETURNING count",
            args![key.0.clone(), now, now - span],
        )
        .await?;
    Ok(count)
}

/// Counts one more in a window of `span`, and allows it if there are at most `most`; `Err` is the time until the window
/// ends.
pub async fn at_most(
    tx: &mut Tx,
    key: &Key,
    span: Duration,
    most: i64,
    now: Timestamp,
) -> Result<Result<(), Duration>, DbError> {
    let counted = count(tx, key, span, now).await?;
    Ok(if counted.count > most { Err(counted.since + span - now) } else { Ok(()) })
}

/// Returns the count of a window without counting.
pub async fn current(db: &Db, key: &Key, span: Duration, now: Timestamp) -> Result<Count, DbError> {
    let found = db
        .fetch_optional(
            "SELECT count, since FROM throttles WHERE key = $1 AND since > $2",
            args![key.0.clone(), now - span],
        )
        .await?;
    Ok(found.unwrap_or(Count { count: 0, since: now }))
}

/// As [`current`], within a transaction.
pub async fn current_in(
    tx: &mut Tx,
    key: &Key,
    span: Duration,
    now: Timestamp,
) -> Result<Count, DbError> {
    let found = tx
        .fetch_optional(
            "SELECT count, since FROM throttles WHERE key = $1 AND since > $2",
            args![key.0.clone(), now - span],
        )
        .await?;
    Ok(found.unwrap_or(Count { count: 0, since: now }))
}

/// Undoes one [`count`]: it was no failure after all.
pub async fn refund(tx: &mut Tx, key: &Key) -> Result<(), DbError> {
    tx.defer(
        "UPDATE throttles SET count = count - 1 WHERE key = $1 AND count > 0",
        args![key.0.clone()],
    )
    .await
}

/// Undoes one [`count`], or none if it is to `stay`: the same work either way, so that the time it takes reveals
/// nothing.
pub async fn refund_unless(tx: &mut Tx, key: &Key, stay: bool) -> Result<(), DbError> {
    tx.defer(
        "UPDATE throttles SET count = count - $2 WHERE key = $1 AND count > 0",
        args![key.0.clone(), i64::from(!stay)],
    )
    .await
}

/// Allows one in each `span`; `Err` is how long the next must wait.
pub async fn cooldown(
    db: &mut (impl Writer + Send),
    key: &Key,
    span: Duration,
    now: Timestamp,
) -> Result<Result<(), Duration>, DbError> {
    let passed: Option<(i64,)> = db
        .fetch_optional(
            "INSERT INTO throttles (key, count, since, until) VALUES ($1, 1, $2, 0)
             ON CONFLICT (key) DO UPDATE SET count = 1, since = $2 WHERE throttles.since <= $3
             RETURNING count",
            args![key.0.clone(), now, now - span],
        )
        .await?;
    if passed.is_some() {
        return Ok(Ok(()));
    }
    let last: Option<(Timestamp,)> = db
        .fetch_optional("SELECT since FROM throttles WHERE key = $1", args![key.0.clone()])
        .await?;
    // Without a transaction it may have been swept in between: the next attempt is allowed.
    Ok(Err(last.map_or(SECOND, |(since,)| (since + span - now).max(SECOND))))
}

/// Returns whether it is the first in each `span`: always one statement, whatever the answer, for what must not be
/// revealed by the time it takes.
pub async fn is_first(
    tx: &mut Tx,
    key: &Key,
    span: Duration,
    now: Timestamp,
) -> Result<bool, DbError> {
    Ok(count(tx, key, span, now).await?.count == 1)
}

/// The current state of a streak of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Streak {
    /// How many failures.
    pub count: i64,
    /// The next attempt waits until then.
    pub until: Timestamp,
}

/// Returns a streak that does not expire, without counting.
pub async fn streak(tx: &mut Tx, key: &Key) -> Result<Streak, DbError> {
    let found = tx
        .fetch_optional("SELECT count, until FROM throttles WHERE key = $1", args![key.0.clone()])
        .await?;
    Ok(found.unwrap_or(Streak { count: 0, until: Timestamp::default() }))
}

/// Adds a failure to a streak that does not expire, after which the next attempt waits for `wait`. During a wait
/// nothing is counted, unless `whatever`.
pub async fn lengthen(
    tx: &mut Tx,
    key: &Key,
    wait: Duration,
    whatever: bool,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.defer(
        "INSERT INTO throttles (key, count, since, until) VALUES ($1, 1, $2, $3)
         ON CONFLICT (key) DO UPDATE SET
            count = throttles.count + 1,
            until = CASE WHEN throttles.until > $3 THEN throttles.until ELSE $3 END
         WHERE throttles.until <= $2 OR $4",
        args![key.0.clone(), now, now + wait, whatever],
    )
    .await
}

/// Deletes a counter.
pub async fn clear(tx: &mut Tx, key: &Key) -> Result<(), DbError> {
    tx.defer("DELETE FROM throttles WHERE key = $1", args![key.0.clone()]).await
}

/// Deletes two counters at once.
pub async fn clear_both(tx: &mut Tx, one: &Key, other: &Key) -> Result<(), DbError> {
    let sql = "DELETE FROM throttles WHERE key = $1 OR key = $2";
    tx.defer(sql, args![one.0.clone(), other.0.clone()]).await
}

/// What an attempt in a streak may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It may continue; it is the n-th in a row.
    Go(i64),
    /// It must wait this long.
    Wait(Duration),
}

/// The first failure after which the next attempt has to wait.
pub const WAITS_FROM: i64 = 5;

/// Returns the wait after the n-th failure in a row: none before the fifth, then 30 s, doubling to 15 min.
#[must_use]
pub fn wait_after(failures: i64) -> Duration {
    match u32::try_from(failures - WAITS_FROM) {
        Ok(doublings @ 0..=4) => seconds(30 << doublings),
        Ok(_) => minutes(15),
        Err(_) => Duration::ZERO,
    }
}

/// Records an attempt in a streak. It counts as a failure until [`clear`] or a refund undoes it. A streak whose last
/// attempt was a day ago starts over.
pub async fn record_attempt(
    db: &mut (impl Writer + Send),
    key: &Key,
    now: Timestamp,
) -> Result<Attempt, DbError> {
    let until = |failures| now + wait_after(failures);
    let taken: Option<(i64,)> = db
        .fetch_optional(
            "INSERT INTO throttles (key, count, since, until) VALUES ($1, 1, $2, 0)
             ON CONFLICT (key) DO UPDATE SET
                count = CASE WHEN throttles.since <= $3 THEN 1 ELSE throttles.count + 1 END,
                since = $2,
                until = CASE
                    WHEN throttles.since <= $3 OR throttles.count < 4 THEN 0
                    WHEN throttles.count = 4 THEN $4
                    WHEN throttles.count = 5 THEN $5
                    WHEN throttles.count = 6 THEN $6
                    WHEN throttles.count = 7 THEN $7
                    WHEN throttles.count = 8 THEN $8
                    ELSE $9
                END
             WHERE throttles.until <= $2
             RETURNING count",
            args![
                key.0.clone(),
                now,
                now - DAY,
                until(WAITS_FROM),
                until(WAITS_FROM + 1),
                until(WAITS_FROM + 2),
                until(WAITS_FROM + 3),
                until(WAITS_FROM + 4),
                until(WAITS_FROM + 5),
            ],
        )
        .await?;
    if let Some((failures,)) = taken {
        return Ok(Attempt::Go(failures));
    }
    let waits: Option<(Timestamp,)> = db
        .fetch_optional("SELECT until FROM throttles WHERE key = $1", args![key.0.clone()])
        .await?;
    // Without a transaction the streak may have ended in between: the next attempt is allowed.
    Ok(Attempt::Wait(waits.map_or(SECOND, |(until,)| (until - now).max(SECOND))))
}

/// Refunds an attempt that was not judged.
pub async fn refund_attempt(tx: &mut Tx, key: &Key) -> Result<(), DbError> {
    let sql = "UPDATE throttles SET count = count - 1, until = 0 WHERE key = $1 AND count > 0";
    tx.defer(sql, args![key.0.clone()]).await
}

/// Takes the next of the slots that are `gap` apart, at most `most` ahead; returns its time.
pub async fn take_slot(
    tx: &mut Tx,
    key: &Key,
    gap: Duration,
    most: Duration,
    now: Timestamp,
) -> Result<Timestamp, DbError> {
    let (slot,): (Timestamp,) = tx
        .fetch_one(
            "INSERT INTO throttles (key, count, since, until) VALUES ($1, 1, $2, $3)
             ON CONFLICT (key) DO UPDATE SET
                count = throttles.count + 1,
                since = $2,
                until = CASE WHEN throttles.until < $2 THEN $3
                             WHEN throttles.until + $4 > $5 THEN $5
                             ELSE throttles.until + $4 END
             RETURNING until",
            args![key.0.clone(), now, now + gap, gap, now + most],
        )
        .await?;
    Ok(slot)
}

/// Deletes counters that no longer count.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    // The longest window is the month between two "no account here" emails. A password that a hundred failures disabled
    // stays disabled until recovery.
    tx.execute(
        "DELETE FROM throttles WHERE since < $1 AND until < $2 AND key NOT LIKE 'refused-elsewhere:%'",
        args![now - 31 * DAY, now],
    )
    .await
    .map(drop)
}
