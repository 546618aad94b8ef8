//! The workers that send what waits in the outbox.

use std::{
    sync::{Arc, Mutex as SyncMutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Mutex, Notify, watch},
    task::JoinSet,
};

use super::{
    Envelope, SendFailure, Urgency,
    mailer::{MailerError, Opened},
};
use crate::{
    args,
    server::{
        app::AppState,
        audit,
        clock::{DAY, MINUTE, Millis, SECOND},
        db::{DbError, Tx},
        secret::SealFor,
    },
};

/// How long a worker has a letter for itself. Longer than any SMTP conversation may take,
/// so that a letter is sent twice only when a worker dies in the middle of one; both have
/// the same Message-ID then.
const LEASE: Millis = 2 * MINUTE;
const CONVERSATION: Duration = Duration::from_secs(90);
/// Workers of one process that send nothing but codes: however slow the server is, one is free for whoever waits
/// before a screen …
const FOR_CODES: usize = 3;
/// … and workers that send whatever is most urgent.
const FOR_ALL: usize = 3;
/// How often it is looked whether something fell due, or another process wrote a letter.
const LOOK: Duration = Duration::from_secs(1);
const URGENT_PAUSE: Millis = 30 * SECOND;
const PAUSE_MAX: Millis = 15 * MINUTE;

/// Wakes the workers, and knows whose letters they are sending.
#[derive(Clone, Default)]
pub struct Outbox(Arc<Shared>);

#[derive(Default)]
struct Shared {
    codes: Arc<Notify>,
    others: Arc<Notify>,
    /// One looks for the next letter at a time: whose letter it found is busy before the next looks.
    looking: Mutex<()>,
    /// Whose letters are being sent. Nobody's letters have two workers: the others are free for others.
    busy: SyncMutex<Vec<String>>,
}

/// Whose letter is being sent, for as long as this lives.
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
    id: String,
    kind: String,
    message_id: String,
    sealed: Option<Vec<u8>>,
    tries: i64,
    urgent: bool,
    created_at: Millis,
    expires_at: Millis,
    whom: String,
}

impl Outbox {
    /// What a transaction that wrote a letter notifies once it is committed.
    #[must_use]
    pub fn waker(&self, urgency: Urgency) -> Arc<Notify> {
        Arc::clone(if urgency == Urgency::Code { &self.0.codes } else { &self.0.others })
    }

    /// Sends letters until `stop` says so. The workers are apart: one that talks to a server
    /// which hangs holds nobody else's letter up.
    pub async fn run(&self, state: AppState, stop: watch::Receiver<bool>) {
        let mut workers = JoinSet::new();
        for _ in 0..FOR_CODES {
            workers.spawn(self.clone().work(state.clone(), Urgency::Code, stop.clone()));
        }
        for _ in 0..FOR_ALL {
            workers.spawn(self.clone().work(state.clone(), Urgency::Rest, stop.clone()));
        }
        // What the server offers is known before the first shopper names an address.
        let learning = tokio::spawn(async move { state.mailer.learn().await });
        while workers.join_next().await.is_some() {}
        learning.abort();
    }

