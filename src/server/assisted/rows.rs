//! What the rows hold, and who finds them.

use crate::{
    args,
    forms::identifier_key,
    server::{
        accounts::Account,
        clock::Millis,
        db::{Db, DbError, Tx},
        links,
    },
};

use super::STOPS_WITHIN;

/// How far a process has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The shopper is to confirm an address.
    Opened,
    /// A second one of the staff is to decide.
    Confirmed,
    /// The owner can stop it, and nobody gets in.
    Waiting,
    /// The address opens the way to a new password. The owner can still stop it.
    Ready,
    /// A new password was set.
    Done,
    /// The staff said no.
    Refused,
    /// The owner said no.
    Stopped,
    /// Nobody went on with it in time.
    Expired,
    /// The account was changed meanwhile.
    Overtaken,
}

impl State {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Confirmed => "confirmed",
            Self::Waiting => "waiting",
            Self::Ready => "ready",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Stopped => "stopped",
            Self::Expired => "expired",
            Self::Overtaken => "overtaken",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "opened" => Self::Opened,
            "confirmed" => Self::Confirmed,
            "waiting" => Self::Waiting,
            "ready" => Self::Ready,
            "done" => Self::Done,
            "refused" => Self::Refused,
            "stopped" => Self::Stopped,
            "expired" => Self::Expired,
            _ => Self::Overtaken,
        }
    }

    /// Whether it may still come to something.
    #[must_use]
    pub const fn is_alive(self) -> bool {
        matches!(self, Self::Opened | Self::Confirmed | Self::Waiting | Self::Ready)
    }
}

/// An assisted recovery.
#[derive(Clone, sqlx::FromRow)]
pub struct Assisted {
    /// UUIDv7.
    pub id: String,
    /// The account that is to be recovered.
    pub account_id: String,
    /// The conversation in which it was asked for.
    pub conversation_id: Option<String>,
    /// The epoch of the account when it was opened.
    pub epoch: i64,
    state: String,
    /// What was checked, a line each.
    pub checked: String,
    /// What whoever opened it remarked.
    pub remark: String,
    /// Who opened it.
    pub opened_by: String,
    /// When.
    pub opened_at: Millis,
    /// The address to use, confirmed.
    pub email: Option<String>,
    /// When.
    pub confirmed_at: Option<Millis>,
    /// Who of the staff decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Millis>,
    /// Whether whoever opened it approved it.
    pub alone: bool,
    /// Nobody gets in before.
    pub release_at: Option<Millis>,
    /// When the state that it is in is over.
    pub expires_at: Millis,
    /// When it came to its end.
    pub ended_at: Option<Millis>,
}

impl Assisted {
    /// How far it has come.
    #[must_use]
    pub fn state(&self) -> State {
        State::parse(&self.state)
    }

    /// Whether the account is another than it was opened for: a new password or address, disabled, given a role.
    #[must_use]
    pub fn is_overtaken(&self, account: &Account) -> bool {
        account.id != self.account_id
            || account.epoch != self.epoch
            || !account.is_active()
            || account.role().is_staff()
    }

    /// How far it has come as of now: time and the account may have ended it before housekeeping says so.
    #[must_use]
    pub fn state_of(&self, account: &Account, now: Millis) -> State {
        match self.state() {
            state if !state.is_alive() => state,
            _ if self.is_overtaken(account) => State::Overtaken,
            // It is not ready before housekeeping has said so.
            State::Waiting => State::Waiting,
            _ if self.expires_at <= now => State::Expired,
            state => state,
        }
    }
}

/// What [`Assisted`] is read from.
macro_rules! columns {
    () => {
        "SELECT id, account_id, conversation_id, epoch, state, checked, remark, opened_by, opened_at, email,
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

/// The process with this id.
pub async fn get(db: &Db, id: &str) -> Result<Option<Assisted>, DbError> {
    db.fetch_optional(BY_ID, args![id]).await
}

/// As [`get`], in a transaction that has locked the account.
pub(super) async fn get_in(tx: &mut Tx, id: &str) -> Result<Option<Assisted>, DbError> {
    tx.fetch_optional(BY_ID, args![id]).await
}

/// The process of an account that was not ended yet.
pub async fn alive_of(db: &Db, account_id: &str) -> Result<Option<Assisted>, DbError> {
    db.fetch_optional(ALIVE_OF, args![account_id]).await
}

/// As [`alive_of`], in a transaction that has locked the account.
pub(super) async fn alive_in(tx: &mut Tx, account_id: &str) -> Result<Option<Assisted>, DbError> {
    tx.fetch_optional(ALIVE_OF, args![account_id]).await
}

/// The process by which this address opens the way to a new password of this account, if there is one. Asked for
/// names without account, too: both take the same time (ASVS 6.3.8).
pub async fn ready_for(
    db: &Db,
    account: Option<&Account>,
    address: &str,
    now: Millis,
) -> Result<Option<Assisted>, DbError> {
    let id = account.map_or("", |account| account.id.as_str());
    let found: Option<Assisted> = db.fetch_optional(READY_OF, args![id, now]).await?;
    let key = identifier_key(address);
    Ok(found.filter(|process| {
        account.is_some_and(|account| !process.is_overtaken(account))
            && process.email.as_deref().map(identifier_key).as_ref() == Some(&key)
    }))
}

/// The newest process that was opened in a conversation.
pub async fn newest_of_conversation(
    db: &Db,
    conversation_id: &str,
) -> Result<Option<Assisted>, DbError> {
    db.fetch_optional(NEWEST_OF_CONVERSATION, args![conversation_id]).await
}

/// Those that are to be decided first, then what else is under way, then what ended since `since`.
pub async fn list(db: &Db, since: Millis, most: i64) -> Result<Vec<Assisted>, DbError> {
    db.fetch_all(LIST, args![since, most]).await
}

/// Whether the owner stopped two lately, so that an admin has to look before the next is opened.
pub async fn needs_admin(tx: &mut Tx, account_id: &str, now: Millis) -> Result<bool, DbError> {
    let stops: Vec<(Option<Millis>,)> = tx
        .fetch_all(
            "SELECT ended_at FROM assisted_recoveries WHERE account_id = $1 AND state = 'stopped'
             ORDER BY ended_at DESC LIMIT 2",
            args![account_id],
        )
        .await?;
    let stops: Vec<Millis> = stops.into_iter().filter_map(|(at,)| at).collect();
    Ok(matches!(stops.as_slice(), [last, before]
        if now - last < STOPS_WITHIN && last - before < STOPS_WITHIN))
}

/// Ends a process that is in the state in which it was read; false if something else was quicker. Its links are dead.
pub(super) async fn end(
    tx: &mut Tx,
    process: &Assisted,
    to: State,
    now: Millis,
) -> Result<bool, DbError> {
    let changed = tx
        .execute(
            "UPDATE assisted_recoveries SET state = $3, ended_at = $4 WHERE id = $1 AND state = $2",
            args![&process.id, process.state().as_str(), to.as_str(), now],
        )
        .await?;
    links::end_about(tx, &process.id).await?;
    Ok(changed == 1)
}

/// How many accounts of the staff may be used.
pub(super) async fn count_staff(tx: &mut Tx) -> Result<i64, DbError> {
    let (count,): (i64,) = tx
        .fetch_one(
            "SELECT COUNT(*) FROM accounts WHERE role <> 'shopper' AND state = 'active'",
            args![],
        )
        .await?;
    Ok(count)
}
