//! The workers that send what waits in the outbox.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
};

use super::{
    Envelope, SendFailure,
    mailer::{MailerError, Opened},
};
use crate::{
    args,
    server::{
        app::App,
        clock::{DAY, MINUTE, Millis, SECOND},
        db::{DbError, Tx},
        events,
        secret::SealFor,
    },
};

/// How long a worker has a letter for itself. Longer than any SMTP conversation may take,
/// so that a letter is sent twice only when a worker dies in the middle of one; both have
/// the same Message-ID then.
const LEASE: Millis = 2 * MINUTE;
const CONVERSATION: Duration = Duration::from_secs(90);
/// Letters sent at once by one process.
const WORKERS: usize = 4;
/// How often it is looked whether something fell due, or another process wrote a letter.
const LOOK: Duration = Duration::from_secs(1);
const URGENT_PAUSE: Millis = 30 * SECOND;
const PAUSE_MAX: Millis = 15 * MINUTE;

/// Wakes the workers.
#[derive(Clone, Default)]
pub struct Outbox(Arc<Notify>);

#[derive(sqlx::FromRow)]
struct Due {
    id: String,
    kind: String,
    message_id: String,
    sealed: Option<Vec<u8>>,
    tries: i64,
    urgent: bool,
    created_at: Millis,
    expires_at: Millis,
}

impl Outbox {
    /// What a transaction that wrote a letter notifies once it is committed.
    #[must_use]
    pub fn waker(&self) -> Arc<Notify> {
        Arc::clone(&self.0)
    }

    /// Sends letters until `stop` says so. The workers are apart: one that talks to a server
    /// which hangs holds nobody else's letter up.
    pub async fn run(&self, app: App, stop: watch::Receiver<bool>) {
        let mut workers = JoinSet::new();
        for _ in 0..WORKERS {
            workers.spawn(self.clone().work(app.clone(), stop.clone()));
        }
        // What the server offers is known before the first shopper names an address.
        let learning = tokio::spawn(async move { app.mailer.learn().await });
        while workers.join_next().await.is_some() {}
        learning.abort();
    }

    async fn work(self, app: App, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            match self.send_due(&app).await {
                Ok(0) => {}
                Ok(_) => {
                    // There may be more than one can send.
                    self.0.notify_one();
                    continue;
                }
                Err(error) => tracing::warn!(%error, "the outbox cannot be read"),
            }
            tokio::select! {
                () = self.0.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
                _ = stop.changed() => return,
            }
        }
    }

    /// Sends the next letter that is due; gives how many were tried, none or one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn send_due(&self, app: &App) -> Result<usize, DbError> {
        let now = app.clock.now();
        let waiting: Option<(String,)> = app
            .db
            .optional(
                "SELECT id FROM outbox WHERE state = 'waiting' AND next_try_at <= $1 AND leased_until <= $1 LIMIT 1",
                args![now],
            )
            .await?;
        if waiting.is_none() {
            return Ok(0);
        }
        let Some(row) = lease(app, now).await? else { return Ok(0) };
        send_one(app, row).await?;
        Ok(1)
    }
}

async fn lease(app: &App, now: Millis) -> Result<Option<Due>, DbError> {
    let mut tx = app.db.begin().await?;
    // The one statement that differs: instances on PostgreSQL must not wait for each other.
    let sql = if tx.is_postgres() {
        "UPDATE outbox SET leased_until = $2, tries = tries + 1 WHERE id IN (
            SELECT id FROM outbox WHERE state = 'waiting' AND next_try_at <= $1 AND leased_until <= $1
            ORDER BY next_try_at LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING id, kind, message_id, sealed, tries, urgent, created_at, expires_at"
    } else {
        "UPDATE outbox SET leased_until = $2, tries = tries + 1 WHERE id IN (
            SELECT id FROM outbox WHERE state = 'waiting' AND next_try_at <= $1 AND leased_until <= $1
            ORDER BY next_try_at LIMIT 1)
         RETURNING id, kind, message_id, sealed, tries, urgent, created_at, expires_at"
    };
    let due = tx.optional(sql, args![now, now + LEASE]).await?;
    tx.commit().await?;
    Ok(due)
}

