//! Live updates: a browser that shows something is notified at once when it changes.
//!
//! A signal says *that* a topic changed, rarely what: its receiver reads the database again from its last position. So
//! a lost signal costs time, never a message. On PostgreSQL signals travel between instances by `LISTEN/NOTIFY`, within
//! the transaction that causes them; on SQLite there is one process. Behind a pooler in transaction mode `LISTEN` does
//! not work: each instance then receives its own signals only, and checks every few seconds for what others did.

mod change;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sqlx::postgres::PgListener;
use tokio::{
    sync::{broadcast, watch},
    time::Instant,
};

pub use self::change::Change;
use crate::{
    args,
    db::{Db, DbError, Tx},
};

/// The channel on PostgreSQL.
const CHANNEL: &str = "latchkey";
/// Separates topic and change in a payload; neither contains it.
const SEPARATOR: char = '\u{1f}';
/// Signals that are queued for one listener; a listener that is further behind reads everything again.
const BACKLOG: usize = 32;
/// How many guests (listeners that are not staff) may listen to one topic in this process: a conversation has a few
/// windows, not thousands. A user who takes them all shuts out nobody else.
const GUESTS_MAX: usize = 20;
/// How many guests may listen from one network: each keeps a connection open, and connections are limited.
pub const GUESTS_OF_NETWORK: usize = 200;
/// A change that is not stored is not published again within this time.
const SAID_AGAIN: Duration = Duration::from_secs(2);
/// How often to check for what other instances did, where `LISTEN` does not work.
const LOOK: Duration = Duration::from_secs(5);
/// How long to wait before listening to PostgreSQL again.
const RETRY: Duration = Duration::from_secs(1);

/// What a listener receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Something changed: read again.
    Changed(Change),
    /// Signals may have been lost: read everything again.
    All,
    /// The server is stopping.
    Stop,
}

/// The hub of this process.
#[derive(Clone, Default)]
pub struct Realtime(Arc<Hub>);

struct Hub {
    /// `None` once the server stops.
    topics: Mutex<Option<HashMap<String, Topic>>>,
    /// When a change that is not stored was last published; kept only as long as it prevents a repetition.
    said: Mutex<HashMap<(String, Change), Instant>>,
    /// How many guests listen from each network.
    guests: Mutex<HashMap<String, usize>>,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            topics: Mutex::new(Some(HashMap::new())),
            said: Mutex::default(),
            guests: Mutex::default(),
        }
    }
}

struct Topic {
    sender: broadcast::Sender<Event>,
    /// How many listen.
    listeners: usize,
    /// How many of them are guests.
    guests: usize,
}

/// Receives what is published on its topic; what was published before it began is not received.
pub struct Listener {
    hub: Realtime,
    topic: String,
    guest: bool,
    signals: broadcast::Receiver<Event>,
    /// Its place among the guests of its network.
    _place: Option<Place>,
}

/// One of the guest places of a network.
struct Place {
    hub: Realtime,
    network: String,
}

impl Place {
    fn take(hub: &Realtime, network: &str) -> Option<Self> {
        let mut guests = hub.0.guests.lock().unwrap_or_else(PoisonError::into_inner);
        let count = guests.entry(network.to_owned()).or_default();
        if *count >= GUESTS_OF_NETWORK {
            return None;
        }
        *count += 1;
        drop(guests);
        Some(Self { hub: hub.clone(), network: network.to_owned() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut guests = self.hub.0.guests.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = guests.get_mut(&self.network) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                guests.remove(&self.network);
            }
        }
    }
}

impl Listener {
    /// Returns the next signal. Several that came meanwhile may be combined into one [`Event::All`].
    pub async fn next(&mut self) -> Event {
        match self.signals.recv().await {
            Ok(signal) => signal,
            Err(broadcast::error::RecvError::Lagged(_)) => Event::All,
            Err(broadcast::error::RecvError::Closed) => Event::Stop,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut topics = self.hub.topics();
        let Some(topics) = topics.as_mut() else { return };
        let Some(topic) = topics.get_mut(&self.topic) else { return };
        topic.listeners = topic.listeners.saturating_sub(1);
        topic.guests = topic.guests.saturating_sub(usize::from(self.guest));
        // Not as the sender counts: two that are dropped at the same time are both still counted there.
        if topic.listeners == 0 {
            topics.remove(&self.topic);
        }
    }
}

impl Realtime {
    fn topics(&self) -> MutexGuard<'_, Option<HashMap<String, Topic>>> {
        self.0.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Listens to a topic, for staff and the server itself. Begin before reading the database, so that no change is
    /// missed in between. `None` when the server is stopping.
    #[must_use]
    pub fn listen(&self, topic: &str) -> Option<Listener> {
        self.listen_as(topic, false, None)
    }

