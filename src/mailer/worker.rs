//! The workers that send the emails in the outbox.

use std::{
    sync::{Arc, PoisonError},
    time,
};

use tokio::{sync::watch, task::JoinSet};

use super::{
    SendFailure, Urgency,
    outbox::{Envelope, Outbox, OutboxParts, Shared},
    transport::{MailerError, Opened},
};
use crate::{
    args,
    clock::{DAY, Duration, MINUTE, SECOND, Timestamp, minutes, seconds},
    db::{DbError, Tx},
    domain::{
        audit,
        ids::{AccountId, EmailId, EventId},
    },
    security::SealFor,
};

/// How long a worker leases an email. Longer than any SMTP conversation may take, so that an email is sent twice only
/// when a worker dies in the middle of one; both then have the same Message-ID.
const LEASE: Duration = minutes(2);
const CONVERSATION: time::Duration = time::Duration::from_secs(90);
/// Workers of one process that send nothing but codes: however slow the server is, one is free for a user who waits for
/// a code …
const FOR_CODES: usize = 3;
/// … and workers that send whatever is most urgent.
const FOR_ALL: usize = 3;
/// How often workers check whether an email fell due or another process wrote one.
const LOOK: time::Duration = time::Duration::from_secs(1);
const URGENT_PAUSE: Duration = seconds(30);
const PAUSE_MAX: Duration = minutes(15);

/// The origin whose email is being sent, for as long as this lives.
struct Busy(Arc<Shared>, String);

impl Drop for Busy {
    fn drop(&mut self) {
        let mut busy = self.0.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = busy.iter().position(|whom| *whom == self.1) {
            busy.swap_remove(at);
        }
    }
}

#[derive(sqlx::FromRow)]
struct Due {
    id: EmailId,
    kind: String,
    message_id: String,
    sealed: Option<Vec<u8>>,
    tries: i64,
    urgent: bool,
    created_at: Timestamp,
    expires_at: Timestamp,
    whom: String,
}

impl Outbox {
    /// Sends emails until `stop` is set. The workers are independent: one whose server hangs delays no other origin's
    /// email.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        let mut workers = JoinSet::new();
        for _ in 0..FOR_CODES {
            workers.spawn(self.clone().work(Urgency::Code, stop.clone()));
        }
        for _ in 0..FOR_ALL {
            workers.spawn(self.clone().work(Urgency::Rest, stop.clone()));
        }
        // What the server offers is known before the first user enters an address.
        let mailer = self.0.parts.mailer.clone();
        let learning = tokio::spawn(async move { mailer.learn().await });
        while workers.join_next().await.is_some() {}
        learning.abort();
    }

    async fn work(self, least: Urgency, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            match self.send_next(least).await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => tracing::warn!(%error, "the outbox cannot be read"),
            }
            let others = async {
                match least {
                    Urgency::Code => std::future::pending().await,
                    _ => self.0.others.notified().await,
                }
            };
            tokio::select! {
                () = self.0.codes.notified() => {}
                () = others => {}
                () = tokio::time::sleep(LOOK) => {}
                _ = stop.changed() => return,
            }
        }
    }

    /// Sends the most urgent email that is due; returns how many were tried, none or one.
    pub async fn send_due(&self) -> Result<usize, DbError> {
        self.send_next(Urgency::Rest).await
    }

    /// Returns how many emails wait to be sent, by any instance.
    pub async fn waiting(&self) -> Result<i64, DbError> {
        let query = "SELECT COUNT(*) FROM outbox WHERE state = 'waiting'";
        let (waiting,) = self.0.parts.db.fetch_one(query, args![]).await?;
        Ok(waiting)
    }

    /// Sends the next email that is due and no less urgent than `least`.
    async fn send_next(&self, least: Urgency) -> Result<usize, DbError> {
        let Some((row, _busy)) = self.lease(least).await? else { return Ok(0) };
        // There may be more than one worker can send.
        self.0.codes.notify_one();
        if least != Urgency::Code {
            self.0.others.notify_one();
        }
        send_one(&self.0.parts, row).await?;
        Ok(1)
    }

    /// Leases the next email: by urgency, then by turn, and from no origin that is busy.
    async fn lease(&self, least: Urgency) -> Result<Option<(Due, Busy)>, DbError> {
        let OutboxParts { clock, db, .. } = &self.0.parts;
        let _one_at_a_time = self.0.looking.lock().await;
        let now = clock.now();
        let [a, b, c, d, e, f] = self.busy();
        let mut about = args![now, least.as_number(), a, b, c, d, e, f];
        // Usually there is nothing, and reading alone blocks no writer.
        if db.fetch_optional::<(String,)>(NEXT, about.clone()).await?.is_none() {
            return Ok(None);
        }
        about.extend(args![now + LEASE]);
        let mut tx = db.begin().await?;
        let lease = if tx.is_postgres() { LEASE_POSTGRES } else { LEASE_SQLITE };
        let row: Option<Due> = tx.fetch_optional(lease, about).await?;
        tx.commit().await?;
        Ok(row.map(|row| {
            let whom = row.whom.clone();
            if !whom.is_empty() {
                self.0.busy.lock().unwrap_or_else(PoisonError::into_inner).push(whom.clone());
            }
            (row, Busy(Arc::clone(&self.0), whom))
        }))
    }

    /// Returns the busy origins, as many as there are workers.
    fn busy(&self) -> [String; FOR_CODES + FOR_ALL] {
        let busy = self.0.busy.lock().unwrap_or_else(PoisonError::into_inner);
        std::array::from_fn(|at| busy.get(at).cloned().unwrap_or_else(|| NOBODY.to_owned()))
    }
}

