//! Accounts and the identifiers they are found by.

mod account;
mod addresses;
mod error;
mod identifiers;
mod keys;
mod profile;
mod role;

pub use self::{
    account::{Account, State},
    addresses::{
        AddressStatus, address_owner, address_status, address_status_in, addresses_of_late,
        change_email, oldest_address, respell_email, restore_email,
    },
    error::IdentifierProblem,
    identifiers::{
        RECLAIM_WINDOW, change_username, had_username, held_until, is_taken, keys_of, release_held,
        retire_usernames,
    },
    keys::{KeysError, renew_keys},
    profile::{Profile, raise_version, save_profile},
    role::{Member, Role, exists_staff, lock_admins, members, set_role},
};

use crate::{
    args,
    clock::Timestamp,
    db::{Db, DbError, Tx},
    domain::{
        ids::{AccountId, DeviceId},
        known_browser::{DeviceTokens, Known},
        values::{EmailAddress, Username},
    },
    i18n::Locale,
    security::{KeyRing, TokenHash},
};

/// The data for a new account.
pub struct NewAccount<'a> {
    /// UUIDv7.
    pub id: &'a AccountId,
    /// The username.
    pub login: &'a Username,
    /// The address, confirmed.
    pub email: &'a EmailAddress,
    /// Argon2id PHC string.
    pub password_hash: &'a str,
    /// Language of its emails.
    pub locale: Locale,
    /// The account's role.
    pub role: Role,
}

/// Why an account was not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// An account has, or had, the username.
    #[error("the login name is taken")]
    LoginTaken,
    /// An account has the address.
    #[error("the address is taken")]
    EmailTaken,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// The columns of [`Account`], from the table with alias `a`.
macro_rules! columns {
    () => {
        "SELECT a.id, a.login, a.email, a.password_hash, a.state, a.role, a.locale, a.credential_version, a.created_at,
            a.password_changed_at, a.display_name, a.time_zone, a.version, a.login_changed_at,
            a.email_changed_at, a.delete_at, a.frozen_at, a.role_given_at, a.role_given_by,
            (SELECT c.wanted FROM letter_choices c WHERE c.account_id = a.id AND c.kind = 'signed-in')
                AS sign_in_letter"
    };
}
pub(super) use columns;

