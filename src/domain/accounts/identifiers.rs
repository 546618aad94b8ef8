//! Identifiers: which account has, had or holds a username or an address, and how they change owners.
//!
//! A username that was given up still signs in and never becomes available to another account. An address that was
//! given up can reclaim the account for a while (`held`); afterwards (`former`) another account may take it.

use super::Account;
use crate::{
    args,
    clock::{DAY, Duration, Timestamp, days},
    db::{Db, DbError, Tx, Value},
    domain::{
        ids::AccountId,
        values::{Looks, Username},
    },
    security::{KeyRing, MacFor},
};

/// How long an old address can reclaim an account.
pub const RECLAIM_WINDOW: Duration = days(14);

/// Returns whether a username is unavailable: an account has or had it, or one that looks like it.
pub async fn is_taken(db: &Db, keys: &KeyRing, login: &Username) -> Result<bool, DbError> {
    let (key, looks) = (login.key(), login.looks());
    let named: Option<(String,)> = db
        .fetch_optional(
            "SELECT account_id FROM identifiers
             WHERE key = $1 OR skeleton IN ($2, $3) OR spelled_skeleton IN ($2, $3) LIMIT 1",
            args![&key, &looks.key, spelled(&looks)],
        )
        .await?;
    let retired: Option<(i64,)> = db.fetch_optional(RETIRED, retired(keys, &key, &looks)).await?;
    Ok(named.is_some() || retired.is_some())
}

/// Returns the skeleton of the spelling, or that of the key where both are the same.
fn spelled(looks: &Looks) -> &str {
    looks.spelling.as_deref().unwrap_or(&looks.key)
}

const RETIRED: &str = "SELECT retired_at FROM retired_logins WHERE mac IN ($1, $2, $3) LIMIT 1";

/// Returns what is kept of a username whose account is deleted, and of its skeletons: enough to refuse the name, too
/// little to recover it.
fn retired(keys: &KeyRing, key: &str, looks: &Looks) -> Vec<Value> {
    let mac = |parts: &[&str]| keys.mac(MacFor::Retired, parts);
    args![mac(&[key]), mac(&["looks", &looks.key]), mac(&["looks", spelled(looks)])]
}

/// Returns whether an account has or had this username.
pub async fn had_username(
    tx: &mut Tx,
    account_id: &AccountId,
    login: &Username,
) -> Result<bool, DbError> {
    let own: Option<(String,)> = tx
        .fetch_optional(
            "SELECT key FROM identifiers WHERE key = $1 AND account_id = $2",
            args![login.key(), account_id],
        )
        .await?;
    Ok(own.is_some())
}

/// Assigns an account a username that no other account has or had and that looks like no other; returns false if it
/// is taken.
pub(super) async fn take_username(
    tx: &mut Tx,
    keys: &KeyRing,
    account_id: &AccountId,
    login: &Username,
) -> Result<bool, DbError> {
    let (key, looks) = (login.key(), login.looks());
    lock_looks(tx, &looks).await?;
    let own: Option<(Option<String>, Option<String>)> = tx
        .fetch_optional(
            "SELECT skeleton, spelled_skeleton FROM identifiers WHERE key = $1 AND account_id = $2",
            args![&key, account_id],
        )
        .await?;
    let taken = tx
        .execute(
            "INSERT INTO identifiers (key, kind, account_id, state, until, skeleton, spelled_skeleton)
             VALUES ($1, 'login', $2, 'current', NULL, $3, $4)
             ON CONFLICT (key) DO UPDATE SET state = 'current', skeleton = $3, spelled_skeleton = $4
             WHERE identifiers.account_id = $2",
            args![&key, account_id, &looks.key, looks.spelling.as_deref()],
        )
        .await?;
    // An account that had a name before look-alikes were refused may return to it.
    let (own_key, own_spelled) = own.unwrap_or_default();
    let is_own =
        |look: &str| own_key.as_deref() == Some(look) || own_spelled.as_deref() == Some(look);
    let mut alike = false;
    for look in looks.each().filter(|look| !is_own(look)) {
        let other: Option<(String,)> = tx
            .fetch_optional(
                "SELECT account_id FROM identifiers
                 WHERE (skeleton = $1 OR spelled_skeleton = $1) AND account_id <> $2 LIMIT 1",
                args![look, account_id],
            )
            .await?;
        alike |= other.is_some();
    }
    // Checked last: taking the name may have waited for the deletion of the account that had it.
    let gone: Option<(i64,)> = tx.fetch_optional(RETIRED, retired(keys, &key, &looks)).await?;
    Ok(taken == 1 && !alike && gone.is_none())
}