/// No origin has this name.
const NOBODY: &str = "-";

macro_rules! next {
    () => {
        "SELECT id FROM outbox
         WHERE state = 'waiting' AND urgency <= $2 AND next_try_at <= $1 AND leased_until <= $1
            AND whom NOT IN ($3, $4, $5, $6, $7, $8)
         ORDER BY urgency, turn LIMIT 1"
    };
}

macro_rules! lease {
    ($next:expr) => {
        concat!(
            "UPDATE outbox SET leased_until = $9, tries = tries + 1 WHERE id IN (",
            $next,
            ") RETURNING id, kind, message_id, sealed, tries, urgent, created_at, expires_at, whom"
        )
    };
}

/// The next email that is due, read from one index (`outbox_due`) and in its order: those that are not due, and those
/// of busy origins, are skipped without reading their rows.
pub(crate) const NEXT: &str = next!();
const LEASE_SQLITE: &str = lease!(next!());
/// The one statement that differs: instances on PostgreSQL must not wait for each other.
const LEASE_POSTGRES: &str = lease!(concat!(next!(), " FOR UPDATE SKIP LOCKED"));

#[tracing::instrument(skip_all, fields(email = row.id.as_str(), kind = row.kind))]
async fn send_one(parts: &OutboxParts, row: Due) -> Result<(), DbError> {
    let now = parts.clock.now();
    if row.expires_at <= now {
        tracing::warn!(tries = row.tries, "email dropped: it could not be sent in time");
        return settle(parts, &row.id, "dropped", now).await;
    }
    let opened =
        row.sealed.as_deref().and_then(|sealed| parts.keys.open(SealFor::Email, &row.id, sealed));
    let Some(envelope) = opened.and_then(|plain| serde_json::from_slice::<Envelope>(&plain).ok())
    else {
        tracing::error!("email dropped: LATCHKEY_SECRET is not the one it was sealed with");
        return settle(parts, &row.id, "dropped", now).await;
    };
    let opened = Opened {
        id: row.id.clone(),
        kind: row.kind.clone(),
        message_id: row.message_id.clone(),
        created_at: row.created_at,
        envelope,
    };
    let sent =
        tokio::time::timeout(CONVERSATION, parts.mailer.send(&parts.config.mail_from, &opened))
            .await;
    let now = parts.clock.now();
    match sent {
        Ok(Ok(())) => {
            tracing::info!(tries = row.tries, "email sent");
            sent_well(parts, &row, now).await
        }
        Ok(Err(error @ MailerError { failure: SendFailure::Never, .. })) => {
            tracing::warn!(
                %error,
                "email dropped: the server refuses its recipient for good"
            );
            settle(parts, &row.id, "dropped", now).await
        }
        Ok(Err(error)) => {
            tracing::warn!(tries = row.tries, %error, "email not sent yet");
            retry(parts, &row, now).await
        }
        Err(_) => {
            tracing::warn!(tries = row.tries, "email not sent yet: the server hangs");
            retry(parts, &row, now).await
        }
    }
}

