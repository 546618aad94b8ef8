//! Names: who has, had or holds a login name or an address, and how they change hands.
//!
//! A login name that was given up goes on signing in and is never anybody else's. An address that was given up
//! can be taken back for a while (`held`); afterwards (`former`) somebody else may have it.

use super::Account;
use crate::{
    args,
    forms::{EmailAddress, Login, Looks, identifier_key},
    server::{
        clock::{DAY, Millis},
        db::{Db, DbError, Tx, Value},
        random::Random,
        secret::{KeyRing, MacFor},
    },
};

/// How long an old address can take an account back.
pub const RECLAIM_WINDOW: Millis = 14 * DAY;

/// Whether a login name can not be taken: somebody has it, or had it, or one that looks like it.
pub async fn is_taken(db: &Db, keys: &KeyRing, login: &Login) -> Result<bool, DbError> {
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

/// The look of the spelling; that of the key where it is the same.
fn spelled(looks: &Looks) -> &str {
    looks.spelling.as_deref().unwrap_or(&looks.key)
}

const RETIRED: &str = "SELECT retired_at FROM retired_logins WHERE mac IN ($1, $2, $3) LIMIT 1";

/// What is kept of a login name whose account is gone, and of what it looked like: enough to refuse it, too little to
/// read it.
fn retired(keys: &KeyRing, key: &str, looks: &Looks) -> Vec<Value> {
    let mac = |parts: &[&str]| keys.mac(MacFor::Retired, parts);
    args![mac(&[key]), mac(&["looks", &looks.key]), mac(&["looks", spelled(looks)])]
}

/// Whether an account has this login name, or had it.
pub async fn had_login(tx: &mut Tx, account_id: &str, login: &Login) -> Result<bool, DbError> {
    let own: Option<(String,)> = tx
        .fetch_optional(
            "SELECT key FROM identifiers WHERE key = $1 AND account_id = $2",
            args![login.key(), account_id],
        )
        .await?;
    Ok(own.is_some())
}

/// Gives an account a login name that is new to everybody and looks like nobody else's; false if it is taken.
pub(super) async fn take_login(
    tx: &mut Tx,
    keys: &KeyRing,
    account_id: &str,
    login: &Login,
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
    // Whoever had a name before look-alikes were refused may go back to it.
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
    // Asked afterwards: taking the name may have waited for the account that had it to be deleted.
    let gone: Option<(i64,)> = tx.fetch_optional(RETIRED, retired(keys, &key, &looks)).await?;
    Ok(taken == 1 && !alike && gone.is_none())
}

/// Nobody else takes a name that looks so until the transaction ends: no constraint can say it, because names that
/// were there before stay.
async fn lock_looks(tx: &mut Tx, looks: &Looks) -> Result<(), DbError> {
    // SQLite has one writer: the transaction itself is the lock.
    if !tx.is_postgres() {
        return Ok(());
    }
    // Of a thousand locks, in one order: whoever makes thousands of accounts in one transaction holds no more.
    let sql = "SELECT pg_advisory_xact_lock(7, lock) FROM (
            SELECT DISTINCT (hashtextextended(look, 0) % 1024)::INTEGER AS lock
            FROM (VALUES ($1), ($2)) AS looks (look) ORDER BY 1
        ) AS locks";
    tx.execute(sql, args![&looks.key, spelled(looks)]).await?;
    Ok(())
}

/// Gives an account an address, unless somebody else has it or may take it back; false then.
pub(super) async fn take_email(
    tx: &mut Tx,
    account_id: &str,
    email: &EmailAddress,
    now: Millis,
) -> Result<bool, DbError> {
    let taken = tx
        .execute(
            "INSERT INTO identifiers (key, kind, account_id, state, until) VALUES ($1, 'email', $2, 'current', NULL)
             ON CONFLICT (key) DO UPDATE SET account_id = $2, state = 'current', until = NULL
             WHERE identifiers.kind = 'email' AND identifiers.state <> 'current'
               AND (identifiers.account_id = $2 OR identifiers.state = 'former' OR identifiers.until <= $3)",
            args![email.key(), account_id, now],
        )
        .await?;
    Ok(taken == 1)
}

