//! Addresses: whose they are, and how they change owners (see [`super::identifiers`]).

use super::Account;
use super::RECLAIM_WINDOW;
use crate::{
    args,
    clock::Timestamp,
    db::{Db, DbError, Tx},
    domain::{
        ids::AccountId,
        values::{EmailAddress, identifier_key},
    },
    random::Random,
};

/// Assigns an account an address; returns false if another account has it or may reclaim it.
pub(super) async fn take_email(
    tx: &mut Tx,
    account_id: &AccountId,
    email: &EmailAddress,
    now: Timestamp,
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

/// Changes the address and raises the credential version; the old address is held for [`RECLAIM_WINDOW`]. Returns false
/// if the new one is taken.
pub async fn change_email(
    tx: &mut Tx,
    random: &Random,
    account: &Account,
    new: &EmailAddress,
    now: Timestamp,
) -> Result<bool, DbError> {
    give_up_email(tx, &account.id, "held", Some(now + RECLAIM_WINDOW)).await?;
    if !take_email(tx, &account.id, new, now).await? {
        return Ok(false);
    }
    tx.execute(
        "INSERT INTO address_changes (id, account_id, old_email, new_email, changed_at, until)
         VALUES ($1, $2, $3, $4, $5, $6)",
        args![
            random.id::<String>(now),
            &account.id,
            &account.email,
            new.as_str(),
            now,
            now + RECLAIM_WINDOW
        ],
    )
    .await?;
    set_email(tx, &account.id, new.as_str(), now).await?;
    Ok(true)
}

/// Changes the spelling of an account's address: the mailbox is the same, and everything bound to it stays valid.
pub async fn respell_email(
    tx: &mut Tx,
    id: &AccountId,
    email: &EmailAddress,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE accounts SET email = $2, version = version + 1 WHERE id = $1",
        args![id, email.as_str()],
    )
    .await
    .map(drop)
}

/// Returns the oldest address that can still reclaim the account, if the address was changed recently.
pub async fn oldest_address(
    tx: &mut Tx,
    account_id: &AccountId,
    now: Timestamp,
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

/// Returns every address at which an account can be or recently could be reached, its current address first.
pub async fn addresses_of_late(
    tx: &mut Tx,
    account: &Account,
    now: Timestamp,
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

/// Restores an account's oldest recent address and raises the credential version. The addresses in between become free
/// again; returns them, newest first.
pub async fn restore_email(
    tx: &mut Tx,
    account: &Account,
    oldest: &str,
    now: Timestamp,
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
        // Cannot happen: the address is held for as long as it can be restored.
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

async fn set_email(
    tx: &mut Tx,
    id: &AccountId,
    email: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE accounts SET email = $2, email_changed_at = $3, credential_version = credential_version + 1, version = version + 1
         WHERE id = $1",
        args![id, email, now],
    )
    .await
    .map(drop)
}

async fn give_up_email(
    tx: &mut Tx,
    account_id: &AccountId,
    state: &'static str,
    until: Option<Timestamp>,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE identifiers SET state = $2, until = $3
         WHERE account_id = $1 AND kind = 'email' AND state = 'current'",
        args![account_id, state, until],
    )
    .await
    .map(drop)
}

/// The status of an address.
pub enum AddressStatus {
    /// Any account may take it.
    Free,
    /// It belongs to this account.
    Used(Account),
    /// It belonged to this account and can reclaim it until the given time.
    Held(Account, Timestamp),
}

/// The account that an address is or was of, the state of the address, and until when it is held.
type Named = (AccountId, String, Option<Timestamp>);

const BY_ADDRESS: &str =
    "SELECT account_id, state, until FROM identifiers WHERE key = $1 AND kind = 'email'";

/// Returns the status of an address. Does the same work for every address (ASVS 6.3.8).
pub async fn address_status(
    db: &Db,
    email: &EmailAddress,
    now: Timestamp,
) -> Result<AddressStatus, DbError> {
    let named: Option<Named> = db.fetch_optional(BY_ADDRESS, args![email.key()]).await?;
    let account = super::look_up(db, named.as_ref().map(|(id, ..)| id)).await?;
    Ok(status_of(account, named, now))
}

/// As [`address_status`], within a transaction.
pub async fn address_status_in(
    tx: &mut Tx,
    email: &EmailAddress,
    now: Timestamp,
) -> Result<AddressStatus, DbError> {
    let named: Option<Named> = tx.fetch_optional(BY_ADDRESS, args![email.key()]).await?;
    let account = super::look_up_in(tx, named.as_ref().map(|(id, ..)| id)).await?;
    Ok(status_of(account, named, now))
}

fn status_of(account: Option<Account>, named: Option<Named>, now: Timestamp) -> AddressStatus {
    match (account, named) {
        (Some(account), Some((_, state, _))) if state == "current" => AddressStatus::Used(account),
        (Some(account), Some((_, state, Some(until)))) if state == "held" && until > now => {
            AddressStatus::Held(account, until)
        }
        _ => AddressStatus::Free,
    }
}

/// Returns the id of the account that has an address, or had it last.
pub async fn address_owner(db: &Db, email: &EmailAddress) -> Result<Option<AccountId>, DbError> {
    let owner: Option<(AccountId,)> = db
        .fetch_optional(
            "SELECT account_id FROM identifiers WHERE key = $1 AND kind = 'email'",
            args![email.key()],
        )
        .await?;
    Ok(owner.map(|(id,)| id))
}
