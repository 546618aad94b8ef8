//! Time as a parameter, so that rules about minutes and years can be tested in
//! milliseconds.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Millis = i64;

/// One second, in [`Millis`].
pub const SECOND: Millis = 1_000;
/// One minute, in [`Millis`].
pub const MINUTE: Millis = 60 * SECOND;
/// One hour, in [`Millis`].
pub const HOUR: Millis = 60 * MINUTE;
/// One day, in [`Millis`].
pub const DAY: Millis = 24 * HOUR;

/// Where the time comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands still until it is advanced.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// Returns a clock that stands at `now`.
    #[must_use]
    pub fn manual(now: Millis) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(now)))
    }

    /// Returns the current time.
    #[must_use]
    pub fn now(&self) -> Millis {
        match self {
            #[expect(
                clippy::disallowed_methods,
                reason = "the one place where the machine's clock is read"
            )]
            Self::System => jiff::Timestamp::now().as_millisecond(),
            Self::Manual(now) => now.load(Ordering::SeqCst),
        }
    }

    /// Advances a manual clock; the machine's clock is not affected.
    pub fn advance(&self, by: Millis) {
        if let Self::Manual(now) = self {
            now.fetch_add(by, Ordering::SeqCst);
        }
    }
}
