//! Everything that a request may need, shared as one cheap clone.

use std::{ops::Deref, sync::Arc};

use tokio::sync::Semaphore;

use crate::{
    clock::Clock,
    config::Config,
    db::Db,
    domain::geoip::Geo,
    error::Problems,
    http::assets::Assets,
    mailer::{Mailer, Outbox},
    random::Random,
    realtime::Realtime,
    security::{KeyRing, password_hashing::Hasher},
    turns::{Pace, Turns},
};

/// The running application.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

/// The parts of the application. Clock, randomness, mail and database are passed in.
pub struct Parts {
    /// The settings.
    pub config: Arc<Config>,
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
    /// Keys derived from the secret.
    pub keys: Arc<KeyRing>,
    /// The password hashing pool.
    pub hasher: Hasher,
    /// Where emails are sent.
    pub mailer: Mailer,
    /// The emails that wait to be sent.
    pub outbox: Outbox,
    /// Who is watching what, and is notified when it changes.
    pub realtime: Realtime,
    /// Rough locations of networks.
    pub geo: Geo,
    /// Turns for re-encoding uploaded pictures: decoding one needs memory.
    pub pictures: Turns,
    /// Turns for estimating how strong a password is.
    pub estimates: Turns,
    /// How many password estimates each network requested.
    pub estimated: Pace,
    /// How many fields of registration each network had checked.
    pub checked: Pace,
    /// How many button presses of each network had their answers kept.
    pub pressed: Pace,
    /// Actions of staff, by account: see `support::console`.
    pub acted: Pace,
    /// Permits for rendering the queue for a console window: all windows are notified of a change at once.
    pub queues: Arc<Semaphore>,
    /// The problems that a form shown again may report.
    pub problems: Problems,
    /// The built files that pages refer to.
    pub assets: Assets,
}

impl AppState {
    /// Builds the state from its parts.
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
