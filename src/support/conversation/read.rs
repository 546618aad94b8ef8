//! Reading conversations, and read positions.

use super::{Author, Conversation, Message, QUEUE, Side, conversation_columns, topic};
use crate::{
    args,
    clock::{Duration, Timestamp, days},
    db::{Db, DbError, Tx},
    domain::ids::{AccountId, ConversationId},
    realtime::Change,
    security::Token,
    state::AppState,
};

/// For how long a closed conversation is still shown to its shopper.
const RECENT: Duration = days(30);
/// "We usually answer within" is the median of this many answers …
const SAMPLE: i64 = 20;
/// … and is not shown before there are this many.
const SAMPLE_MIN: usize = 5;

const BY_ID: &str = concat!(conversation_columns!(), " FROM conversations c WHERE c.id = $1");
const BY_ID_LOCKED: &str =
    concat!(conversation_columns!(), " FROM conversations c WHERE c.id = $1 FOR UPDATE");
const BY_TOKEN: &str =
    concat!(conversation_columns!(), " FROM conversations c WHERE c.token_hash = $1");
const OPEN_OF: &str = concat!(
    conversation_columns!(),
    " FROM conversations c WHERE c.account_id = $1 AND (c.state <> 'closed' OR c.closed_at > $2)
      ORDER BY CASE WHEN c.state = 'closed' THEN 1 ELSE 0 END, c.updated_at DESC, c.id DESC LIMIT 1"
);

/// Returns the conversation with this id.
pub(crate) async fn get(db: &Db, id: &ConversationId) -> Result<Option<Conversation>, DbError> {
    db.fetch_optional(BY_ID, args![id]).await
}

/// As [`get`], within a transaction that is going to change it.
pub(crate) async fn get_for_update(
    tx: &mut Tx,
    id: &ConversationId,
) -> Result<Option<Conversation>, DbError> {
    // SQLite has one writer: the transaction itself is the lock.
    let sql = if tx.is_postgres() { BY_ID_LOCKED } else { BY_ID };
    tx.fetch_optional(sql, args![id]).await
}

/// What a browser's cookie leads to.
pub(crate) enum ByCookie {
    /// No conversation, or one of an account other than the signed-in one.
    Nothing,
    /// One that was written signed in, while no account is signed in: it is shown again only after signing in. What
    /// ends a session also ends this access: the cookie alone must not outlive it.
    Locked,
    /// One that the caller may read and write to.
    Open(Box<Conversation>),
}

impl ByCookie {
    /// Returns the conversation, if it may be read.
    #[must_use]
    pub(crate) fn open(self) -> Option<Conversation> {
        match self {
            Self::Open(conversation) => Some(*conversation),
            Self::Nothing | Self::Locked => None,
        }
    }
}

/// Returns what a browser's cookie leads to while this account, or none, is signed in. It opens
/// what was written signed out, and what was written signed in to this account; no other account's.
pub(crate) async fn by_cookie(
    db: &Db,
    cookie: Option<&Token>,
    account: Option<&AccountId>,
) -> Result<ByCookie, DbError> {
    let found: Option<Conversation> = match cookie {
        Some(token) => db.fetch_optional(BY_TOKEN, args![token.hash()]).await?,
        None => None,
    };
    Ok(match found {
        Some(found) if found.may_be_of(account) => ByCookie::Open(Box::new(found)),
        Some(_) if account.is_none() => ByCookie::Locked,
        _ => ByCookie::Nothing,
    })
}

/// Returns the conversation that a signed-in shopper sees on every device: the newest that is not closed, otherwise the
/// newest that was closed recently.
pub(crate) async fn open_of(
    db: &Db,
    account_id: &AccountId,
    now: Timestamp,
) -> Result<Option<Conversation>, DbError> {
    db.fetch_optional(OPEN_OF, args![account_id, now - RECENT]).await
}

/// Returns up to `limit` messages after the number `seq`, oldest first.
pub(crate) async fn messages_after(
    db: &Db,
    id: &ConversationId,
    seq: i64,
    limit: i64,
) -> Result<Vec<Message>, DbError> {
    db.fetch_all(
        "SELECT seq, author, operator_id, text, picture_id, at, translation, translated_to, nonce
         FROM messages WHERE conversation_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        args![id, seq, limit],
    )
    .await
}

