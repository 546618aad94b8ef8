//! Accounts and the names they are found by.

use crate::{
    args,
    forms::{Email, Login},
    i18n::Locale,
    server::{
        clock::Millis,
        db::{Db, DbError, Tx, is_unique_violation},
    },
};

/// An account.
#[derive(Clone, sqlx::FromRow)]
pub struct Account {
    /// UUIDv7.
    pub id: String,
    /// The login name, as its owner spells it.
    pub login: String,
    /// Where letters go.
    pub email: String,
    /// Argon2id PHC string.
    pub password_hash: String,
    /// `active` or `disabled`.
    state: String,
    /// `shopper`, `operator` or `admin`.
    pub role: String,
    locale: String,
    /// Raised by each change of password or e-mail.
    pub epoch: i64,
    /// When it was made.
    pub created_at: Millis,
    /// When the password was last set.
    pub password_changed_at: Millis,
}

impl Account {
    /// Whether it may be used.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.state == "active"
    }

    /// The language its letters are written in.
    #[must_use]
    pub fn locale(&self) -> Locale {
        Locale::parse(&self.locale).unwrap_or_default()
    }
}

/// What an account is made of.
pub struct NewAccount<'a> {
    /// UUIDv7.
    pub id: &'a str,
    /// The login name.
    pub login: &'a Login,
    /// The address, confirmed.
    pub email: &'a Email,
    /// Argon2id PHC string.
    pub password_hash: &'a str,
    /// Language of its letters.
    pub locale: Locale,
    /// `shopper`, `operator` or `admin`.
    pub role: &'a str,
}

/// Why an account was not made.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// Somebody has, or had, the login name.
    #[error("the login name is taken")]
    LoginTaken,
    /// Somebody has the address.
    #[error("the address is taken")]
    EmailTaken,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

const COLUMNS_BY_KEY: &str = "SELECT a.id, a.login, a.email, a.password_hash, a.state, a.role, a.locale, a.epoch,
        a.created_at, a.password_changed_at
     FROM identifiers i JOIN accounts a ON a.id = i.account_id
     WHERE i.key = $1 AND i.state IN ('current', 'former') AND (i.kind = 'login' OR i.state = 'current')
     UNION ALL SELECT '', 'somebody', 'somebody@localhost.invalid',
        '$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
        'disabled', 'shopper', 'en', 0, 0, 0
     LIMIT 1";

const COLUMNS_BY_ID: &str =
    "SELECT id, login, email, password_hash, state, role, locale, epoch, created_at,
        password_changed_at FROM accounts WHERE id = $1";

/// As by key: an id that nobody has gives a row, too.
const COLUMNS_BY_ID_OR_NOBODY: &str = "SELECT id, login, email, password_hash, state, role, locale, epoch,
        created_at, password_changed_at FROM accounts WHERE id = $1
     UNION ALL SELECT '', 'somebody', 'somebody@localhost.invalid',
        '$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
        'disabled', 'shopper', 'en', 0, 0, 0
     LIMIT 1";

/// The account that a typed name belongs to (see [`crate::forms::identifier_key`]).
///
/// # Errors
/// When the database fails.
pub async fn find(db: &Db, key: &str) -> Result<Option<Account>, DbError> {
    // A name that nobody has gives a row, too, and takes as long to read (ASVS 6.3.8).
    let found: Option<Account> = db.optional(COLUMNS_BY_KEY, args![key]).await?;
    Ok(found.filter(|account| !account.id.is_empty()))
}

/// The account with this id.
///
/// # Errors
/// When the database fails.
pub async fn get(db: &Db, id: &str) -> Result<Option<Account>, DbError> {
    let found: Option<Account> = db.optional(COLUMNS_BY_ID_OR_NOBODY, args![id]).await?;
    Ok(found.filter(|account| !account.id.is_empty()))
}

/// As [`get`], within a transaction that is going to change the account: nobody
/// else changes it until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn get_for_update(tx: &mut Tx, id: &str) -> Result<Option<Account>, DbError> {
    // SQLite has one writer: the transaction itself is the lock.
    let sql = if tx.is_postgres() {
        "SELECT id, login, email, password_hash, state, role, locale, epoch, created_at,
            password_changed_at FROM accounts WHERE id = $1 FOR UPDATE"
    } else {
        COLUMNS_BY_ID
    };
    tx.optional(sql, args![id]).await
}

/// Whether anybody has, had or holds the name with this key.
///
/// # Errors
/// When the database fails.
pub async fn is_taken(db: &Db, key: &str) -> Result<bool, DbError> {
    Ok(db
        .optional::<(String,)>("SELECT account_id FROM identifiers WHERE key = $1", args![key])
        .await?
        .is_some())
}

/// Makes an account with its two names.
///
/// # Errors
/// [`CreateError`]; the transaction must be dropped then.
pub async fn create(tx: &mut Tx, new: &NewAccount<'_>, now: Millis) -> Result<(), CreateError> {
    tx.execute(
        "INSERT INTO accounts
            (id, login, email, password_hash, role, state, locale, epoch, created_at, password_changed_at)
         VALUES ($1, $2, $3, $4, $5, 'active', $6, 0, $7, $7)",
        args![new.id, new.login.as_str(), new.email.as_str(), new.password_hash, new.role, new.locale.tag(), now],
    )
    .await?;
    for (key, kind, taken) in [
        (new.login.key(), "login", CreateError::LoginTaken),
        (new.email.key(), "email", CreateError::EmailTaken),
    ] {
        let insert = "INSERT INTO identifiers (key, kind, account_id, state, until) VALUES ($1, $2, $3, 'current', NULL)";
        match tx.execute(insert, args![key, kind, new.id]).await {
            Ok(_) => {}
            Err(error) if is_unique_violation(&error) => return Err(taken),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Sets a new password and raises the epoch: every flow, proof and code of before is dead.
///
/// # Errors
/// When the database fails.
pub async fn set_password(tx: &mut Tx, id: &str, hash: &str, now: Millis) -> Result<(), DbError> {
    tx.execute(
        "UPDATE accounts SET password_hash = $2, password_changed_at = $3, epoch = epoch + 1 WHERE id = $1",
        args![id, hash, now],
    )
    .await
    .map(drop)
}

/// Replaces a hash by one of the same password with today's parameters.
///
/// # Errors
/// When the database fails.
pub async fn rehash(tx: &mut Tx, id: &str, old: &str, new: &str) -> Result<(), DbError> {
    tx.execute(
        "UPDATE accounts SET password_hash = $3 WHERE id = $1 AND password_hash = $2",
        args![id, old, new],
    )
    .await
    .map(drop)
}

/// Sets the language of an account's screens and letters.
///
/// # Errors
/// When the database fails.
pub async fn set_locale(tx: &mut Tx, id: &str, locale: Locale) -> Result<(), DbError> {
    tx.execute("UPDATE accounts SET locale = $2 WHERE id = $1", args![id, locale.tag()])
        .await
        .map(drop)
}
