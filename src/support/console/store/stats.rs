//! The queries behind the statistics.

use crate::{
    args,
    clock::{Duration, Timestamp},
    db::{Db, DbError},
};

/// Maximum number of waits that are read: a shop with more has the same median.
const WAITS_MOST: i64 = 20_000;

/// How many users wait now, and since when the longest has.
#[derive(Clone, Copy, Default, sqlx::FromRow)]
pub(in crate::support::console) struct Waiting {
    pub count: i64,
    pub since: Option<Timestamp>,
}

pub(in crate::support::console) async fn waiting(db: &Db) -> Result<Waiting, DbError> {
    db.fetch_one(
        "SELECT COUNT(*) AS count, MIN(waiting_since) AS since FROM conversations WHERE state = 'waiting'",
        args![],
    )
    .await
}

/// Returns how long users waited for an answer since `since`: the newest waits, in no order.
pub(in crate::support::console) async fn waits(
    db: &Db,
    since: Timestamp,
) -> Result<Vec<Duration>, DbError> {
    let rows: Vec<(i64,)> = db
        .fetch_all(
            "SELECT waited FROM answers WHERE at >= $1 ORDER BY at DESC LIMIT $2",
            args![since, WAITS_MOST],
        )
        .await?;
    Ok(rows.into_iter().map(|(waited,)| Duration::from_millis(waited)).collect())
}

/// How many conversations were closed, and how many of these as solved.
#[derive(Clone, Copy, Default, sqlx::FromRow)]
pub(in crate::support::console) struct Closed {
    pub all: i64,
    pub solved: i64,
}

pub(in crate::support::console) async fn closed(
    db: &Db,
    since: Timestamp,
) -> Result<Closed, DbError> {
    db.fetch_one(
        "SELECT COUNT(*) AS \"all\", COUNT(CASE WHEN solved THEN 1 END) AS solved
         FROM conversations WHERE state = 'closed' AND closed_at >= $1",
        args![since],
    )
    .await
}

/// Returns how many conversations began on each day since `since`: the day's number, from 0, and the count.
pub(in crate::support::console) async fn begun_a_day(
    db: &Db,
    since: Timestamp,
) -> Result<Vec<(i64, i64)>, DbError> {
    db.fetch_all(
        "SELECT (created_at - $1) / 86400000 AS day, COUNT(*) FROM conversations WHERE created_at >= $1
         GROUP BY (created_at - $1) / 86400000",
        args![since],
    )
    .await
}
