//! Statistics: how many users wait, how long an answer takes, how many conversations are solved.

use crate::{
    clock::{DAY, Duration, Timestamp},
    db::DbError,
    state::AppState,
    support::{console::store, conversation::percentile},
};

/// Number of days covered, including today. Days are in UTC.
pub(in crate::support::console) const DAYS: usize = 14;

/// What the page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::support::console) struct Stats {
    /// How many users wait now …
    pub waiting: i64,
    /// … and how long the first of them has waited.
    pub longest: Option<Duration>,
    /// The number of answers behind the next two values.
    pub answers: usize,
    /// The median answer time …
    pub median: Option<Duration>,
    /// … and the 90th percentile.
    pub p90: Option<Duration>,
    pub closed: i64,
    pub solved: i64,
    /// Conversations begun per day, with the start of each day; today is last.
    pub days: Vec<(Timestamp, i64)>,
}

impl Stats {
    /// Returns the percentage of closed conversations that were solved.
    pub(in crate::support::console) const fn solved_percent(&self) -> Option<i64> {
        if self.closed == 0 {
            None
        } else {
            Some((self.solved * 100 + self.closed / 2) / self.closed)
        }
    }
}

/// Computes the statistics.
#[tracing::instrument(skip_all)]
pub(in crate::support::console) async fn read(state: &AppState) -> Result<Stats, DbError> {
    let now = state.clock.now();
    let today = now.number_of(DAY);
    let beginnings = (0..DAYS).rev().map(|back| {
        let back = i64::try_from(back).unwrap_or_default();
        Timestamp::of_number(DAY, today - back)
    });
    let mut days: Vec<(Timestamp, i64)> = beginnings.map(|day| (day, 0)).collect();
    let since = days.first().map_or(now, |(day, _)| *day);
    let waiting = store::waiting(&state.db).await?;
    let mut waits = store::waits(&state.db, since).await?;
    waits.sort_unstable();
    let closed = store::closed(&state.db, since).await?;
    for (number, count) in store::begun_a_day(&state.db, since).await? {
        if let Some(day) = usize::try_from(number).ok().and_then(|number| days.get_mut(number)) {
            day.1 = count;
        }
    }
    Ok(Stats {
        waiting: waiting.count,
        longest: waiting.since.map(|since| now - since),
        answers: waits.len(),
        median: percentile(&waits, 50),
        p90: percentile(&waits, 90),
        closed: closed.all,
        solved: closed.solved,
        days,
    })
}
