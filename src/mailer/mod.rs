//! The outbox. No request waits for SMTP: an email is a row, written in the transaction that causes it; a worker sends
//! it and deletes its content.

mod cause;
mod error;
mod mailbox;
mod message;
mod outbox;
mod refusal;
mod smtp;
mod transport;
mod worker;

pub use self::{
    error::MailProblem,
    mailbox::{DevEmail, DevMailbox},
    message::{Block, EmailKind, EmailMessage, Urgency},
    outbox::{Outbox, OutboxParts},
    smtp::Offers,
    transport::{Mailer, MailerError, SendFailure},
    worker::{forget_account, sweep},
};

#[cfg(test)]
pub(crate) use self::worker::NEXT;

use crate::{
    args,
    clock::Timestamp,
    db::{DbError, Tx},
};

/// Counts the emails of a kind, and of all kinds, that were written since `since`.
pub async fn counts_since(
    tx: &mut Tx,
    kind: EmailKind,
    since: Timestamp,
) -> Result<(i64, i64), DbError> {
    tx.fetch_one(
        "SELECT COUNT(CASE WHEN kind = $1 THEN 1 END), COUNT(*) FROM outbox WHERE created_at >= $2 AND state <> 'decoy'",
        args![kind.as_str(), since],
    )
    .await
}

/// Counts the login reminders to addresses without an account, and the emails of all kinds, that were written since
/// `since`.
pub async fn reminders_to_strangers_since(
    tx: &mut Tx,
    since: Timestamp,
) -> Result<(i64, i64), DbError> {
    tx.fetch_one(
        "SELECT COUNT(CASE WHEN kind = $1 AND account_id IS NULL THEN 1 END), COUNT(*)
         FROM outbox WHERE created_at >= $2 AND state <> 'decoy'",
        args![EmailKind::LoginReminder.as_str(), since],
    )
    .await
}
