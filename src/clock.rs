//! Time as a parameter, so that rules about minutes and years can be tested in milliseconds.

use std::{
    ops::{Add, Sub},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

pub use jiff::SignedDuration as Duration;
use serde::{Deserialize, Serialize};

use crate::db::Value;

/// One millisecond: how exactly time is stored.
pub const MILLISECOND: Duration = Duration::from_millis(1);
/// One second.
pub const SECOND: Duration = Duration::from_secs(1);
/// One minute.
pub const MINUTE: Duration = Duration::from_mins(1);
/// One hour.
pub const HOUR: Duration = Duration::from_hours(1);
/// One day.
pub const DAY: Duration = Duration::from_hours(24);

/// Returns this many seconds.
#[must_use]
pub const fn seconds(count: i64) -> Duration {
    Duration::from_secs(count)
}

/// Returns this many minutes.
#[must_use]
pub const fn minutes(count: i64) -> Duration {
    Duration::from_mins(count)
}

/// Returns this many hours.
#[must_use]
pub const fn hours(count: i64) -> Duration {
    Duration::from_hours(count)
}

/// Returns this many days of 24 hours.
#[must_use]
pub const fn days(count: i64) -> Duration {
    Duration::from_hours(24 * count)
}

/// Returns a duration in seconds, rounded up: a wait is never announced shorter than it is.
#[must_use]
pub const fn seconds_up(duration: Duration) -> i64 {
    let has_rest = duration.subsec_nanos() > 0;
    duration.as_secs().saturating_add(has_rest as i64)
}

/// Returns a duration in milliseconds, as it is stored.
#[must_use]
pub fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// A point in time, to the millisecond, as it is stored. (jiff's own type is finer: what was stored would not equal
/// what was held.) Arithmetic saturates.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    sqlx::Type,
)]
#[sqlx(transparent)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Returns the time so many milliseconds after 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Returns the milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Returns the number of whole spans of this length since 1970-01-01T00:00:00Z: the number of an hour or a minute.
    #[must_use]
    pub fn number_of(self, span: Duration) -> i64 {
        self.0.div_euclid(milliseconds(span).max(1))
    }

    /// Returns the time at which a span of this length and number begins; see [`Timestamp::number_of`].
    #[must_use]
    pub fn of_number(span: Duration, number: i64) -> Self {
        Self(milliseconds(span).saturating_mul(number))
    }

    /// Returns the time as jiff takes it for calendars and time zones; the first moment of 1970 for one that no
    /// calendar contains.
    #[must_use]
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or_default()
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(time: jiff::Timestamp) -> Self {
        Self(time.as_millisecond())
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, by: Duration) -> Self {
        Self(self.0.saturating_add(milliseconds(by)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(milliseconds(by)))
    }
}

impl Sub for Timestamp {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl From<Timestamp> for Value {
    fn from(time: Timestamp) -> Self {
        time.0.into()
    }
}

impl From<Option<Timestamp>> for Value {
    fn from(time: Option<Timestamp>) -> Self {
        time.map(|time| time.0).into()
    }
}

impl From<Duration> for Value {
    fn from(duration: Duration) -> Self {
        milliseconds(duration).into()
    }
}

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
    pub fn manual(now: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(now.0)))
    }

    /// Returns the current time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self {
            #[expect(
                clippy::disallowed_methods,
                reason = "the one place where the machine's clock is read"
            )]
            Self::System => jiff::Timestamp::now().into(),
            Self::Manual(now) => Timestamp(now.load(Ordering::SeqCst)),
        }
    }

    /// Advances a manual clock; the machine's clock is not affected.
    pub fn advance(&self, by: Duration) {
        if let Self::Manual(now) = self {
            now.fetch_add(milliseconds(by), Ordering::SeqCst);
        }
    }
}