/// A row that represents no account, so that an unknown name takes as long to read: it reads as many database pages,
/// namely those of the next account, whose version is selected with `$next`.
macro_rules! or_nobody {
    ($next:literal $(, $more:literal)?) => {
        concat!(
            " UNION ALL SELECT '', 'somebody', 'somebody@localhost.invalid',
            '$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
            'disabled', 'shopper', 'en', 0, 0, 0, 'somebody', 'UTC', COALESCE((SELECT a.version ",
            $next,
            " LIMIT 1), 0), 0, 0, 0, 0, 0, '',
            (SELECT c.wanted FROM letter_choices c WHERE c.account_id = '' AND c.kind = 'signed-in')",
            $($more,)?
            " LIMIT 1"
        )
    };
}

const BY_KEY_AND_DEVICE: &str = concat!(
    columns!(),
    ", d.id AS device_id, d.token_hash AS device_hash
     FROM identifiers i JOIN accounts a ON a.id = i.account_id
        LEFT JOIN devices d ON d.account_id = a.id AND d.token_hash IN ($2, $3, $4, $5)
     WHERE i.key = $1 AND i.state IN ('current', 'former') AND (i.kind = 'login' OR i.state = 'current')",
    or_nobody!(
        "FROM identifiers i JOIN accounts a ON a.id = i.account_id WHERE i.key >= $1 ORDER BY i.key",
        ", (SELECT d.id FROM devices d WHERE d.token_hash IN ($2, $3, $4, $5) AND d.account_id = ''), NULL"
    )
);
const BY_ID_OR_NOBODY: &str = concat!(
    columns!(),
    " FROM accounts a WHERE a.id = $1",
    or_nobody!("FROM accounts a WHERE a.id >= $1 ORDER BY a.id")
);
const BY_ID_LOCKED: &str = concat!(columns!(), " FROM accounts a WHERE a.id = $1 FOR UPDATE");

/// Returns the account that a typed name belongs to (see [`crate::domain::values::identifier_key`]).
pub async fn find(db: &Db, key: &str) -> Result<Option<Account>, DbError> {
    Ok(find_with_device(db, key, &DeviceTokens::default()).await?.0)
}

/// Returns the account that a typed name belongs to and, if it knows the browser, the matching device: everything
/// sign-in needs, in one query.
pub async fn find_with_device(
    db: &Db,
    key: &str,
    devices: &DeviceTokens,
) -> Result<(Option<Account>, Option<Known>), DbError> {
    #[derive(sqlx::FromRow)]
    struct Found {
        #[sqlx(flatten)]
        account: Account,
        device_id: Option<DeviceId>,
        device_hash: Option<TokenHash>,
    }
    let [first, second, third, fourth] = devices.hashes();
    // A name without an account returns a row, too, and takes as long to read (ASVS 6.3.8).
    let found: Option<Found> =
        db.fetch_optional(BY_KEY_AND_DEVICE, args![key, first, second, third, fourth]).await?;
    let found = found.filter(|found| !found.account.id.is_empty());
    Ok(found.map_or((None, None), |found| {
        let known = found.device_id.zip(found.device_hash);
        (Some(found.account), known.map(|(id, token_hash)| Known { id, token_hash }))
    }))
}

/// Returns the account with this id.
pub async fn get(db: &Db, id: &AccountId) -> Result<Option<Account>, DbError> {
    Ok(unless_nobody(db.fetch_optional(BY_ID_OR_NOBODY, args![id]).await?))
}

/// As [`get`], where there may be no id: the query is made all the same, so that both cases take the same time
/// (ASVS 6.3.8).
pub async fn look_up(db: &Db, id: Option<&AccountId>) -> Result<Option<Account>, DbError> {
    let id = id.map_or("", AccountId::as_str);
    Ok(unless_nobody(db.fetch_optional(BY_ID_OR_NOBODY, args![id]).await?))
}

/// As [`look_up`], within a transaction.
pub async fn look_up_in(tx: &mut Tx, id: Option<&AccountId>) -> Result<Option<Account>, DbError> {
    let id = id.map_or("", AccountId::as_str);
    Ok(unless_nobody(tx.fetch_optional(BY_ID_OR_NOBODY, args![id]).await?))
}

/// Returns the account that was found, unless the row represents none.
fn unless_nobody(found: Option<Account>) -> Option<Account> {
    found.filter(|account| !account.id.is_empty())
}

/// As [`get`], within a transaction that is going to change the account: locks it until the transaction ends.
pub async fn get_for_update(tx: &mut Tx, id: &AccountId) -> Result<Option<Account>, DbError> {
    look_up_for_update(tx, Some(id)).await
}

/// As [`get_for_update`], where there may be no id; see [`look_up`].
pub async fn look_up_for_update(
    tx: &mut Tx,
    id: Option<&AccountId>,
) -> Result<Option<Account>, DbError> {
    let id = id.map_or("", AccountId::as_str);
    if tx.is_postgres() {
        // The made-up row of the `UNION` cannot be locked.
        return tx.fetch_optional(BY_ID_LOCKED, args![id]).await;
    }
    // SQLite has one writer: the transaction itself is the lock.
    Ok(unless_nobody(tx.fetch_optional(BY_ID_OR_NOBODY, args![id]).await?))
}

/// As [`get_for_update`], unless the account was changed, disabled or deleted since it had this credential version.
pub async fn get_unchanged(
    tx: &mut Tx,
    id: &AccountId,
    credential_version: i64,
) -> Result<Option<Account>, DbError> {
    let account = get_for_update(tx, id).await?;
    Ok(account
        .filter(|account| account.is_active() && account.credential_version == credential_version))
}

/// Creates an account with its username and its address.
///
/// # Errors
/// [`CreateError`]; the transaction must be dropped then.
pub async fn create(
    tx: &mut Tx,
    keys: &KeyRing,
    new: &NewAccount<'_>,
    now: Timestamp,
) -> Result<(), CreateError> {
    tx.execute(
        "INSERT INTO accounts
            (id, login, email, password_hash, role, state, locale, credential_version, created_at, password_changed_at)
         VALUES ($1, $2, $3, $4, $5, 'active', $6, 0, $7, $7)",
        args![new.id, new.login.as_str(), new.email.as_str(), new.password_hash, new.role.as_str(), new.locale.tag(), now],
    )
    .await?;
    if !identifiers::take_username(tx, keys, new.id, new.login).await? {
        return Err(CreateError::LoginTaken);
    }
    if !addresses::take_email(tx, new.id, new.email, now).await? {
        return Err(CreateError::EmailTaken);
    }
    Ok(())
}

/// Sets a new password and raises the credential version: every flow, reauthentication and code from before is invalid.
pub async fn set_password(
    tx: &mut Tx,
    id: &AccountId,
    hash: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE accounts SET password_hash = $2, password_changed_at = $3, credential_version = credential_version + 1 WHERE id = $1",
        args![id, hash, now],
    )
    .await
    .map(drop)
}

/// Replaces a hash by one of the same password with today's parameters.
pub async fn rehash(tx: &mut Tx, id: &AccountId, old: &str, new: &str) -> Result<(), DbError> {
    tx.execute(
        "UPDATE accounts SET password_hash = $3 WHERE id = $1 AND password_hash = $2",
        args![id, old, new],
    )
    .await
    .map(drop)
}

/// Sets the language of an account's pages and emails.
pub async fn set_locale(tx: &mut Tx, id: &AccountId, locale: Locale) -> Result<(), DbError> {
    tx.execute("UPDATE accounts SET locale = $2 WHERE id = $1", args![id, locale.tag()])
        .await
        .map(drop)
}

/// Voids the password: nothing that can be typed matches it until recovery sets a new one.
pub async fn void_password(tx: &mut Tx, id: &AccountId, void: &str) -> Result<(), DbError> {
    tx.execute(
        "UPDATE accounts SET password_hash = $2, credential_version = credential_version + 1 WHERE id = $1",
        args![id, void],
    )
    .await
    .map(drop)
}

/// Sets the state and raises the credential version: flows under way end.
pub async fn set_state(
    tx: &mut Tx,
    id: &AccountId,
    state: State,
    now: Timestamp,
) -> Result<(), DbError> {
    let text = if state == State::Active { "active" } else { "disabled" };
    let frozen_at = (state == State::Frozen).then_some(now);
    tx.execute(
        "UPDATE accounts SET state = $2, credential_version = credential_version + 1,
            frozen_at = CASE WHEN $2 = 'active' THEN NULL ELSE COALESCE($3, frozen_at) END
         WHERE id = $1",
        args![id, text, frozen_at],
    )
    .await
    .map(drop)
}

/// Sets when an account will be deleted, or that it will not be.
pub async fn set_deletion(
    tx: &mut Tx,
    id: &AccountId,
    at: Option<Timestamp>,
) -> Result<(), DbError> {
    tx.execute("UPDATE accounts SET delete_at = $2 WHERE id = $1", args![id, at]).await.map(drop)
}

/// Returns the ids of accounts that are due for deletion. An account whose address was changed recently waits until the
/// old one can no longer reclaim it: an attacker must not be able to destroy a stolen account first.
pub async fn due_for_deletion(db: &Db, now: Timestamp) -> Result<Vec<AccountId>, DbError> {
    let rows: Vec<(AccountId,)> = db
        .fetch_all(
            "SELECT a.id FROM accounts a WHERE a.delete_at <= $1 AND a.state = 'active' AND NOT EXISTS (
                SELECT 1 FROM address_changes c WHERE c.account_id = a.id AND c.until > $1)
             ORDER BY a.delete_at LIMIT 100",
            args![now],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Deletes an account with everything that belongs to it (identifiers, sessions, devices, picture, choices, address
/// changes, links).
pub async fn delete(tx: &mut Tx, id: &AccountId) -> Result<bool, DbError> {
    Ok(tx.execute("DELETE FROM accounts WHERE id = $1", args![id]).await? == 1)
}