/// Returns up to `limit` messages before the number `seq`, oldest first: the previous page.
pub(crate) async fn messages_before(
    db: &Db,
    id: &ConversationId,
    seq: i64,
    limit: i64,
) -> Result<Vec<Message>, DbError> {
    let mut messages: Vec<Message> = db
        .fetch_all(
            "SELECT seq, author, operator_id, text, picture_id, at, translation, translated_to, nonce
             FROM messages WHERE conversation_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3",
            args![id, seq, limit],
        )
        .await?;
    messages.reverse();
    Ok(messages)
}

/// Returns the newest `limit` messages, oldest first.
pub(crate) async fn last_of(
    db: &Db,
    id: &ConversationId,
    limit: i64,
) -> Result<Vec<Message>, DbError> {
    messages_before(db, id, i64::MAX, limit).await
}

/// Returns the number of the newest message of this author, 0 if there is none.
pub(crate) async fn last_by(db: &Db, id: &ConversationId, author: Author) -> Result<i64, DbError> {
    let (last,): (Option<i64>,) = db
        .fetch_one(
            "SELECT MAX(seq) FROM messages WHERE conversation_id = $1 AND author = $2",
            args![id, author.as_str()],
        )
        .await?;
    Ok(last.unwrap_or_default())
}

/// Marks the messages up to `seq` as read by one side. The position only moves forward; returns true if it moved.
pub(crate) async fn mark_read(
    state: &AppState,
    tx: &mut Tx,
    id: &ConversationId,
    side: Side,
    seq: i64,
) -> Result<bool, DbError> {
    // Lock the row first: a statement that waits for it in the middle of the change would see the messages as they were
    // before, and would treat an answer that was just posted as read.
    get_for_update(tx, id).await?;
    let sql = match side {
        Side::Shopper => {
            "UPDATE conversations SET shopper_read = $2, shopper_read_at = $3, unread_since =
                (SELECT MIN(m.at) FROM messages m
                 WHERE m.conversation_id = $1 AND m.author = 'operator' AND m.seq > $2)
             WHERE id = $1 AND shopper_read < $2 AND last_seq >= $2"
        }
        Side::Operator => {
            "UPDATE conversations SET operator_read = $2, operator_read_at = $3
             WHERE id = $1 AND operator_read < $2 AND last_seq >= $2"
        }
    };
    if tx.execute(sql, args![id, seq, state.clock.now()]).await? == 0 {
        return Ok(false);
    }
    state.realtime.publish(tx, &topic(id), Change::Read).await?;
    // The queue marks what no staff member has read.
    if side == Side::Operator {
        state.realtime.publish(tx, QUEUE, Change::Read).await?;
    }
    Ok(true)
}

/// Signals to the other side, for a few seconds, that one side is typing. Signals in quick succession are merged.
pub(crate) async fn typing(
    state: &AppState,
    id: &ConversationId,
    side: Side,
) -> Result<(), DbError> {
    let change = match side {
        Side::Shopper => Change::TypingShopper,
        Side::Operator => Change::TypingOperator,
    };
    state.realtime.publish_now(&state.db, &topic(id), change).await
}

/// Returns how long shoppers usually waited recently; `None` while there are too few answers.
pub(crate) async fn usual_wait(db: &Db) -> Result<Option<Duration>, DbError> {
    let rows: Vec<(i64,)> = db
        .fetch_all("SELECT waited FROM answers ORDER BY at DESC, id DESC LIMIT $1", args![SAMPLE])
        .await?;
    let mut waits: Vec<Duration> =
        rows.into_iter().map(|(waited,)| Duration::from_millis(waited)).collect();
    if waits.len() < SAMPLE_MIN {
        return Ok(None);
    }
    waits.sort_unstable();
    Ok(percentile(&waits, 50))
}

/// Returns the smallest of `sorted` that the given percentage does not exceed (nearest rank), for shoppers and staff
/// alike.
#[must_use]
pub(crate) fn percentile(sorted: &[Duration], of_hundred: usize) -> Option<Duration> {
    let rank = (sorted.len() * of_hundred).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}