/// Locks names that look alike until the transaction ends: no constraint can express this, because look-alikes from
/// before the rule remain.
async fn lock_looks(tx: &mut Tx, looks: &Looks) -> Result<(), DbError> {
    // SQLite has one writer: the transaction itself is the lock.
    if !tx.is_postgres() {
        return Ok(());
    }
    // From a fixed set of 2047 locks, in one order: a transaction that creates thousands of accounts holds no more.
    let sql = "SELECT pg_advisory_xact_lock(7, lock) FROM (
            SELECT DISTINCT (hashtextextended(look, 0) % 1024)::INTEGER AS lock
            FROM (VALUES ($1), ($2)) AS looks (look) ORDER BY 1
        ) AS locks";
    tx.execute(sql, args![&looks.key, spelled(looks)]).await?;
    Ok(())
}

/// Changes the username; the old one still signs in. Returns false if the new one is taken.
pub async fn change_username(
    tx: &mut Tx,
    keys: &KeyRing,
    account: &Account,
    new: &Username,
    now: Timestamp,
) -> Result<bool, DbError> {
    tx.execute(
        "UPDATE identifiers SET state = 'former' WHERE account_id = $1 AND kind = 'login' AND state = 'current'",
        args![&account.id],
    )
    .await?;
    if !take_username(tx, keys, &account.id, new).await? {
        return Ok(false);
    }
    tx.execute(
        "UPDATE accounts SET login = $2, login_changed_at = $3, version = version + 1 WHERE id = $1",
        args![&account.id, new.as_str(), now],
    )
    .await?;
    Ok(true)
}

/// Returns the keys of all identifiers by which an account is or was found, in order.
pub async fn keys_of(tx: &mut Tx, account_id: &AccountId) -> Result<Vec<String>, DbError> {
    let keys: Vec<(String,)> = tx
        .fetch_all(
            "SELECT key FROM identifiers WHERE account_id = $1 ORDER BY key",
            args![account_id],
        )
        .await?;
    Ok(keys.into_iter().map(|(key,)| key).collect())
}

/// Returns until when an older address can reclaim the account, if one can.
pub async fn held_until(
    tx: &mut Tx,
    account_id: &AccountId,
    now: Timestamp,
) -> Result<Option<Timestamp>, DbError> {
    let (until,): (Option<Timestamp>,) = tx
        .fetch_one(
            "SELECT MAX(until) FROM address_changes WHERE account_id = $1 AND until > $2",
            args![account_id, now],
        )
        .await?;
    Ok(until)
}

/// Ensures that no other account ever gets the usernames of an account that is about to be deleted.
pub async fn retire_usernames(
    tx: &mut Tx,
    keys: &KeyRing,
    account_id: &AccountId,
    now: Timestamp,
) -> Result<(), DbError> {
    let logins: Vec<(String, Option<String>, Option<String>)> = tx
        .fetch_all(
            "SELECT key, skeleton, spelled_skeleton FROM identifiers WHERE account_id = $1 AND kind = 'login'",
            args![account_id],
        )
        .await?;
    for (key, look, spelling) in logins {
        let looks = Looks { key: look.unwrap_or_default(), spelling };
        for mac in retired(keys, &key, &looks) {
            tx.execute(
                "INSERT INTO retired_logins (mac, retired_at) VALUES ($1, $2) ON CONFLICT (mac) DO NOTHING",
                args![mac, now],
            )
            .await?;
        }
    }
    Ok(())
}

/// Ends holds that have expired.
pub async fn release_held(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    tx.execute(
        "UPDATE identifiers SET state = 'former', until = NULL WHERE state = 'held' AND until <= $1",
        args![now],
    )
    .await?;
    // Kept a year longer than they can be reclaimed: Activity and the export show them meanwhile.
    tx.execute("DELETE FROM address_changes WHERE until <= $1", args![now - 365 * DAY])
        .await
        .map(drop)
}
