//! What only the staff does to conversations, and the translations of messages.

use super::{QUEUE, happened, post::system, topic};
use crate::{
    args,
    i18n::Locale,
    server::{
        app::App,
        clock::Millis,
        db::{Db, DbError, Tx},
    },
};

/// Gives a conversation to an operator. Who may do so is the caller's question; lock the row first.
///
/// # Errors
/// When the database fails.
pub async fn give_to(app: &App, tx: &mut Tx, id: &str, operator: &str) -> Result<(), DbError> {
    tx.execute("UPDATE conversations SET operator_id = $2 WHERE id = $1", args![id, operator])
        .await?;
    app.live.say(tx, &topic(id), "operator").await?;
    app.live.say(tx, QUEUE, "operator").await
}

/// Goes on with a conversation that was closed; false if it was not. Whoever was not answered waits from now on.
///
/// # Errors
/// When the database fails.
pub async fn reopen(app: &App, tx: &mut Tx, id: &str) -> Result<bool, DbError> {
    let now = app.clock.now();
    let last: Option<(String,)> = tx
        .optional(
            "SELECT author FROM messages WHERE conversation_id = $1 AND author <> 'system' ORDER BY seq DESC LIMIT 1",
            args![id],
        )
        .await?;
    let waits = last.is_some_and(|(author,)| author == "shopper");
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
    system(app, tx, id, happened::REOPENED).await?;
    app.live.say(tx, QUEUE, "reopened").await?;
    Ok(true)
}

/// Sets which account a conversation is said to be about: as typed, and the one that this belongs to.
///
/// # Errors
/// When the database fails.
pub async fn set_claim(
    app: &App,
    tx: &mut Tx,
    id: &str,
    claimed: &str,
    claimed_id: Option<&str>,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE conversations SET claimed = $2, claimed_id = $3 WHERE id = $1",
        args![id, claimed, claimed_id],
    )
    .await?;
    app.live.say(tx, &topic(id), "claim").await?;
    app.live.say(tx, QUEUE, "claim").await
}

/// A message that may have to be translated.
#[derive(Clone, sqlx::FromRow)]
pub struct Untranslated {
    /// The conversation that it is in.
    pub conversation_id: String,
    /// Its number there.
    pub seq: i64,
    /// What was written.
    pub text: String,
    author: String,
    shopper_locale: String,
    operator_locale: Option<String>,
}

impl Untranslated {
    /// The language of whoever is to read it.
    #[must_use]
    pub fn target(&self) -> Locale {
        let tag = if self.author == "shopper" {
            self.operator_locale.as_deref().unwrap_or_default()
        } else {
            &self.shopper_locale
        };
        Locale::parse(tag).unwrap_or_default()
    }
}

/// Messages since `since` for which no translation was asked yet, oldest first. What a shopper writes is read by the
/// operator who took the conversation or, until somebody did, by any of the staff.
///
/// # Errors
/// When the database fails.
pub async fn untranslated(
    db: &Db,
    since: Millis,
    limit: i64,
) -> Result<Vec<Untranslated>, DbError> {
    db.all(
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

/// Takes a message for translation: of several instances one gets it, once.
///
/// # Errors
/// When the database fails.
pub async fn take_for_translation(
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

/// Keeps the translation of a message beside it.
///
/// # Errors
/// When the database fails.
pub async fn set_translation(
    app: &App,
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
    app.live.say(tx, &topic(id), &format!("translated:{seq}")).await
}

/// The number of the message that a signal says was translated.
#[must_use]
pub fn translated(word: &str) -> Option<i64> {
    word.strip_prefix("translated:")?.parse().ok()
}

/// One message.
///
/// # Errors
/// When the database fails.
pub async fn message(db: &Db, id: &str, seq: i64) -> Result<Option<super::Message>, DbError> {
    let before = super::messages_after(db, id, seq - 1, 1).await?;
    Ok(before.into_iter().find(|message| message.seq == seq))
}