/// Changes the login name; the old one goes on signing in. False if the new one is taken.
pub async fn change_login(
    tx: &mut Tx,
    keys: &KeyRing,
    account: &Account,
    new: &Login,
    now: Millis,
) -> Result<bool, DbError> {
    tx.execute(
        "UPDATE identifiers SET state = 'former' WHERE account_id = $1 AND kind = 'login' AND state = 'current'",
        args![&account.id],
    )
    .await?;
    if !take_login(tx, keys, &account.id, new).await? {
        return Ok(false);
    }
    tx.execute(
        "UPDATE accounts SET login = $2, login_changed_at = $3, version = version + 1 WHERE id = $1",
        args![&account.id, new.as_str(), now],
    )
    .await?;
    Ok(true)
}

/// Changes the address and raises the epoch; the old one is held for [`RECLAIM_WINDOW`]. False if the new one is taken.
pub async fn change_email(
    tx: &mut Tx,
    random: &Random,
    account: &Account,
    new: &EmailAddress,
    now: Millis,
) -> Result<bool, DbError> {
    give_up_email(tx, &account.id, "held", Some(now + RECLAIM_WINDOW)).await?;
    if !take_email(tx, &account.id, new, now).await? {
        return Ok(false);
    }
    tx.execute(
        "INSERT INTO address_changes (id, account_id, old_email, new_email, changed_at, until)
         VALUES ($1, $2, $3, $4, $5, $6)",
        args![random.id(now), &account.id, &account.email, new.as_str(), now, now + RECLAIM_WINDOW],
    )
    .await?;
    set_email(tx, &account.id, new.as_str(), now).await?;
    Ok(true)
}

/// Spells an account's address otherwise: the mailbox is the same, and all that hangs on it goes on.
pub async fn respell_email(tx: &mut Tx, id: &str, email: &EmailAddress) -> Result<(), DbError> {
    tx.execute(
        "UPDATE accounts SET email = $2, version = version + 1 WHERE id = $1",
        args![id, email.as_str()],
    )
    .await
    .map(drop)
}

/// The oldest address that can still take the account back, if the address was changed lately.
pub async fn oldest_address(
    tx: &mut Tx,
    account_id: &str,
    now: Millis,
) -> Result<Option<String>, DbError> {
    let oldest: Option<(String,)> = tx
        .fetch_optional(
            "SELECT old_email FROM address_changes WHERE account_id = $1 AND until > $2
             ORDER BY changed_at, id LIMIT 1",
            args![account_id, now],
        )
        .await?;
    Ok(oldest.map(|(email,)| email))
}

/// Every address by which an account can be reached, or could of late: the one that it has first.
pub async fn addresses_of_late(
    tx: &mut Tx,
    account: &Account,
    now: Millis,
) -> Result<Vec<String>, DbError> {
    let changes: Vec<(String, String)> = tx
        .fetch_all(
            "SELECT old_email, new_email FROM address_changes WHERE account_id = $1 AND until > $2
             ORDER BY changed_at DESC, id DESC",
            args![&account.id, now],
        )
        .await?;
    let mut addresses = vec![account.email.clone()];
    for address in changes.into_iter().flat_map(|(old, new)| [old, new]) {
        if !addresses.iter().any(|known| identifier_key(known) == identifier_key(&address)) {
            addresses.push(address);
        }
    }
    Ok(addresses)
}

/// Gives an account its oldest address of late back, and raises the epoch. Those in between are nobody's again;
/// gives them, newest first.
pub async fn restore_email(
    tx: &mut Tx,
    account: &Account,
    oldest: &str,
    now: Millis,
) -> Result<Vec<String>, DbError> {
    let later: Vec<(String,)> = tx
        .fetch_all(
            "SELECT new_email FROM address_changes WHERE account_id = $1 AND until > $2
             ORDER BY changed_at DESC, id DESC",
            args![&account.id, now],
        )
        .await?;
    tx.execute("DELETE FROM address_changes WHERE account_id = $1", args![&account.id]).await?;
    tx.execute(
        "DELETE FROM identifiers WHERE account_id = $1 AND kind = 'email' AND state IN ('current', 'held')
            AND key <> $2",
        args![&account.id, identifier_key(oldest)],
    )
    .await?;
    let restored = tx
        .execute(
            "UPDATE identifiers SET state = 'current', until = NULL WHERE key = $1 AND account_id = $2",
            args![identifier_key(oldest), &account.id],
        )
        .await?;
    if restored != 1 {
        // It cannot be: the address is held for as long as it can be restored.
        return Err(DbError::RowNotFound);
    }
    set_email(tx, &account.id, oldest, now).await?;
    let mut between: Vec<String> = Vec::new();
    for (email,) in later {
        if identifier_key(&email) != identifier_key(oldest) && !between.contains(&email) {
            between.push(email);
        }
    }
    Ok(between)
}

