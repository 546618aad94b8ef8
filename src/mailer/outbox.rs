//! Writes emails into the outbox, in the transaction that causes them.

use std::sync::{Arc, Mutex as SyncMutex};

use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, Notify};

use super::{Block, EmailMessage, Mailer, Urgency, cause};
use crate::{
    args,
    clock::{Clock, DAY, Duration, HOUR, MINUTE, Timestamp, days},
    config::Config,
    db::{Db, DbError, Tx},
    domain::{format, ids::EmailId, values::identifier_key},
    i18n,
    random::Random,
    security::{KeyRing, MacFor, SealFor},
};

/// How long an email that is not a code is retried …
const GIVE_UP_AFTER: Duration = DAY;
/// … and one that lets its reader reclaim or stop something: an account may depend on it.
const GIVE_UP_RECLAIM_AFTER: Duration = days(7);
/// How far a waiting email moves the next one of the same origin back, behind those of others.
const STEP_BACK: Duration = MINUTE;

/// What is sealed in a row: the email as it will be sent.
#[derive(Serialize, Deserialize)]
pub(super) struct Envelope {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub login: Option<String>,
}

/// What the outbox needs of the application.
pub struct OutboxParts {
    /// The settings.
    pub config: Arc<Config>,
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
    /// The keys that seal what waits.
    pub keys: Arc<KeyRing>,
    /// Where emails are sent.
    pub mailer: Mailer,
}

/// The emails that wait to be sent, and their workers.
#[derive(Clone)]
pub struct Outbox(pub(super) Arc<Shared>);

pub(super) struct Shared {
    pub parts: OutboxParts,
    pub codes: Arc<Notify>,
    pub others: Arc<Notify>,
    /// One worker looks for the next email at a time: its origin is marked busy before the next one looks.
    pub looking: Mutex<()>,
    /// The origins whose emails are being sent. No origin has two workers: the others are free for other origins.
    pub busy: SyncMutex<Vec<String>>,
}

#[derive(sqlx::FromRow)]
struct OfLate {
    in_hour: i64,
    in_day: i64,
    hour_began: Option<Timestamp>,
    day_began: Option<Timestamp>,
    time_zone: Option<String>,
}

impl Outbox {
    /// Creates the outbox; [`Outbox::run`] sends what is in it.
    #[must_use]
    pub fn new(parts: OutboxParts) -> Self {
        Self(Arc::new(Shared {
            parts,
            codes: Arc::default(),
            others: Arc::default(),
            looking: Mutex::default(),
            busy: SyncMutex::default(),
        }))
    }

    /// Returns what a transaction that wrote an email notifies once it is committed.
    fn waker(&self, urgency: Urgency) -> Arc<Notify> {
        Arc::clone(if urgency == Urgency::Code { &self.0.codes } else { &self.0.others })
    }

    /// Puts an email into the outbox. With `deliver` false the same work is done and nothing is sent, so that the
    /// duration reveals nothing (ASVS 6.3.8). An email with a code, which expires at `expires_at`, is retried quickly
    /// and dropped then.
    ///
    /// An account gets a limited number of each kind but codes in an hour and a day; the last one states that further
    /// ones are suppressed. Its emails take turns with those of others.
    pub async fn enqueue(
        &self,
        tx: &mut Tx,
        mut email: EmailMessage,
        deliver: bool,
        not_before: Timestamp,
        expires_at: Option<Timestamp>,
    ) -> Result<(), DbError> {
        let whom = match &email.account_id {
            Some(account) => format!("account:{account}"),
            None => format!("mailbox:{}", identifier_key(&email.to)),
        };
        // Checked for every email: all take the same time.
        let deliver = self.is_within_cap(tx, &mut email).await? && deliver;
        self.put(tx, &whom, email, deliver, not_before, expires_at).await
    }

    /// As [`Outbox::enqueue`], for an email with a code that the network `from` requested: those of one network take
    /// turns with those of others, regardless of the recipients.
    pub async fn enqueue_code(
        &self,
        tx: &mut Tx,
        email: EmailMessage,
        deliver: bool,
        from: &str,
        (sent_at, expires_at): (Timestamp, Timestamp),
    ) -> Result<(), DbError> {
        self.put(tx, &format!("network:{from}"), email, deliver, sent_at, Some(expires_at)).await
    }

