//! Live updates: whoever looks at something hears at once that it changed.
//!
//! A signal says *that* a topic changed, rarely what: who hears it reads the database again from where he was. So
//! a signal that is lost costs time, never a message. On PostgreSQL signals travel between instances by
//! `LISTEN/NOTIFY`, within the transaction that causes them; on SQLite there is one process.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlx::postgres::PgListener;
use tokio::sync::{broadcast, watch};

use crate::{
    args,
    server::db::{Db, DbError, Tx},
};

/// The channel on PostgreSQL.
const CHANNEL: &str = "latchkey";
/// Between topic and word in a payload: it stands in neither.
const SEPARATOR: char = '\u{1f}';
/// Signals that wait for one listener; whoever is further behind reads everything again.
const BACKLOG: usize = 32;
/// How many may listen to one topic in this process: a conversation has a few windows, not thousands.
const LISTENERS_MAX: usize = 200;
/// How long to wait before listening to PostgreSQL again.
const RETRY: Duration = Duration::from_secs(1);

/// What a topic says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Something changed: read again. The word says what, where that is all there is to know ("typing").
    Word(Arc<str>),
    /// Signals may have been lost: read everything again.
    All,
    /// The server stops.
    Stop,
}

/// The hub of this process.
#[derive(Clone, Default)]
pub struct Live(Arc<Hub>);

#[derive(Default)]
struct Hub {
    topics: Mutex<HashMap<String, broadcast::Sender<Signal>>>,
    stopped: Mutex<bool>,
}

/// Hears what is said on its topics; what was said before it began is not heard.
pub struct Listener {
    hub: Live,
    topic: String,
    signals: broadcast::Receiver<Signal>,
}

impl Listener {
    /// The next signal. Several that came meanwhile may be told as one [`Signal::All`].
    pub async fn next(&mut self) -> Signal {
        match self.signals.recv().await {
            Ok(signal) => signal,
            Err(broadcast::error::RecvError::Lagged(_)) => Signal::All,
            Err(broadcast::error::RecvError::Closed) => Signal::Stop,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut topics = self.hub.topics();
        // This one is still counted.
        if topics.get(&self.topic).is_some_and(|sender| sender.receiver_count() <= 1) {
            topics.remove(&self.topic);
        }
    }
}

impl Live {
    fn topics(&self) -> std::sync::MutexGuard<'_, HashMap<String, broadcast::Sender<Signal>>> {
        self.0.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Listens to a topic. Begin before reading the database, so that nothing falls in between. `None` when too many
    /// listen to it already, or the server stops.
    #[must_use]
    pub fn listen(&self, topic: &str) -> Option<Listener> {
        if *self.0.stopped.lock().unwrap_or_else(PoisonError::into_inner) {
            return None;
        }
        let mut topics = self.topics();
        let sender =
            topics.entry(topic.to_owned()).or_insert_with(|| broadcast::channel(BACKLOG).0);
        if sender.receiver_count() >= LISTENERS_MAX {
            return None;
        }
        let signals = sender.subscribe();
        drop(topics);
        Some(Listener { hub: self.clone(), topic: topic.to_owned(), signals })
    }

    /// Says a word on a topic once `tx` is committed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn say(&self, tx: &mut Tx, topic: &str, word: &str) -> Result<(), DbError> {
        if tx.is_postgres() {
            let payload = format!("{topic}{SEPARATOR}{word}");
            let sql = "SELECT CAST(1 AS BIGINT) FROM pg_notify($1, $2)";
            return tx.one::<(i64,)>(sql, args![CHANNEL, payload]).await.map(drop);
        }
        tx.say_after_commit(self.clone(), topic, word);
        Ok(())
    }

    /// Says a word on a topic at once: for what is not stored ("typing").
    ///
    /// # Errors
    /// When the database fails.
    pub async fn say_now(&self, db: &Db, topic: &str, word: &str) -> Result<(), DbError> {
        if db.is_postgres() {
            let payload = format!("{topic}{SEPARATOR}{word}");
            let sql = "SELECT CAST(1 AS BIGINT) FROM pg_notify($1, $2)";
            return db.one::<(i64,)>(sql, args![CHANNEL, payload]).await.map(drop);
        }
        self.hear(topic, Signal::Word(word.into()));
        Ok(())
    }

    /// Hands a signal to those who listen in this process.
    pub(super) fn hear(&self, topic: &str, signal: Signal) {
        if let Some(sender) = self.topics().get(topic) {
            let _ = sender.send(signal);
        }
    }

    fn hear_everywhere(&self, signal: &Signal) {
        for sender in self.topics().values() {
            let _ = sender.send(signal.clone());
        }
    }

    /// Ends all streams: the server stops, and browsers come back to the next one by themselves.
    pub fn stop(&self) {
        *self.0.stopped.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.hear_everywhere(&Signal::Stop);
    }

    /// Listens to what other instances say, until `stopped`.
    pub async fn run(self, db: Db, mut stopped: watch::Receiver<bool>) {
        let Db::Postgres(pool) = db else { return };
        loop {
            let follow = async {
                let mut listener = PgListener::connect_with(&pool).await?;
                listener.listen(CHANNEL).await?;
                // Whatever was said while nobody listened.
                self.hear_everywhere(&Signal::All);
                loop {
                    match listener.try_recv().await? {
                        Some(notification) => {
                            let payload = notification.payload();
                            let (topic, word) =
                                payload.split_once(SEPARATOR).unwrap_or((payload, ""));
                            self.hear(topic, Signal::Word(word.into()));
                        }
                        // The connection was lost and made again.
                        None => self.hear_everywhere(&Signal::All),
                    }
                }
            };
            tokio::select! {
                _ = stopped.changed() => return,
                result = follow => {
                    let result: Result<(), DbError> = result;
                    if let Err(error) = result {
                        tracing::warn!(%error, "live updates of other instances are not heard");
                    }
                }
            }
            tokio::select! {
                _ = stopped.changed() => return,
                () = tokio::time::sleep(RETRY) => {}
            }
        }
    }
}