async fn set_email(tx: &mut Tx, id: &str, email: &str, now: Millis) -> Result<(), DbError> {
    tx.execute(
        "UPDATE accounts SET email = $2, email_changed_at = $3, epoch = epoch + 1, version = version + 1
         WHERE id = $1",
        args![id, email, now],
    )
    .await
    .map(drop)
}

async fn give_up_email(
    tx: &mut Tx,
    account_id: &str,
    state: &'static str,
    until: Option<Millis>,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE identifiers SET state = $2, until = $3
         WHERE account_id = $1 AND kind = 'email' AND state = 'current'",
        args![account_id, state, until],
    )
    .await
    .map(drop)
}

/// How an address stands.
pub enum AddressStatus {
    /// Anybody may have it.
    Free,
    /// It is this account's.
    Used(Account),
    /// It was this account's until lately, and can take it back until then.
    Held(Account, Millis),
}

/// How an address stands. The same work for every address (ASVS 6.3.8).
pub async fn address_status(
    db: &Db,
    email: &EmailAddress,
    now: Millis,
) -> Result<AddressStatus, DbError> {
    let named: Option<(String, String, Option<Millis>)> = db
        .fetch_optional(
            "SELECT account_id, state, until FROM identifiers WHERE key = $1 AND kind = 'email'",
            args![email.key()],
        )
        .await?;
    let id = named.as_ref().map(|(id, ..)| id.as_str()).unwrap_or_default();
    let account = super::get(db, id).await?;
    Ok(match (account, named) {
        (Some(account), Some((_, state, _))) if state == "current" => AddressStatus::Used(account),
        (Some(account), Some((_, state, Some(until)))) if state == "held" && until > now => {
            AddressStatus::Held(account, until)
        }
        _ => AddressStatus::Free,
    })
}

/// The id of the account that has an address, or had it last.
pub async fn address_owner(db: &Db, email: &EmailAddress) -> Result<Option<String>, DbError> {
    let owner: Option<(String,)> = db
        .fetch_optional(
            "SELECT account_id FROM identifiers WHERE key = $1 AND kind = 'email'",
            args![email.key()],
        )
        .await?;
    Ok(owner.map(|(id,)| id))
}

/// The keys of all names by which an account is or was found, in order.
pub async fn keys_of(tx: &mut Tx, account_id: &str) -> Result<Vec<String>, DbError> {
    let keys: Vec<(String,)> = tx
        .fetch_all(
            "SELECT key FROM identifiers WHERE account_id = $1 ORDER BY key",
            args![account_id],
        )
        .await?;
    Ok(keys.into_iter().map(|(key,)| key).collect())
}

/// Until when an older address can take the account back, if one can.
pub async fn held_until(
    tx: &mut Tx,
    account_id: &str,
    now: Millis,
) -> Result<Option<Millis>, DbError> {
    let (until,): (Option<Millis>,) = tx
        .fetch_one(
            "SELECT MAX(until) FROM address_changes WHERE account_id = $1 AND until > $2",
            args![account_id, now],
        )
        .await?;
    Ok(until)
}

/// Sees to it that nobody else ever gets the login names of an account that is about to go.
pub async fn retire_logins(
    tx: &mut Tx,
    keys: &KeyRing,
    account_id: &str,
    now: Millis,
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

/// Ends holds whose time is over.
pub async fn release_held(tx: &mut Tx, now: Millis) -> Result<(), DbError> {
    tx.execute(
        "UPDATE identifiers SET state = 'former', until = NULL WHERE state = 'held' AND until <= $1",
        args![now],
    )
    .await?;
    // A year longer than they can be taken back: Activity and the export tell of them meanwhile.
    tx.execute("DELETE FROM address_changes WHERE until <= $1", args![now - 365 * DAY])
        .await
        .map(drop)
}
