//! Everything that a request may need, handed around as one cheap clone.

use std::{ops::Deref, sync::Arc};

use tokio::sync::Semaphore;

use crate::{
    error::Problems,
    server::{
        clock::Clock,
        config::Config,
        db::Db,
        geo::Geo,
        hashing::Hasher,
        http::assets::Assets,
        outbox::{Mailer, Outbox},
        random::Random,
        realtime::Realtime,
        secret::KeyRing,
        turns::{Pace, Turns},
    },
};

/// The running application.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

/// What it is made of. Clock, randomness, mail and database are handed in.
pub struct Parts {
    /// The settings.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
    /// Keys derived from the secret.
    pub keys: KeyRing,
    /// The password hashing pool.
    pub hasher: Hasher,
    /// Where letters go.
    pub mailer: Mailer,
    /// Wakes those who send them.
    pub outbox: Outbox,
    /// Who looks at what, and hears that it changed.
    pub realtime: Realtime,
    /// Rough places of networks.
    pub geo: Geo,
    /// Turns that uploaded pictures take: decoding one needs memory.
    pub pictures: Turns,
    /// Turns of estimating how strong a password is …
    pub estimates: Turns,
    /// … and how many of them each network had.
    pub estimated: Pace,
    /// How many fields of registration each network had judged.
    pub checked: Pace,
    /// How many buttons of each network were pressed whose answers are kept.
    pub pressed: Pace,
    /// What staff does, by account: see [`crate::operator`].
    pub acted: Pace,
    /// Turns of drawing the queue for a window of the console: all hear at once that it changed.
    pub queues: Arc<Semaphore>,
    /// What may be said of a form that comes back.
    pub problems: Problems,
    /// The built files that screens refer to.
    pub assets: Assets,
}

impl AppState {
    /// From its parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
