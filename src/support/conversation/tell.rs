//! "An answer waits": who is emailed, and when.

use super::{Conversation, conversation_columns};
use crate::{
    args,
    clock::{Duration, HOUR, Timestamp, minutes},
    db::{Db, DbError, Tx},
    domain::ids::ConversationId,
};

/// An answer that stays unseen for this long is announced by email …
const UNREAD: Duration = minutes(2);
/// … at most once in this time, and once for each answer.
const EVERY: Duration = HOUR;
/// Conversations processed in one round.
const AT_ONCE: i64 = 100;

const BY_ID: &str = concat!(conversation_columns!(), " FROM conversations c WHERE c.id = $1");

/// Returns the ids of conversations whose shopper is now due an email that an answer waits.
pub(super) async fn due_for_email(db: &Db, now: Timestamp) -> Result<Vec<ConversationId>, DbError> {
    let rows: Vec<(ConversationId,)> = db
        .fetch_all(
            "SELECT id FROM conversations
             WHERE unread_since IS NOT NULL AND unread_since <= $1 AND email IS NOT NULL
               AND (told_at IS NULL OR (told_at <= $2 AND EXISTS (
                    SELECT 1 FROM messages m WHERE m.conversation_id = conversations.id AND m.author = 'operator'
                        AND m.seq > shopper_read AND m.at > told_at AND m.at <= $1)))
             ORDER BY unread_since LIMIT $3",
            args![now - UNREAD, now - EVERY, AT_ONCE],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Claims the email of one conversation: only one of several instances gets it, and sends it in the same transaction.
/// Returns `None` if it was sent, or the answer read, meanwhile.
pub(super) async fn take_email(
    tx: &mut Tx,
    id: &ConversationId,
    now: Timestamp,
) -> Result<Option<Conversation>, DbError> {
    let taken = tx
        .execute(
            "UPDATE conversations SET told_at = $2
             WHERE id = $1 AND unread_since IS NOT NULL AND unread_since <= $3 AND email IS NOT NULL
               AND (told_at IS NULL OR (told_at <= $4 AND EXISTS (
                    SELECT 1 FROM messages m WHERE m.conversation_id = $1 AND m.author = 'operator'
                        AND m.seq > shopper_read AND m.at > told_at AND m.at <= $3)))",
            args![id, now, now - UNREAD, now - EVERY],
        )
        .await?;
    if taken == 0 {
        return Ok(None);
    }
    tx.fetch_optional(BY_ID, args![id]).await
}
