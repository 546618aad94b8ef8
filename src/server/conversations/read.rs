//! Reading conversations, and who has read how far.

use super::{Author, Conversation, Message, QUEUE, Side, conversation_columns, topic};
use crate::{
    args,
    server::{
        app::AppState,
        clock::{DAY, Millis},
        db::{Db, DbError, Tx},
        secret::Token,
    },
};

/// How long a conversation that was closed is still what its shopper finds.
const RECENT: Millis = 30 * DAY;
/// "We usually answer within" is the median of so many answers …
const SAMPLE: i64 = 20;
/// … and is not told before there are so many.
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

/// The conversation with this id.
pub async fn get(db: &Db, id: &str) -> Result<Option<Conversation>, DbError> {
    db.fetch_optional(BY_ID, args![id]).await
}

/// As [`get`], within a transaction that is going to change it.
pub async fn get_for_update(tx: &mut Tx, id: &str) -> Result<Option<Conversation>, DbError> {
    // SQLite has one writer: the transaction itself is the lock.
    let sql = if tx.is_postgres() { BY_ID_LOCKED } else { BY_ID };
    tx.fetch_optional(sql, args![id]).await
}

/// What the cookie of a browser leads to.
pub enum ByCookie {
    /// No conversation, or that of somebody else than is signed in.
    Nothing,
    /// One that was written signed in, while nobody is: it shows again after signing in, and nothing of it before. What
    /// ends a session ends this, too: the cookie alone must not outlive it.
    Locked,
    /// One that whoever asks may read, and write.
    Open(Box<Conversation>),
}

impl ByCookie {
    /// The conversation, if it may be read.
    #[must_use]
    pub fn open(self) -> Option<Conversation> {
        match self {
            Self::Open(conversation) => Some(*conversation),
            Self::Nothing | Self::Locked => None,
        }
    }
}

/// What a browser's cookie ([`super::COOKIE`]) leads to while this account is signed in, or nobody. It opens what was
/// written signed out, and what was written signed in to this account; nobody else's.
pub async fn by_cookie(
    db: &Db,
    cookie: Option<&Token>,
    account: Option<&str>,
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

/// The conversation that a signed-in shopper finds on every device: the newest that is not closed, else the newest
/// that was closed lately.
pub async fn open_of(
    db: &Db,
    account_id: &str,
    now: Millis,
) -> Result<Option<Conversation>, DbError> {
    db.fetch_optional(OPEN_OF, args![account_id, now - RECENT]).await
}

/// Up to `limit` messages after the number `seq`, oldest first.
pub async fn messages_after(
    db: &Db,
    id: &str,
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

/// Up to `limit` messages before the number `seq`, oldest first: the page before.
pub async fn messages_before(
    db: &Db,
    id: &str,
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

/// The newest `limit` messages, oldest first.
pub async fn last_of(db: &Db, id: &str, limit: i64) -> Result<Vec<Message>, DbError> {
    messages_before(db, id, i64::MAX, limit).await
}

/// The number of the newest message of this author, 0 if there is none.
pub async fn last_by(db: &Db, id: &str, author: Author) -> Result<i64, DbError> {
    let (last,): (Option<i64>,) = db
        .fetch_one(
            "SELECT MAX(seq) FROM messages WHERE conversation_id = $1 AND author = $2",
            args![id, author.as_str()],
        )
        .await?;
    Ok(last.unwrap_or_default())
}

/// One side has seen the messages up to `seq`. Only ever forward; true if it went forward.
pub async fn mark_read(
    state: &AppState,
    tx: &mut Tx,
    id: &str,
    side: Side,
    seq: i64,
) -> Result<bool, DbError> {
    // First of all the row: whoever waits for it in the middle of the change sees the messages as they were before,
    // and takes the answer that was just posted for read.
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
    state.realtime.publish(tx, &topic(id), "read").await?;
    // The queue marks what nobody of the staff has read.
    if side == Side::Operator {
        state.realtime.publish(tx, QUEUE, "read").await?;
    }
    Ok(true)
}

/// One side is typing: the other sees it for a few seconds. Signs that come thick and fast are one.
pub async fn typing(state: &AppState, id: &str, side: Side) -> Result<(), DbError> {
    let word = match side {
        Side::Shopper => "typing:shopper",
        Side::Operator => "typing:operator",
    };
    state.realtime.publish_now(&state.db, &topic(id), word).await
}

/// How long shoppers usually waited lately; `None` while there are too few answers to tell.
pub async fn usual_wait(db: &Db) -> Result<Option<Millis>, DbError> {
    let rows: Vec<(i64,)> = db
        .fetch_all("SELECT waited FROM answers ORDER BY at DESC, id DESC LIMIT $1", args![SAMPLE])
        .await?;
    let mut waits: Vec<Millis> = rows.into_iter().map(|(waited,)| waited).collect();
    if waits.len() < SAMPLE_MIN {
        return Ok(None);
    }
    waits.sort_unstable();
    Ok(percentile(&waits, 50))
}

/// The smallest of `sorted` that so many of a hundred do not exceed (nearest rank): shoppers and staff are told the same.
#[must_use]
pub fn percentile(sorted: &[Millis], of_hundred: usize) -> Option<Millis> {
    let rank = (sorted.len() * of_hundred).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

/// Whether anybody could answer: without operators there is no chat.
pub async fn exists_staff(db: &Db) -> Result<bool, DbError> {
    let found: Option<(String,)> = db
        .fetch_optional(
            "SELECT id FROM accounts WHERE role <> 'shopper' AND state = 'active' LIMIT 1",
            args![],
        )
        .await?;
    Ok(found.is_some())
}
