//! Staff actions on conversations, and the translations of messages.

use super::{Author, Message, QUEUE, happened, post::system, topic};
use crate::{
    args,
    clock::{Duration, Timestamp, minutes},
    db::{Db, DbError, Tx},
    domain::ids::{AccountId, ConversationId},
    i18n::Locale,
    realtime::{Change, Event},
    state::AppState,
};

/// An older message is no longer translated: nobody waits for that.
pub(crate) const TRANSLATED_WITHIN: Duration = minutes(10);
/// How many of the last messages are sent again at most because they may have been translated: the page still shows all
/// of these.
const AGAIN_MOST: i64 = 50;

/// Assigns a conversation to an operator. The caller checks who may do so; lock the row first.
pub(crate) async fn give_to(
    state: &AppState,
    tx: &mut Tx,
    id: &ConversationId,
    operator: &AccountId,
) -> Result<(), DbError> {
    tx.execute("UPDATE conversations SET operator_id = $2 WHERE id = $1", args![id, operator])
        .await?;
    state.realtime.publish(tx, &topic(id), Change::Assignee).await?;
    state.realtime.publish(tx, QUEUE, Change::Assignee).await
}

/// Reopens a closed conversation; returns false if it was not closed. A shopper without an answer waits from now on.
pub(crate) async fn reopen(
    state: &AppState,
    tx: &mut Tx,
    id: &ConversationId,
) -> Result<bool, DbError> {
    let now = state.clock.now();
    let last: Option<(Author,)> = tx
        .fetch_optional(
            "SELECT author FROM messages WHERE conversation_id = $1 AND author <> 'system' ORDER BY seq DESC LIMIT 1",
            args![id],
        )
        .await?;
    let waits = last.is_some_and(|(author,)| author == Author::Shopper);
    let reopened = tx
        .execute(
            "UPDATE conversations SET state = $2, waiting_since = $3, solved = FALSE, closed_at = NULL
             WHERE id = $1 AND state = 'closed'",
            args![id, if waits { "waiting" } else { "answered" }, waits.then_some(now)],
        )
        .await?;
    if reopened == 0 {
        return Ok(false);
    }
    system(state, tx, id, happened::REOPENED).await?;
    state.realtime.publish(tx, QUEUE, Change::Reopened).await?;
    Ok(true)
}

/// Sets which account a conversation is said to be about: as an operator typed it, and the account that belongs to
/// that.
pub(crate) async fn set_claim(
    state: &AppState,
    tx: &mut Tx,
    id: &ConversationId,
    claimed: &str,
    claimed_id: Option<&AccountId>,
    operator: &AccountId,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE conversations SET claimed = $2, claimed_id = $3, claimed_by = $4 WHERE id = $1",
        args![id, claimed, claimed_id, operator],
    )
    .await?;
    state.realtime.publish(tx, &topic(id), Change::Claim).await?;
    state.realtime.publish(tx, QUEUE, Change::Claim).await
}

/// A message that may have to be translated.
#[derive(Clone, sqlx::FromRow)]
pub(crate) struct Untranslated {
    /// The conversation that it is in.
    pub conversation_id: ConversationId,
    /// Its number there.
    pub seq: i64,
    /// What was written.
    pub text: String,
    author: Author,
    shopper_locale: String,
    operator_locale: Option<String>,
}

impl Untranslated {
    /// Returns the language of the reader.
    #[must_use]
    pub(crate) fn target(&self) -> Locale {
        let tag = if self.author == Author::Shopper {
            self.operator_locale.as_deref().unwrap_or_default()
        } else {
            &self.shopper_locale
        };
        Locale::parse(tag).unwrap_or_default()
    }
}

/// Returns messages since `since` for which no translation was requested yet, oldest first. A shopper's message is read
/// by the operator who took the conversation or, until one did, by any staff member.
pub(crate) async fn untranslated(
    db: &Db,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<Untranslated>, DbError> {
    db.fetch_all(
        "SELECT m.conversation_id, m.seq, m.text, m.author, c.locale AS shopper_locale, COALESCE(
            (SELECT a.locale FROM accounts a WHERE a.id = c.operator_id),
            (SELECT a.locale FROM accounts a WHERE a.role <> 'shopper' AND a.state = 'active'
             ORDER BY a.id LIMIT 1)) AS operator_locale
         FROM conversations c JOIN messages m ON m.conversation_id = c.id
         WHERE c.updated_at >= $1 AND m.at >= $1 AND m.author <> 'system' AND m.text <> ''
           AND m.translated_to IS NULL
         ORDER BY m.at, m.conversation_id, m.seq LIMIT $2",
        args![since, limit],
    )
    .await
}

/// Claims a message for translation: only one of several instances gets it, once.
pub(crate) async fn take_for_translation(
    tx: &mut Tx,
    message: &Untranslated,
    target: Locale,
) -> Result<bool, DbError> {
    let taken = tx
        .execute(
            "UPDATE messages SET translated_to = $3
             WHERE conversation_id = $1 AND seq = $2 AND translated_to IS NULL",
            args![&message.conversation_id, message.seq, target.tag()],
        )
        .await?;
    Ok(taken == 1)
}

/// Stores the translation of a message.
pub(crate) async fn set_translation(
    state: &AppState,
    tx: &mut Tx,
    message: &Untranslated,
    text: &str,
) -> Result<(), DbError> {
    let (id, seq) = (&message.conversation_id, message.seq);
    tx.execute(
        "UPDATE messages SET translation = $3 WHERE conversation_id = $1 AND seq = $2",
        args![id, seq, text],
    )
    .await?;
    state.realtime.publish(tx, &topic(id), Change::Translated(seq)).await
}

/// Which of the messages on a page may have a translation that is not shown yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Translated {
    /// None.
    #[default]
    Nothing,
    /// The one with this number.
    One(i64),
    /// Any that was still to be translated at the last update of the page: a signal may have been missed.
    Lately,
}

impl Translated {
    /// Returns what a signal on the topic of a conversation says about translations.
    #[must_use]
    pub(crate) fn said(signal: &Event) -> Self {
        match signal {
            Event::Changed(Change::Translated(seq)) => Self::One(*seq),
            Event::All => Self::Lately,
            Event::Changed(_) | Event::Stop => Self::Nothing,
        }
    }
}

/// Returns the messages up to the number `read` that have a translation, as far as `which` says; oldest first.
pub(crate) async fn translated(
    db: &Db,
    id: &ConversationId,
    which: Translated,
    read: i64,
) -> Result<Vec<Message>, DbError> {
    let (from, to) = match which {
        Translated::Nothing => return Ok(Vec::new()),
        Translated::One(seq) => (seq, seq.min(read)),
        // Counted from the last message that was read: older ones had their translation by then, however long the page
        // was away.
        Translated::Lately => (read - AGAIN_MOST + 1, read),
    };
    db.fetch_all(
        "SELECT m.seq, m.author, m.operator_id, m.text, m.picture_id, m.at, m.translation, m.translated_to, m.nonce
         FROM messages m JOIN messages l ON l.conversation_id = m.conversation_id AND l.seq = $4
         WHERE m.conversation_id = $1 AND m.seq >= $2 AND m.seq <= $3 AND m.translation IS NOT NULL
           AND ($2 = $3 OR m.at >= l.at - $5)
         ORDER BY m.seq",
        args![id, from, to, read, TRANSLATED_WITHIN],
    )
    .await
}
