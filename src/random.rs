//! Randomness as a parameter: the system's generator in production, a seeded one where a test needs the same numbers
//! twice.

use std::sync::{Arc, Mutex, PoisonError};

use rand::{
    Rng as _, SeedableRng as _, TryRng as _,
    rngs::{StdRng, SysRng},
};
use uuid::Uuid;

use crate::clock::Timestamp;

/// Where random numbers come from.
#[derive(Clone)]
pub enum Random {
    /// The operating system's generator.
    System,
    /// A reproducible sequence, for tests.
    Seeded(Arc<Mutex<StdRng>>),
}

impl Random {
    /// Returns a reproducible sequence.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// Returns `N` random bytes.
    ///
    /// # Panics
    /// When the operating system provides no randomness: nothing that this program does is safe then.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match self {
            #[expect(clippy::expect_used, reason = "without randomness nothing is safe to do")]
            Self::System => {
                SysRng.try_fill_bytes(&mut bytes).expect("the operating system gives randomness");
            }
            Self::Seeded(rng) => {
                rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
            }
        }
        bytes
    }

    /// Returns a number from `0` to `below - 1`, each equally likely (`below` > 0).
    #[must_use]
    pub fn below(&self, below: u64) -> u64 {
        // Values past the last whole multiple would make small results likelier.
        let limit = u64::MAX - u64::MAX % below;
        loop {
            let value = u64::from_le_bytes(self.bytes());
            if value < limit {
                return value % below;
            }
        }
    }

    /// Returns a UUIDv7 (RFC 9562 §5.7): the id of a new row, or a nonce.
    #[must_use]
    pub fn id<T: From<Uuid>>(&self, now: Timestamp) -> T {
        let millis = u64::try_from(now.as_millis()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid().into()
    }
}
