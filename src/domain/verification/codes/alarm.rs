//! The alarm: while far more wrong codes than usual are entered on the whole site, all new codes are long, and short
//! ones from strangers are refused.
//!
//! Only failures that were compared with a code count: a try that was refused unchecked, or that could not have been
//! right, guesses nothing. One network adds only a few an hour, so that no single attacker can raise the alarm; and
//! what one hour adds to the usual level is capped, so that nobody can hide an attack by raising that level. Failures
//! are counted by the hour, without regard to who failed.

use crate::{
    args,
    clock::{HOUR, Timestamp, milliseconds},
    db::{DbError, Tx},
    domain::{
        client,
        rate_limit::{self, Key},
    },
    state::AppState,
};

/// The site is under attack at this many times its usual failures …
pub const SITE_FACTOR: i64 = 10;
/// … but not below this many an hour.
pub const SITE_FLOOR: i64 = 100;
/// The most that one hour adds to the usual level: more than this times [`SITE_FACTOR`] is always an attack.
pub const SITE_USUAL_MOST: i64 = 30;
/// The most that one network adds an hour; for IPv6, a whole [allocation](client::allocation).
pub const SITE_NETWORK_MOST: i64 = 10;

/// How many hours the usual level is averaged over.
const USUAL: i64 = 7 * 24;

/// Counts a failure that was compared with a code.
pub(super) async fn count(
    state: &AppState,
    tx: &mut Tx,
    network: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    let network = Key::new(&state.keys, "alarm-network", &[&client::allocation(network)]);
    if rate_limit::count(tx, &network, HOUR, now).await?.count > SITE_NETWORK_MOST {
        return Ok(());
    }
    tx.defer(
        "INSERT INTO failed_codes (hour, count) VALUES ($1, 1)
         ON CONFLICT (hour) DO UPDATE SET count = failed_codes.count + 1",
        args![now.number_of(HOUR)],
    )
    .await
}

/// Returns whether the site is under attack.
pub(super) async fn is_on(tx: &mut Tx, now: Timestamp) -> Result<bool, DbError> {
    let hour = now.number_of(HOUR);
    let (this, before): (i64, i64) = tx
        .fetch_one(
            "SELECT CAST(COALESCE(SUM(CASE WHEN hour = $1 THEN count ELSE 0 END), 0) AS BIGINT),
                CAST(COALESCE(SUM(CASE WHEN hour = $1 THEN 0 ELSE count END), 0) AS BIGINT)
             FROM failed_codes WHERE hour >= $2",
            args![hour, hour - 1],
        )
        .await?;
    // The part of the previous hour that is less than an hour ago.
    let gone = milliseconds(now - Timestamp::of_number(HOUR, hour));
    let lately = this + before * (milliseconds(HOUR) - gone) / milliseconds(HOUR);
    if lately < SITE_FLOOR {
        return Ok(false);
    }
    let (usual,): (i64,) = tx
        .fetch_one(
            "SELECT CAST(COALESCE(SUM(CASE WHEN count > $3 THEN $3 ELSE count END), 0) AS BIGINT)
             FROM failed_codes WHERE hour >= $1 AND hour < $2",
            args![hour - 1 - USUAL, hour - 1, SITE_USUAL_MOST],
        )
        .await?;
    Ok(lately * USUAL > SITE_FACTOR * usual)
}

/// Deletes hours that no longer count.
pub(super) async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    let oldest = now.number_of(HOUR) - 1 - USUAL;
    tx.execute("DELETE FROM failed_codes WHERE hour < $1", args![oldest]).await.map(drop)
}
