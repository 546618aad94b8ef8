//! The `notes` table.

use crate::{
    args,
    clock::Timestamp,
    db::{Db, DbError, Tx},
    domain::ids::{AccountId, ConversationId, NoteId},
    random::Random,
};

/// A staff member's note about a conversation.
#[derive(Clone, sqlx::FromRow)]
pub(in crate::support::console) struct Note {
    pub id: NoteId,
    pub text: String,
    pub at: Timestamp,
    /// The login of the author, while the account exists.
    pub author: Option<String>,
}

/// Lists the notes of a conversation, oldest first.
pub(in crate::support::console) async fn notes(
    db: &Db,
    conversation: &ConversationId,
) -> Result<Vec<Note>, DbError> {
    db.fetch_all(
        "SELECT n.id, n.text, n.at, a.login AS author FROM notes n LEFT JOIN accounts a ON a.id = n.operator_id
         WHERE n.conversation_id = $1 ORDER BY n.at, n.id",
        args![conversation],
    )
    .await
}

/// Adds a note.
pub(in crate::support::console) async fn add_note(
    tx: &mut Tx,
    random: &Random,
    now: Timestamp,
    conversation: &ConversationId,
    operator: &AccountId,
    text: &str,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO notes (id, conversation_id, operator_id, text, at) VALUES ($1, $2, $3, $4, $5)",
        args![random.id::<NoteId>(now), conversation, operator, text, now],
    )
    .await
    .map(drop)
}