    /// As [`Self::listen`], for guests: `None` also when too many of them listen to it already, or too many from their
    /// `network`, where that is limited. Staff can listen however many guests there are.
    #[must_use]
    pub fn listen_as_guest(&self, topic: &str, network: Option<&str>) -> Option<Listener> {
        let place = match network {
            Some(network) => Some(Place::take(self, network)?),
            None => None,
        };
        self.listen_as(topic, true, place)
    }

    fn listen_as(&self, name: &str, guest: bool, place: Option<Place>) -> Option<Listener> {
        let mut topics = self.topics();
        let topic = topics.as_mut()?.entry(name.to_owned()).or_insert_with(|| Topic {
            sender: broadcast::channel(BACKLOG).0,
            listeners: 0,
            guests: 0,
        });
        if guest && topic.guests >= GUESTS_MAX {
            return None;
        }
        topic.listeners += 1;
        topic.guests += usize::from(guest);
        let signals = topic.sender.subscribe();
        drop(topics);
        Some(Listener { hub: self.clone(), topic: name.to_owned(), guest, signals, _place: place })
    }

    /// Publishes a change on a topic once `tx` is committed.
    pub async fn publish(&self, tx: &mut Tx, topic: &str, change: Change) -> Result<(), DbError> {
        if tx.notifies() {
            let payload = format!("{topic}{SEPARATOR}{}", change.encode());
            let sql = "SELECT CAST(1 AS BIGINT) FROM pg_notify($1, $2)";
            return tx.fetch_one::<(i64,)>(sql, args![CHANNEL, payload]).await.map(drop);
        }
        let (realtime, topic) = (self.clone(), topic.to_owned());
        tx.after_commit(move || realtime.deliver(&topic, Event::Changed(change)));
        Ok(())
    }

    /// Publishes a change on a topic at once, for what is not stored ("typing"), unless it was published a moment ago:
    /// repetitions are dropped.
    pub async fn publish_now(&self, db: &Db, topic: &str, change: Change) -> Result<(), DbError> {
        if !self.is_news(topic, change) {
            return Ok(());
        }
        if db.sessions().is_some() {
            let payload = format!("{topic}{SEPARATOR}{}", change.encode());
            let sql = "SELECT CAST(1 AS BIGINT) FROM pg_notify($1, $2)";
            return db.fetch_one::<(i64,)>(sql, args![CHANNEL, payload]).await.map(drop);
        }
        self.deliver(topic, Event::Changed(change));
        Ok(())
    }

    fn is_news(&self, topic: &str, change: Change) -> bool {
        let mut said = self.0.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.retain(|_, at| at.elapsed() < SAID_AGAIN);
        let key = (topic.to_owned(), change);
        let news = !said.contains_key(&key);
        if news {
            said.insert(key, Instant::now());
        }
        news
    }

    /// Delivers a signal to the listeners in this process.
    pub(super) fn deliver(&self, topic: &str, signal: Event) {
        if let Some(topic) = self.topics().as_ref().and_then(|topics| topics.get(topic)) {
            let _ = topic.sender.send(signal);
        }
    }

    fn deliver_everywhere(&self, signal: &Event) {
        for topic in self.topics().iter().flat_map(HashMap::values) {
            let _ = topic.sender.send(*signal);
        }
    }

    /// Ends all streams: the server stops, and browsers reconnect to the next one by themselves.
    pub fn stop(&self) {
        // Without their senders all listeners receive `Event::Stop`.
        drop(self.topics().take());
    }

    /// Tells all listeners every few seconds to look for what other instances did, until `stopped`.
    async fn look(&self, mut stopped: watch::Receiver<bool>) {
        tracing::warn!(
            "the database is behind a pooler in transaction mode: live updates of other instances come up to {} s late; \
             LATCHKEY_DATABASE_DIRECT_URL makes them immediate",
            LOOK.as_secs()
        );
        loop {
            tokio::select! {
                _ = stopped.changed() => return,
                () = tokio::time::sleep(LOOK) => self.deliver_everywhere(&Event::All),
            }
        }
    }

    /// Listens for signals of other instances, until `stopped`.
    pub async fn run(self, db: Db, mut stopped: watch::Receiver<bool>) {
        if !db.is_postgres() {
            return;
        }
        let Some(pool) = db.sessions() else { return self.look(stopped).await };
        loop {
            let follow = async {
                let mut listener = PgListener::connect_with(pool).await?;
                listener.listen(CHANNEL).await?;
                // For what was published while this instance did not listen.
                self.deliver_everywhere(&Event::All);
                loop {
                    match listener.try_recv().await? {
                        Some(notification) => {
                            let payload = notification.payload();
                            let (topic, change) =
                                payload.split_once(SEPARATOR).unwrap_or((payload, ""));
                            let change = Change::decode(change);
                            self.deliver(topic, change.map_or(Event::All, Event::Changed));
                        }
                        // The connection was lost and restored.
                        None => self.deliver_everywhere(&Event::All),
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
