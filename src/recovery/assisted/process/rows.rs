//! The rows and their queries.

use crate::{
    args,
    clock::Timestamp,
    db::{Db, DbError, Tx},
    domain::{
        accounts::Account,
        email_link,
        ids::{AccountId, AssistedId, ConversationId},
        values::identifier_key,
    },
};

use super::STOPS_WITHIN;

/// The state of a recovery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, strum::IntoStaticStr)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub(crate) enum State {
    /// The shopper has to confirm an address.
    Opened,
    /// A second staff member has to decide.
    Confirmed,
    /// The owner can stop it; the account cannot be recovered yet.
    Waiting,
    /// The address can be used to set a new password. The owner can still stop it.
    Ready,
    /// A new password was set.
    Done,
    /// The staff refused it.
    Refused,
    /// The owner stopped it.
    Stopped,
    /// The next step was not taken in time.
    Expired,
    /// The account was changed meanwhile.
    Overtaken,
}

impl State {
    /// Returns the name as stored.
    #[must_use]
    pub(crate) fn as_str(self) -> &'static str {
        self.into()
    }

    /// Returns whether it is still open.
    #[must_use]
    pub(crate) const fn is_alive(self) -> bool {
        matches!(self, Self::Opened | Self::Confirmed | Self::Waiting | Self::Ready)
    }
}