    async fn work(self, state: AppState, least: Urgency, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            match self.send_next(&state, least).await {
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

    /// Sends the most urgent letter that is due; gives how many were tried, none or one.
    pub async fn send_due(&self, state: &AppState) -> Result<usize, DbError> {
        self.send_next(state, Urgency::Rest).await
    }

    /// Sends the next letter that is due and no less urgent than `least`.
    async fn send_next(&self, state: &AppState, least: Urgency) -> Result<usize, DbError> {
        let Some((row, _busy)) = self.lease(state, least).await? else { return Ok(0) };
        // There may be more than one can send.
        self.0.codes.notify_one();
        if least != Urgency::Code {
            self.0.others.notify_one();
        }
        send_one(state, row).await?;
        Ok(1)
    }

    /// Takes the next letter: by urgency, then by turn, and none of whose letters one is being sent.
    async fn lease(
        &self,
        state: &AppState,
        least: Urgency,
    ) -> Result<Option<(Due, Busy)>, DbError> {
        let _one_at_a_time = self.0.looking.lock().await;
        let now = state.clock.now();
        let [a, b, c, d, e, f] = self.busy();
        let mut about = args![now, least.as_number(), a, b, c, d, e, f];
        // Mostly there is nothing, and whoever only looks is in no writer's way.
        if state.db.fetch_optional::<(String,)>(NEXT, about.clone()).await?.is_none() {
            return Ok(None);
        }
        about.extend(args![now + LEASE]);
        let mut tx = state.db.begin().await?;
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

    /// As many as there are workers.
    fn busy(&self) -> [String; FOR_CODES + FOR_ALL] {
        let busy = self.0.busy.lock().unwrap_or_else(PoisonError::into_inner);
        std::array::from_fn(|at| busy.get(at).cloned().unwrap_or_else(|| NOBODY.to_owned()))
    }
}

/// No origin is called so.
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

/// The next letter that is due, read from one index (`outbox_due`) and in its order: those that are not due, and
/// those of whoever is busy, are passed over without a look at their rows.
pub(crate) const NEXT: &str = next!();
const LEASE_SQLITE: &str = lease!(next!());
/// The one statement that differs: instances on PostgreSQL must not wait for each other.
const LEASE_POSTGRES: &str = lease!(concat!(next!(), " FOR UPDATE SKIP LOCKED"));

async fn send_one(state: &AppState, row: Due) -> Result<(), DbError> {
    let now = state.clock.now();
    if row.expires_at <= now {
        tracing::warn!(
            letter = row.id,
            kind = row.kind,
            tries = row.tries,
            "letter dropped: it could not be sent in time"
        );
        return settle(state, &row.id, "dropped", now).await;
    }
    let opened =
        row.sealed.as_deref().and_then(|sealed| state.keys.open(SealFor::Letter, &row.id, sealed));
    let Some(envelope) = opened.and_then(|plain| serde_json::from_slice::<Envelope>(&plain).ok())
    else {
        tracing::error!(
            letter = row.id,
            kind = row.kind,
            "letter dropped: LATCHKEY_SECRET is not the one it was sealed with"
        );
        return settle(state, &row.id, "dropped", now).await;
    };
    let opened = Opened {
        id: row.id.clone(),
        kind: row.kind.clone(),
        message_id: row.message_id.clone(),
        created_at: row.created_at,
        envelope,
    };
    let sent =
        tokio::time::timeout(CONVERSATION, state.mailer.send(&state.config.mail_from, &opened))
            .await;
    let now = state.clock.now();
    match sent {
        Ok(Ok(())) => {
            tracing::info!(letter = row.id, kind = row.kind, tries = row.tries, "letter sent");
            sent_well(state, &row, now).await
        }
        Ok(Err(error @ MailerError { failure: SendFailure::Never, .. })) => {
            tracing::warn!(
                letter = row.id,
                kind = row.kind,
                %error,
                "letter dropped: the server refuses its recipient for good"
            );
            settle(state, &row.id, "dropped", now).await
        }
        Ok(Err(error)) => {
            tracing::warn!(letter = row.id, kind = row.kind, tries = row.tries, %error, "letter not sent yet");
            retry(state, &row, now).await
        }
        Err(_) => {
            tracing::warn!(
                letter = row.id,
                kind = row.kind,
                tries = row.tries,
                "letter not sent yet: the server hangs"
            );
            retry(state, &row, now).await
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

async fn retry(state: &AppState, row: &Due, now: Millis) -> Result<(), DbError> {
    let mut tx = state.db.begin().await?;
    tx.execute(
        // Behind those that wait for their first try.
        "UPDATE outbox SET leased_until = 0, next_try_at = $2, turn = CASE WHEN turn < $2 THEN $2 ELSE turn END
         WHERE id = $1 AND state = 'waiting'",
        args![&row.id, now + pause(row.urgent, row.tries)],
    )
    .await?;
    tx.commit().await
}

/// Its owner sees in Activity that it was sent.
async fn sent_well(state: &AppState, row: &Due, now: Millis) -> Result<(), DbError> {
    let mut tx = state.db.begin().await?;
    // One statement: an account that is being deleted meanwhile waits for it, or is gone before.
    let whose: Option<(Option<String>, Option<String>)> = tx
        .fetch_optional(
            "UPDATE outbox SET state = 'sent', sealed = NULL, whom = '', done_at = $2 WHERE id = $1 RETURNING account_id, cause_id",
            args![&row.id, now],
        )
        .await?;
    if let Some((Some(account), cause)) = whose {
        let (random, cause) = (&state.random, cause.as_deref());
        audit::record_email(&mut tx, random, now, &account, &row.kind, cause).await?;
    }
    tx.commit().await
}

/// The letter is done with: what it said is forgotten.
async fn settle(state: &AppState, id: &str, end: &str, now: Millis) -> Result<(), DbError> {
    let mut tx = state.db.begin().await?;
    tx.execute(
        "UPDATE outbox SET state = $2, sealed = NULL, whom = '', done_at = $3 WHERE id = $1",
        args![id, end, now],
    )
    .await?;
    tx.commit().await
}

/// Takes the person out of the letters of an account that is deleted. Those that wait are not sent any
/// more.
pub async fn forget_account(tx: &mut Tx, account: &str) -> Result<(), DbError> {
    tx.execute("DELETE FROM outbox WHERE account_id = $1 AND state <> 'sent'", args![account])
        .await?;
    tx.execute(
        "UPDATE outbox SET account_id = NULL, whom = '' WHERE account_id = $1",
        args![account],
    )
    .await
    .map(drop)
}

/// Forgets letters that are long done, and decoys.
pub async fn sweep(tx: &mut Tx, now: Millis) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM outbox WHERE (state = 'decoy' AND created_at < $1) OR (state <> 'waiting' AND created_at < $2)",
        args![now - MINUTE, now - 30 * DAY],
    )
    .await
    .map(drop)
}