async fn send_one(app: &App, row: Due) -> Result<(), DbError> {
    let now = app.clock.now();
    if row.expires_at <= now {
        tracing::warn!(
            letter = row.id,
            kind = row.kind,
            "letter dropped: it could not be sent in time"
        );
        return settle(app, &row.id, "dropped", now).await;
    }
    let opened =
        row.sealed.as_deref().and_then(|sealed| app.keys.open(SealFor::Letter, &row.id, sealed));
    let Some(envelope) = opened.and_then(|plain| serde_json::from_slice::<Envelope>(&plain).ok())
    else {
        tracing::error!(
            letter = row.id,
            kind = row.kind,
            "letter dropped: LATCHKEY_SECRET is not the one it was sealed with"
        );
        return settle(app, &row.id, "dropped", now).await;
    };
    let opened = Opened {
        id: row.id.clone(),
        kind: row.kind.clone(),
        message_id: row.message_id.clone(),
        created_at: row.created_at,
        envelope,
    };
    let sent =
        tokio::time::timeout(CONVERSATION, app.mailer.send(&app.config.mail_from, &opened)).await;
    let now = app.clock.now();
    match sent {
        Ok(Ok(())) => {
            tracing::info!(letter = row.id, kind = row.kind, tries = row.tries, "letter sent");
            sent_well(app, &row, now).await
        }
        Ok(Err(error @ MailerError { failure: SendFailure::Never, .. })) => {
            tracing::warn!(
                letter = row.id,
                kind = row.kind,
                %error,
                "letter dropped: the server refuses its recipient for good"
            );
            settle(app, &row.id, "dropped", now).await
        }
        Ok(Err(error)) => {
            tracing::warn!(letter = row.id, kind = row.kind, tries = row.tries, %error, "letter not sent yet");
            retry(app, &row, now).await
        }
        Err(_) => {
            tracing::warn!(
                letter = row.id,
                kind = row.kind,
                tries = row.tries,
                "letter not sent yet: the server hangs"
            );
            retry(app, &row, now).await
        }
    }
}

/// Codes every 30 s (greylisting); others 1 s, 2 s, 4 s … 15 min.
fn pause(urgent: bool, tries: i64) -> Millis {
    if urgent {
        return URGENT_PAUSE;
    }
    let doublings = u32::try_from(tries - 1).unwrap_or_default().min(20);
    (SECOND << doublings).min(PAUSE_MAX)
}

async fn retry(app: &App, row: &Due, now: Millis) -> Result<(), DbError> {
    let mut tx = app.db.begin().await?;
    tx.execute(
        "UPDATE outbox SET leased_until = 0, next_try_at = $2 WHERE id = $1 AND state = 'waiting'",
        args![&row.id, now + pause(row.urgent, row.tries)],
    )
    .await?;
    tx.commit().await
}

/// Its owner sees in Activity that it was sent.
async fn sent_well(app: &App, row: &Due, now: Millis) -> Result<(), DbError> {
    let mut tx = app.db.begin().await?;
    // One statement: an account that is being deleted meanwhile waits for it, or is gone before.
    let whose: Option<(Option<String>,)> = tx
        .optional(
            "UPDATE outbox SET state = 'sent', sealed = NULL, done_at = $2 WHERE id = $1 RETURNING account_id",
            args![&row.id, now],
        )
        .await?;
    if let Some((Some(account),)) = whose {
        events::record_letter(&mut tx, &app.random, now, &account, &row.kind).await?;
    }
    tx.commit().await
}

/// The letter is done with: what it said is forgotten.
async fn settle(app: &App, id: &str, state: &str, now: Millis) -> Result<(), DbError> {
    let mut tx = app.db.begin().await?;
    tx.execute(
        "UPDATE outbox SET state = $2, sealed = NULL, done_at = $3 WHERE id = $1",
        args![id, state, now],
    )
    .await?;
    tx.commit().await
}

/// Takes the person out of the letters of an account that is deleted. Those that wait are not sent any
/// more.
///
/// # Errors
/// When the database fails.
pub async fn forget_account(tx: &mut Tx, account: &str) -> Result<(), DbError> {
    tx.execute("DELETE FROM outbox WHERE account_id = $1 AND state <> 'sent'", args![account])
        .await?;
    tx.execute("UPDATE outbox SET account_id = NULL WHERE account_id = $1", args![account])
        .await
        .map(drop)
}

/// Forgets letters that are long done, and decoys.
///
/// # Errors
/// When the database fails.
pub async fn sweep(tx: &mut Tx, now: Millis) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM outbox WHERE (state = 'decoy' AND created_at < $1) OR (state <> 'waiting' AND created_at < $2)",
        args![now - MINUTE, now - 30 * DAY],
    )
    .await
    .map(drop)
}
