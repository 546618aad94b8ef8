//! Letters on their way. No request waits for SMTP: a letter is a row, written in
//! the transaction that causes it; a worker sends it and forgets what it said.

mod letter;
mod mailbox;
mod mailer;
mod smtp;
mod worker;

use serde::{Deserialize, Serialize};

pub use self::{
    letter::{Block, Letter, LetterKind},
    mailbox::{DevLetter, DevMailbox},
    mailer::{Mailer, MailerError, SendFailure},
    smtp::Offers,
    worker::{Outbox, forget_account, sweep},
};

use crate::{
    args,
    server::{
        app::App,
        clock::{DAY, Millis},
        db::{DbError, Tx},
        secret::SealFor,
    },
};

/// How long a letter that is no code is tried …
const PATIENCE: Millis = DAY;
/// … and one that lets its reader object: an account may hang on it.
const LONG_PATIENCE: Millis = 7 * DAY;

/// What is sealed in a row: the letter as it will be sent.
#[derive(Serialize, Deserialize)]
struct Envelope {
    to: String,
    subject: String,
    text: String,
    html: String,
    login: Option<String>,
}

/// Puts a letter into the outbox. With `deliver` false the same work is done and
/// nothing is sent, so that nobody can tell by the time it took (ASVS 6.3.8).
/// A letter with a code that `expires_at` is retried quickly and dropped then.
///
/// # Errors
/// When the database fails.
pub async fn enqueue(
    app: &App,
    tx: &mut Tx,
    letter: Letter,
    deliver: bool,
    not_before: Millis,
    expires_at: Option<Millis>,
) -> Result<(), DbError> {
    let now = app.clock.now();
    let id = app.random.id(now);
    let (text, html) = letter.render(&app.config);
    let envelope =
        Envelope { to: letter.to, subject: letter.subject, text, html, login: letter.login };
    let plain = serde_json::to_vec(&envelope).map_err(|e| DbError::Encode(e.into()))?;
    let sealed = app
        .keys
        .seal(SealFor::Letter, &app.random, &id, &plain)
        .ok_or_else(|| DbError::Encode("the letter is too large".into()))?;
    // "No account here" is no code: it may arrive tomorrow.
    let expires_at = expires_at.filter(|_| letter.kind.is_code());
    let patience = if letter.kind.lets_object() { LONG_PATIENCE } else { PATIENCE };
    let domain = app.config.base_url.host_str().unwrap_or("localhost");
    tx.defer(
        "INSERT INTO outbox (id, kind, account_id, message_id, sealed, state, tries, urgent, created_at, next_try_at,
            leased_until, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, 0, $10)",
        args![
            &id,
            letter.kind.as_str(),
            letter.account_id,
            format!("<{id}@{domain}>"),
            sealed,
            if deliver { "waiting" } else { "decoy" },
            expires_at.is_some(),
            now,
            not_before,
            expires_at.unwrap_or(now + patience)
        ],
    )
    .await?;
    tx.wake_after_commit(app.outbox.waker());
    Ok(())
}

/// Letters of a kind, and of all kinds, that were written since `since`.
///
/// # Errors
/// When the database fails.
pub async fn counts_since(
    tx: &mut Tx,
    kind: LetterKind,
    since: Millis,
) -> Result<(i64, i64), DbError> {
    tx.one(
        "SELECT COUNT(CASE WHEN kind = $1 THEN 1 END), COUNT(*) FROM outbox WHERE created_at >= $2 AND state <> 'decoy'",
        args![kind.as_str(), since],
    )
    .await
}

/// Letters to addresses without account that asked which one they have, and letters of all kinds, that were
/// written since `since`.
///
/// # Errors
/// When the database fails.
pub async fn reminders_to_strangers_since(
    tx: &mut Tx,
    since: Millis,
) -> Result<(i64, i64), DbError> {
    tx.one(
        "SELECT COUNT(CASE WHEN kind = $1 AND account_id IS NULL THEN 1 END), COUNT(*)
         FROM outbox WHERE created_at >= $2 AND state <> 'decoy'",
        args![LetterKind::LoginReminder.as_str(), since],
    )
    .await
}