/// Returns the pause before the next try: codes every 30 s (greylisting); others 1 s, 2 s, 4 s … 15 min.
fn pause(urgent: bool, tries: i64) -> Duration {
    if urgent {
        return URGENT_PAUSE;
    }
    let doublings = u32::try_from(tries - 1).unwrap_or_default().min(20);
    (SECOND * (1 << doublings)).min(PAUSE_MAX)
}

async fn retry(parts: &OutboxParts, row: &Due, now: Timestamp) -> Result<(), DbError> {
    let mut tx = parts.db.begin().await?;
    tx.execute(
        // Behind the emails that wait for their first try.
        "UPDATE outbox SET leased_until = 0, next_try_at = $2, turn = CASE WHEN turn < $2 THEN $2 ELSE turn END
         WHERE id = $1 AND state = 'waiting'",
        args![&row.id, now + pause(row.urgent, row.tries)],
    )
    .await?;
    tx.commit().await
}

/// Marks an email as sent, and records that in the owner's Activity.
async fn sent_well(parts: &OutboxParts, row: &Due, now: Timestamp) -> Result<(), DbError> {
    let mut tx = parts.db.begin().await?;
    // One statement: a concurrent deletion of the account waits for it, or came before it.
    let whose: Option<(Option<AccountId>, Option<EventId>)> = tx
        .fetch_optional(
            "UPDATE outbox SET state = 'sent', sealed = NULL, whom = '', done_at = $2 WHERE id = $1 RETURNING account_id, cause_id",
            args![&row.id, now],
        )
        .await?;
    if let Some((Some(account), cause)) = whose {
        let (random, cause) = (&parts.random, cause.as_ref());
        audit::record_email(&mut tx, random, now, &account, &row.kind, cause).await?;
    }
    tx.commit().await
}

/// Marks an email as done and deletes its content.
async fn settle(
    parts: &OutboxParts,
    id: &EmailId,
    end: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    let mut tx = parts.db.begin().await?;
    tx.execute(
        "UPDATE outbox SET state = $2, sealed = NULL, whom = '', done_at = $3 WHERE id = $1",
        args![id, end, now],
    )
    .await?;
    tx.commit().await
}

/// Removes the personal data from the emails of a deleted account. Those that wait are no longer sent.
pub async fn forget_account(tx: &mut Tx, account: &AccountId) -> Result<(), DbError> {
    tx.execute("DELETE FROM outbox WHERE account_id = $1 AND state <> 'sent'", args![account])
        .await?;
    tx.execute(
        "UPDATE outbox SET account_id = NULL, whom = '' WHERE account_id = $1",
        args![account],
    )
    .await
    .map(drop)
}

/// Deletes emails that are long done, and decoys.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM outbox WHERE (state = 'decoy' AND created_at < $1) OR (state <> 'waiting' AND created_at < $2)",
        args![now - MINUTE, now - 30 * DAY],
    )
    .await
    .map(drop)
}
