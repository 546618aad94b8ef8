//! Posting messages.

use super::{
    Author, Conversation, QUEUE, State, codes_in_text, happened, read::get_for_update, topic,
};
use crate::{
    args,
    clock::Timestamp,
    db::{DbError, Tx},
    domain::{
        ids::{AccountId, ChatPictureId, ConversationId},
        values::MessageText,
    },
    realtime::Change,
    state::AppState,
};

/// A message to be posted.
pub(crate) struct NewMessage<'a> {
    /// The id of the conversation.
    pub conversation: &'a ConversationId,
    /// The shopper or an operator; events are posted by [`system`].
    pub author: Author,
    /// The operator who wrote it, if one did.
    pub operator_id: Option<&'a AccountId>,
    /// The text; `None` only with a picture.
    pub text: Option<&'a MessageText>,
    /// The id that [`super::keep_picture`] returned.
    pub picture: Option<&'a ChatPictureId>,
    /// Made by the form: the same post twice results in one message.
    pub nonce: &'a str,
}

/// Posts a message; returns its number. Returns `None` if it was posted before, or the conversation is gone: then drop
/// the transaction with everything in it.
///
/// The shopper's codes are hidden before anything is stored, and the shopper is notified. A shopper's message reopens a
/// closed conversation. An operator's first answer to a waiting shopper counts towards "usually answers within".
pub(crate) async fn post(
    state: &AppState,
    tx: &mut Tx,
    message: &NewMessage<'_>,
) -> Result<Option<i64>, DbError> {
    let now = state.clock.now();
    let id = message.conversation;
    let Some(conversation) = get_for_update(tx, id).await? else { return Ok(None) };
    let twin: Option<(i64,)> = tx
        .fetch_optional(
            "SELECT seq FROM messages WHERE conversation_id = $1 AND nonce = $2",
            args![id, message.nonce],
        )
        .await?;
    if twin.is_some() {
        return Ok(None);
    }
    let typed = message.text.map(MessageText::as_str).unwrap_or_default();
    let hidden = match message.author {
        Author::Shopper => codes_in_text::hide(typed),
        Author::Operator | Author::System => None,
    };
    let reopens = conversation.state() == State::Closed;
    let mut seq = conversation.last_seq;
    if reopens {
        seq += 1;
        insert_system(state, tx, id, seq, happened::REOPENED, now).await?;
    }
    seq += 1;
    let row = Row {
        seq,
        author: message.author,
        operator_id: message.operator_id,
        text: hidden.as_deref().unwrap_or(typed),
        picture: message.picture,
        nonce: message.nonce,
    };
    insert(tx, id, &row, now).await?;
    let mut last = seq;
    if hidden.is_some() {
        last += 1;
        insert_system(state, tx, id, last, happened::CODE_HIDDEN, now).await?;
    }
    match message.author {
        Author::Operator => answered(state, tx, &conversation, message.operator_id, last).await?,
        Author::Shopper | Author::System => {
            tx.execute(
                "UPDATE conversations SET last_seq = $2, updated_at = $3, state = 'waiting', solved = FALSE,
                    closed_at = NULL, waiting_since = COALESCE(waiting_since, $3)
                 WHERE id = $1",
                args![id, last, now],
            )
            .await?;
        }
    }
    state.realtime.publish(tx, &topic(id), Change::Message).await?;
    state.realtime.publish(tx, QUEUE, Change::Message).await?;
    Ok(Some(seq))
}

async fn answered(
    state: &AppState,
    tx: &mut Tx,
    conversation: &Conversation,
    operator_id: Option<&AccountId>,
    last: i64,
) -> Result<(), DbError> {
    let now = state.clock.now();
    tx.execute(
        "UPDATE conversations SET last_seq = $2, updated_at = $3, state = 'answered', solved = FALSE,
            closed_at = NULL, waiting_since = NULL, unread_since = COALESCE(unread_since, $3)
         WHERE id = $1",
        args![&conversation.id, last, now],
    )
    .await?;
    if let (Some(since), Some(operator_id)) = (conversation.waiting_since, operator_id) {
        tx.execute(
            "INSERT INTO answers (id, operator_id, waited, at) VALUES ($1, $2, $3, $4)",
            args![state.random.id::<String>(now), operator_id, now - since, now],
        )
        .await?;
    }
    Ok(())
}

/// Posts an event to the conversation (see [`happened`]); returns its number, 0 if there is no such conversation.
pub(crate) async fn system(
    state: &AppState,
    tx: &mut Tx,
    id: &ConversationId,
    what: &str,
) -> Result<i64, DbError> {
    let now = state.clock.now();
    let counted: Option<(i64,)> = tx
        .fetch_optional(
            "UPDATE conversations SET last_seq = last_seq + 1, updated_at = $2 WHERE id = $1 RETURNING last_seq",
            args![id, now],
        )
        .await?;
    let Some((seq,)) = counted else { return Ok(0) };
    insert_system(state, tx, id, seq, what, now).await?;
    state.realtime.publish(tx, &topic(id), Change::Message).await?;
    Ok(seq)
}

struct Row<'a> {
    seq: i64,
    author: Author,
    operator_id: Option<&'a AccountId>,
    text: &'a str,
    picture: Option<&'a ChatPictureId>,
    nonce: &'a str,
}

async fn insert(
    tx: &mut Tx,
    id: &ConversationId,
    row: &Row<'_>,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO messages (conversation_id, seq, author, operator_id, text, picture_id, nonce, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            id,
            row.seq,
            row.author.as_str(),
            row.operator_id,
            row.text,
            row.picture,
            row.nonce,
            now
        ],
    )
    .await
    .map(drop)
}

async fn insert_system(
    state: &AppState,
    tx: &mut Tx,
    id: &ConversationId,
    seq: i64,
    what: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    let nonce: String = state.random.id(now);
    let author = Author::System;
    let row = Row { seq, author, operator_id: None, text: what, picture: None, nonce: &nonce };
    insert(tx, id, &row, now).await
}