/// An assisted recovery.
#[derive(Clone, sqlx::FromRow)]
pub(crate) struct Assisted {
    /// UUIDv7.
    pub id: AssistedId,
    /// The account to be recovered.
    pub account_id: AccountId,
    /// The conversation in which it was requested.
    pub conversation_id: Option<ConversationId>,
    /// The credential version of the account when it was opened.
    pub credential_version: i64,
    state: State,
    /// What was checked, one item a line.
    pub checked: String,
    /// The remark of the staff member who opened it.
    pub remark: String,
    /// The staff member who opened it.
    pub opened_by: AccountId,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// The confirmed address to use.
    pub email: Option<String>,
    /// When the address was confirmed.
    pub confirmed_at: Option<Timestamp>,
    /// The staff member who decided.
    pub decided_by: Option<AccountId>,
    /// When the decision was made.
    pub decided_at: Option<Timestamp>,
    /// Whether the staff member who opened it also approved it.
    #[cfg(test)]
    pub alone: bool,
    /// When the account can be recovered at the earliest.
    pub release_at: Option<Timestamp>,
    /// When its current state expires.
    pub expires_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Assisted {
    /// Returns the state as stored.
    #[must_use]
    pub(crate) const fn state(&self) -> State {
        self.state
    }

    /// Returns whether the account has changed since it was opened: a new password or address, disabled, assigned a
    /// role.
    #[must_use]
    pub(crate) fn is_overtaken(&self, account: &Account) -> bool {
        account.id != self.account_id
            || account.credential_version != self.credential_version
            || !account.is_active()
            || account.role().is_staff()
    }

    /// Returns the current state: it may have expired or been overtaken before housekeeping records it.
    #[must_use]
    pub(crate) fn state_of(&self, account: &Account, now: Timestamp) -> State {
        match self.state() {
            state if !state.is_alive() => state,
            _ if self.is_overtaken(account) => State::Overtaken,
            // Only housekeeping makes it ready.
            State::Waiting => State::Waiting,
            _ if self.expires_at <= now => State::Expired,
            state => state,
        }
    }
}

/// The columns of [`Assisted`].
macro_rules! columns {
    () => {
        "SELECT id, account_id, conversation_id, credential_version, state, checked, remark, opened_by, opened_at, email,
            confirmed_at, decided_by, decided_at, alone, release_at, expires_at, ended_at FROM assisted_recoveries "
    };
}

const BY_ID: &str = concat!(columns!(), "WHERE id = $1");
const ALIVE_OF: &str = concat!(
    columns!(),
    "WHERE account_id = $1 AND state IN ('opened', 'confirmed', 'waiting', 'ready')"
);
const READY_OF: &str =
    concat!(columns!(), "WHERE account_id = $1 AND state = 'ready' AND expires_at > $2");
const NEWEST_OF_CONVERSATION: &str =
    concat!(columns!(), "WHERE conversation_id = $1 ORDER BY opened_at DESC, id DESC LIMIT 1");
const LIST: &str = concat!(
    columns!(),
    "WHERE state IN ('opened', 'confirmed', 'waiting', 'ready') OR ended_at > $1
     ORDER BY CASE state WHEN 'confirmed' THEN 0 WHEN 'opened' THEN 1 WHEN 'waiting' THEN 2 WHEN 'ready' THEN 3
        ELSE 4 END, opened_at DESC, id DESC LIMIT $2"
);

/// Returns the recovery with this id.
pub(crate) async fn get(db: &Db, id: &AssistedId) -> Result<Option<Assisted>, DbError> {
    db.fetch_optional(BY_ID, args![id]).await
}

/// As [`get`], in a transaction that has locked the account.
pub(super) async fn get_in(tx: &mut Tx, id: &AssistedId) -> Result<Option<Assisted>, DbError> {
    tx.fetch_optional(BY_ID, args![id]).await
}

/// Returns the open recovery of an account.
pub(crate) async fn alive_of(db: &Db, account_id: &AccountId) -> Result<Option<Assisted>, DbError> {
    db.fetch_optional(ALIVE_OF, args![account_id]).await
}

/// As [`alive_of`], in a transaction that has locked the account.
pub(super) async fn alive_in(
    tx: &mut Tx,
    account_id: &AccountId,
) -> Result<Option<Assisted>, DbError> {
    tx.fetch_optional(ALIVE_OF, args![account_id]).await
}

/// Returns the recovery by which this address can set a new password for this account, if there is one. Queries for
/// names without an account, too: both take the same time (ASVS 6.3.8).
pub(crate) async fn ready_for(
    db: &Db,
    account: Option<&Account>,
    address: &str,
    now: Timestamp,
) -> Result<Option<Assisted>, DbError> {
    let id = account.map_or("", |account| &account.id);
    let found = db.fetch_optional(READY_OF, args![id, now]).await?;
    Ok(by_address(found, account, address))
}

/// As [`ready_for`], within a transaction.
pub(crate) async fn ready_in(
    tx: &mut Tx,
    account: Option<&Account>,
    address: &str,
    now: Timestamp,
) -> Result<Option<Assisted>, DbError> {
    let id = account.map_or("", |account| &account.id);
    let found = tx.fetch_optional(READY_OF, args![id, now]).await?;
    Ok(by_address(found, account, address))
}

fn by_address(
    found: Option<Assisted>,
    account: Option<&Account>,
    address: &str,
) -> Option<Assisted> {
    let key = identifier_key(address);
    found.filter(|process| {
        account.is_some_and(|account| !process.is_overtaken(account))
            && process.email.as_deref().map(identifier_key).as_ref() == Some(&key)
    })
}

/// Returns the newest recovery that was opened in a conversation.
pub(crate) async fn newest_of_conversation(
    db: &Db,
    conversation_id: &ConversationId,
) -> Result<Option<Assisted>, DbError> {
    db.fetch_optional(NEWEST_OF_CONVERSATION, args![conversation_id]).await
}

/// Returns the recoveries that await a decision first, then others that are open, then those that ended since `since`.
pub(crate) async fn list(db: &Db, since: Timestamp, most: i64) -> Result<Vec<Assisted>, DbError> {
    db.fetch_all(LIST, args![since, most]).await
}

/// Returns whether the owner stopped two recently, so that only an admin may open the next.
pub(crate) async fn needs_admin(
    tx: &mut Tx,
    account_id: &AccountId,
    now: Timestamp,
) -> Result<bool, DbError> {
    let stops: Vec<(Option<Timestamp>,)> = tx
        .fetch_all(
            "SELECT ended_at FROM assisted_recoveries WHERE account_id = $1 AND state = 'stopped'
             ORDER BY ended_at DESC LIMIT 2",
            args![account_id],
        )
        .await?;
    let stops: Vec<Timestamp> = stops.into_iter().filter_map(|(at,)| at).collect();
    Ok(matches!(*stops.as_slice(), [last, before]
        if now - last < STOPS_WITHIN && last - before < STOPS_WITHIN))
}

/// Ends a recovery that is still in the state it was read in; returns false if another step came first. Deletes its
/// links.
pub(super) async fn end(
    tx: &mut Tx,
    process: &Assisted,
    to: State,
    now: Timestamp,
) -> Result<bool, DbError> {
    let changed = tx
        .execute(
            "UPDATE assisted_recoveries SET state = $3, ended_at = $4 WHERE id = $1 AND state = $2",
            args![&process.id, process.state().as_str(), to.as_str(), now],
        )
        .await?;
    email_link::end_about(tx, &process.id).await?;
    Ok(changed == 1)
}

/// Returns the number of active staff accounts.
pub(super) async fn count_staff(tx: &mut Tx) -> Result<i64, DbError> {
    let (count,): (i64,) = tx
        .fetch_one(
            "SELECT COUNT(*) FROM accounts WHERE role <> 'shopper' AND state = 'active'",
            args![],
        )
        .await?;
    Ok(count)
}
