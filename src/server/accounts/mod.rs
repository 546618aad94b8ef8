//! Accounts and the names they are found by.

mod error;
mod identifiers;
mod keys;
mod profile;
mod role;

pub use self::{
    error::IdentifierProblem,
    identifiers::{
        AddressStatus, RECLAIM_WINDOW, address_owner, address_status, addresses_of_late,
        change_email, change_login, had_login, held_until, is_taken, keys_of, oldest_address,
        release_held, respell_email, restore_email, retire_logins,
    },
    keys::{KeysError, renew_keys},
    profile::{Profile, raise_version, save_profile},
    role::{Member, Role, lock_admins, members, set_role},
};

use crate::{
    args,
    forms::{EmailAddress, Login, shown},
    i18n::Locale,
    server::{
        clock::Millis,
        db::{Db, DbError, Tx},
        format::Zone,
        notification_prefs,
        outbox::EmailKind,
        secret::{KeyRing, TokenHash},
        session::{DeviceTokens, Known},
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
    role: String,
    /// When it was given its role; `None`: when it was made.
    pub role_given_at: Option<Millis>,
    /// The id of the admin who gave it; `None`: the command line did.
    pub role_given_by: Option<String>,
    locale: String,
    /// Raised by each change of password or e-mail.
    pub epoch: i64,
    /// When it was made.
    pub created_at: Millis,
    /// When the password was last set.
    pub password_changed_at: Millis,
    /// What its owner wants to be called.
    pub display_name: Option<String>,
    time_zone: Option<String>,
    /// Raised by each change of the profile: a form that was made before it is told so.
    pub version: i64,
    /// When the login name was last changed.
    pub login_changed_at: Option<Millis>,
    /// When the address was last changed.
    pub email_changed_at: Option<Millis>,
    /// When it will be deleted, if its owner asked for that.
    pub delete_at: Option<Millis>,
    /// Since when two addresses claim it; it is disabled then.
    pub frozen_at: Option<Millis>,
    /// Whether its owner wants a letter at every sign-in, if that was ever chosen.
    sign_in_letter: Option<bool>,
}

impl Account {
    /// Whether it may be used.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.state == "active"
    }

    /// What it may do.
    #[must_use]
    pub fn role(&self) -> Role {
        Role::parse(&self.role).unwrap_or_default()
    }

    /// Since when it has its role.
    #[must_use]
    pub fn role_since(&self) -> Millis {
        self.role_given_at.unwrap_or(self.created_at)
    }

    /// What its owner is called: the display name or, without one, the login.
    #[must_use]
    pub fn name(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.login)
    }

    /// Its address as people read it: letters go to [`Account::email`].
    #[must_use]
    pub fn shown_email(&self) -> String {
        shown(&self.email)
    }

    /// The name of its time zone, if its owner chose one.
    #[must_use]
    pub fn time_zone(&self) -> Option<&str> {
        self.time_zone.as_deref()
    }

    /// The time zone in which its times are told; UTC until its owner chooses one.
    #[must_use]
    pub fn zone(&self) -> Zone {
        self.time_zone.as_deref().and_then(Zone::parse).unwrap_or_default()
    }

    /// Whether its owner wants a letter at every sign-in, and not only from new browsers.
    #[must_use]
    pub fn wants_sign_in_email(&self) -> bool {
        notification_prefs::or_default(EmailKind::SignedIn, self.sign_in_letter)
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
    pub email: &'a EmailAddress,
    /// Argon2id PHC string.
    pub password_hash: &'a str,
    /// Language of its letters.
    pub locale: Locale,
    /// What it may do.
    pub role: Role,
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

/// What [`Account`] is read from, of the table with alias `a`.
macro_rules! columns {
    () => {
        "SELECT a.id, a.login, a.email, a.password_hash, a.state, a.role, a.locale, a.epoch, a.created_at,
            a.password_changed_at, a.display_name, a.time_zone, a.version, a.login_changed_at,
            a.email_changed_at, a.delete_at, a.frozen_at, a.role_given_at, a.role_given_by,
            (SELECT c.wanted FROM letter_choices c WHERE c.account_id = a.id AND c.kind = 'signed-in')
                AS sign_in_letter"
    };
}

/// A row that stands for nobody, so that a name without account takes as long to read: as many pages are looked at,
/// those of the account that comes next, of which `$next` tells the version.
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

/// The account that a typed name belongs to (see [`crate::forms::identifier_key`]).
pub async fn find(db: &Db, key: &str) -> Result<Option<Account>, DbError> {
    Ok(find_with_device(db, key, &DeviceTokens::default()).await?.0)
}

/// The account that a typed name belongs to, and as what it knows the browser, if it does: what is asked
/// of everybody at the door, in one turn of the database.
pub async fn find_with_device(
    db: &Db,
    key: &str,
    devices: &DeviceTokens,
) -> Result<(Option<Account>, Option<Known>), DbError> {
    #[derive(sqlx::FromRow)]
    struct Found {
        #[sqlx(flatten)]
        account: Account,
        device_id: Option<String>,
        device_hash: Option<TokenHash>,
    }
    let [first, second, third, fourth] = devices.hashes();
    // A name that nobody has gives a row, too, and takes as long to read (ASVS 6.3.8).
    let found: Option<Found> =
        db.fetch_optional(BY_KEY_AND_DEVICE, args![key, first, second, third, fourth]).await?;
    let found = found.filter(|found| !found.account.id.is_empty());
    Ok(found.map_or((None, None), |found| {
        let known = found.device_id.zip(found.device_hash);
        (Some(found.account), known.map(|(id, token_hash)| Known { id, token_hash }))
    }))
}

/// The account with this id.
pub async fn get(db: &Db, id: &str) -> Result<Option<Account>, DbError> {
    Ok(somebody(db.fetch_optional(BY_ID_OR_NOBODY, args![id]).await?))
}

/// The account that was found, unless the row stands for nobody.
fn somebody(found: Option<Account>) -> Option<Account> {
    found.filter(|account| !account.id.is_empty())
}

/// As [`get`], within a transaction that is going to change the account: nobody
/// else changes it until the transaction ends.
pub async fn get_for_update(tx: &mut Tx, id: &str) -> Result<Option<Account>, DbError> {
    if tx.is_postgres() {
        // Rows that are made up cannot be locked.
        return tx.fetch_optional(BY_ID_LOCKED, args![id]).await;
    }
    // SQLite has one writer: the transaction itself is the lock.
    Ok(somebody(tx.fetch_optional(BY_ID_OR_NOBODY, args![id]).await?))
}

/// As [`get_for_update`], unless the account was changed, disabled or deleted since its epoch was `epoch`.
pub async fn get_unchanged(tx: &mut Tx, id: &str, epoch: i64) -> Result<Option<Account>, DbError> {
    let account = get_for_update(tx, id).await?;
    Ok(account.filter(|account| account.is_active() && account.epoch == epoch))
}

/// Makes an account with its two names.
///
/// # Errors
/// [`CreateError`]; the transaction must be dropped then.
pub async fn create(
    tx: &mut Tx,
    keys: &KeyRing,
    new: &NewAccount<'_>,
    now: Millis,
) -> Result<(), CreateError> {
    tx.execute(
        "INSERT INTO accounts
            (id, login, email, password_hash, role, state, locale, epoch, created_at, password_changed_at)
         VALUES ($1, $2, $3, $4, $5, 'active', $6, 0, $7, $7)",
        args![new.id, new.login.as_str(), new.email.as_str(), new.password_hash, new.role.as_str(), new.locale.tag(), now],
    )
    .await?;
    if !identifiers::take_login(tx, keys, new.id, new.login).await? {
        return Err(CreateError::LoginTaken);
    }
    if !identifiers::take_email(tx, new.id, new.email, now).await? {
        return Err(CreateError::EmailTaken);
    }
    Ok(())
}

/// Sets a new password and raises the epoch: every flow, proof and code of before is dead.
pub async fn set_password(tx: &mut Tx, id: &str, hash: &str, now: Millis) -> Result<(), DbError> {
    tx.execute(
        "UPDATE accounts SET password_hash = $2, password_changed_at = $3, epoch = epoch + 1 WHERE id = $1",
        args![id, hash, now],
    )
    .await
    .map(drop)
}

/// Replaces a hash by one of the same password with today's parameters.
pub async fn rehash(tx: &mut Tx, id: &str, old: &str, new: &str) -> Result<(), DbError> {
    tx.execute(
        "UPDATE accounts SET password_hash = $3 WHERE id = $1 AND password_hash = $2",
        args![id, old, new],
    )
    .await
    .map(drop)
}

/// Sets the language of an account's screens and letters.
pub async fn set_locale(tx: &mut Tx, id: &str, locale: Locale) -> Result<(), DbError> {
    tx.execute("UPDATE accounts SET locale = $2 WHERE id = $1", args![id, locale.tag()])
        .await
        .map(drop)
}

/// Makes the password void: nothing that can be typed matches it until recovery sets a new one.
pub async fn void_password(tx: &mut Tx, id: &str, void: &str) -> Result<(), DbError> {
    tx.execute(
        "UPDATE accounts SET password_hash = $2, epoch = epoch + 1 WHERE id = $1",
        args![id, void],
    )
    .await
    .map(drop)
}

/// What may become of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It may be used.
    Active,
    /// It may not.
    Disabled,
    /// It may not, because two addresses claim it, until support decides.
    Frozen,
}

