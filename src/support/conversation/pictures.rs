//! The pictures in conversations.

use super::Picture;
use crate::{
    args,
    clock::Timestamp,
    db::{Db, DbError, Tx},
    domain::ids::{ChatPictureId, ConversationId},
    images::Drawn,
    state::AppState,
};

/// Stores a picture that is about to be posted in the same transaction; returns its id.
pub(crate) async fn keep_picture(
    state: &AppState,
    tx: &mut Tx,
    conversation: &ConversationId,
    picture: &Drawn,
) -> Result<ChatPictureId, DbError> {
    let now: Timestamp = state.clock.now();
    let id: ChatPictureId = state.random.id(now);
    tx.execute(
        "INSERT INTO message_pictures (id, conversation_id, image, width, height, at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        args![
            &id,
            conversation,
            &picture.jpeg,
            i64::from(picture.width),
            i64::from(picture.height),
            now
        ],
    )
    .await?;
    Ok(id)
}

/// Returns a picture. The caller must be allowed to read its conversation.
pub(crate) async fn picture(db: &Db, id: &ChatPictureId) -> Result<Option<Picture>, DbError> {
    db.fetch_optional(
        "SELECT conversation_id, image FROM message_pictures WHERE id = $1",
        args![id],
    )
    .await
}