    async fn put(
        &self,
        tx: &mut Tx,
        whom: &str,
        email: EmailMessage,
        deliver: bool,
        not_before: Timestamp,
        expires_at: Option<Timestamp>,
    ) -> Result<(), DbError> {
        let parts = &self.0.parts;
        let now = parts.clock.now();
        let id: EmailId = parts.random.id(now);
        let sealed = self.seal(&id, &email)?;
        // "No account here" is not a code: it may arrive tomorrow.
        let expires_at = expires_at.filter(|_| email.kind.is_code());
        let cause = cause::of(tx, &email);
        let patience = if email.kind.lets_object() { GIVE_UP_RECLAIM_AFTER } else { GIVE_UP_AFTER };
        let domain = parts.config.base_url.host_str().unwrap_or("localhost");
        tx.defer(
            "INSERT INTO outbox (id, kind, account_id, message_id, sealed, state, tries, urgent, created_at, next_try_at,
                leased_until, expires_at, urgency, whom, turn, cause_id)
             VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, 0, $10, $11, $12, (
                SELECT CASE WHEN MAX(turn) + $13 > $9 THEN MAX(turn) + $13 ELSE $9 END
                FROM outbox WHERE state = 'waiting' AND whom = $12 AND urgency = $11), $14)",
            args![
                &id,
                email.kind.as_str(),
                email.account_id,
                format!("<{id}@{domain}>"),
                sealed,
                if deliver { "waiting" } else { "decoy" },
                expires_at.is_some(),
                now,
                not_before,
                expires_at.unwrap_or(now + patience),
                email.kind.urgency().as_number(),
                self.hidden(whom),
                STEP_BACK,
                cause
            ],
        )
        .await?;
        let waker = self.waker(email.kind.urgency());
        tx.after_commit(move || waker.notify_one());
        Ok(())
    }

    /// Hides an origin: a reader of the table must not learn it.
    fn hidden(&self, whom: &str) -> String {
        let parts = &self.0.parts;
        let mac = parts.keys.mac(MacFor::Throttle, &["outbox", whom]);
        mac.iter().take(16).fold(String::new(), |mut hex, byte| {
            hex.push_str(&format!("{byte:02x}"));
            hex
        })
    }

    /// Returns whether the account may get another email of this kind now, and marks the last one as such.
    async fn is_within_cap(&self, tx: &mut Tx, email: &mut EmailMessage) -> Result<bool, DbError> {
        let parts = &self.0.parts;
        let Some((an_hour, a_day)) = email.kind.most() else { return Ok(true) };
        let now = parts.clock.now();
        let of_late: OfLate = tx
            .fetch_one(
                "SELECT COUNT(CASE WHEN created_at > $3 THEN 1 END) AS in_hour, COUNT(*) AS in_day,
                    MIN(CASE WHEN created_at > $3 THEN created_at END) AS hour_began, MIN(created_at) AS day_began,
                    (SELECT time_zone FROM accounts WHERE id = $1) AS time_zone
                 FROM outbox WHERE account_id = $1 AND kind = $2 AND created_at > $4 AND state <> 'decoy'",
                args![
                    email.account_id.as_deref().unwrap_or_default(),
                    email.kind.as_str(),
                    now - HOUR,
                    now - DAY
                ],
            )
            .await?;
        if email.account_id.is_none() || !parts.config.limits {
            return Ok(true);
        }
        if of_late.in_hour >= an_hour || of_late.in_day >= a_day {
            return Ok(false);
        }
        let until = if of_late.in_day + 1 == a_day {
            of_late.day_began.unwrap_or(now) + DAY
        } else if of_late.in_hour + 1 == an_hour {
            of_late.hour_began.unwrap_or(now) + HOUR
        } else {
            return Ok(true);
        };
        let zone = of_late.time_zone.as_deref().and_then(format::Zone::parse).unwrap_or_default();
        email.blocks.push(Block::Text(i18n::emails::last_of_many(
            email.locale,
            format::datetime(email.locale, &zone, until),
            parts.config.address_of("/account/activity"),
        )));
        Ok(true)
    }

    /// Does the work of [`Outbox::enqueue`] and keeps nothing: where an email is due once in a long while only, and a
    /// row each time would be a way to fill the table.
    ///
    /// # Errors
    /// When the email is too large.
    pub fn rehearse(&self, email: &EmailMessage) -> Result<(), DbError> {
        let parts = &self.0.parts;
        self.seal(&parts.random.id(parts.clock.now()), email).map(drop)
    }

    /// Returns the email as it is kept in the row `id`.
    fn seal(&self, id: &EmailId, email: &EmailMessage) -> Result<Vec<u8>, DbError> {
        let parts = &self.0.parts;
        let (text, html) = email.render(&parts.config);
        let envelope = Envelope {
            to: email.to.clone(),
            subject: email.subject.clone(),
            text,
            html,
            login: email.login.clone(),
        };
        let plain = serde_json::to_vec(&envelope).map_err(|e| DbError::Encode(e.into()))?;
        parts
            .keys
            .seal(SealFor::Email, &parts.random, id, &plain)
            .ok_or_else(|| DbError::Encode("the email is too large".into()))
    }
}