/// Sets the state and raises the epoch: what was under way is over.
pub async fn set_state(tx: &mut Tx, id: &str, state: State, now: Millis) -> Result<(), DbError> {
    let text = if state == State::Active { "active" } else { "disabled" };
    let frozen_at = (state == State::Frozen).then_some(now);
    tx.execute(
        "UPDATE accounts SET state = $2, epoch = epoch + 1,
            frozen_at = CASE WHEN $2 = 'active' THEN NULL ELSE COALESCE($3, frozen_at) END
         WHERE id = $1",
        args![id, text, frozen_at],
    )
    .await
    .map(drop)
}

/// Sets when an account will be deleted, or that it will not.
pub async fn set_deletion(tx: &mut Tx, id: &str, at: Option<Millis>) -> Result<(), DbError> {
    tx.execute("UPDATE accounts SET delete_at = $2 WHERE id = $1", args![id, at]).await.map(drop)
}

/// The ids of accounts whose time has come. One whose address was changed lately waits until the old one can no
/// longer take it back: whoever stole it must not be able to destroy it first.
pub async fn due_for_deletion(db: &Db, now: Millis) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = db
        .fetch_all(
            "SELECT a.id FROM accounts a WHERE a.delete_at <= $1 AND a.state = 'active' AND NOT EXISTS (
                SELECT 1 FROM address_changes c WHERE c.account_id = a.id AND c.until > $1)
             ORDER BY a.delete_at LIMIT 100",
            args![now],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Deletes an account with everything that hangs on it (names, sessions, browsers, picture, choices,
/// changed addresses, links).
pub async fn delete(tx: &mut Tx, id: &str) -> Result<bool, DbError> {
    Ok(tx.execute("DELETE FROM accounts WHERE id = $1", args![id]).await? == 1)
}
