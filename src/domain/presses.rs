//! Buttons that are pressed twice: the answer to the first press is kept for a minute, sealed, under a MAC of what was
//! posted and by which browser.

use crate::{
    args,
    clock::{Duration, MINUTE, Timestamp},
    db::{Db, DbError, Tx, Writer as _},
};

/// How long a second press gets the answer of the first.
pub const KEPT: Duration = MINUTE;

/// The state of an earlier press.
#[derive(Debug, PartialEq, Eq)]
pub enum Pressed {
    /// Nothing is kept of it: it was refused, or its minute is over. Pressing again is a new attempt.
    No,
    /// It is still being processed.
    AtWork,
    /// It was answered with this.
    Answered(Vec<u8>),
}

/// Registers a press as the first: returns false if there was one within the last minute.
pub async fn begin(db: &Db, key: &[u8], now: Timestamp) -> Result<bool, DbError> {
    let begun: Option<(i64,)> = db
        .relaxed()
        .fetch_optional(
            "INSERT INTO presses (key, answer, expires_at) VALUES ($1, NULL, $2)
             ON CONFLICT (key) DO UPDATE SET answer = NULL, expires_at = $2 WHERE presses.expires_at <= $3
             RETURNING expires_at",
            args![key.to_vec(), now + KEPT, now],
        )
        .await?;
    Ok(begun.is_some())
}

/// Returns what became of the first press.
pub async fn look(db: &Db, key: &[u8], now: Timestamp) -> Result<Pressed, DbError> {
    let found: Option<(Option<Vec<u8>>,)> = db
        .fetch_optional(
            "SELECT answer FROM presses WHERE key = $1 AND expires_at > $2",
            args![key.to_vec(), now],
        )
        .await?;
    Ok(match found {
        None => Pressed::No,
        Some((None,)) => Pressed::AtWork,
        Some((Some(answer),)) => Pressed::Answered(answer),
    })
}

/// Stores the answer to a press.
pub async fn finish(db: &Db, key: &[u8], answer: Vec<u8>, now: Timestamp) -> Result<(), DbError> {
    let mut tx = db.begin_relaxed().await?;
    tx.execute(
        "UPDATE presses SET answer = $2, expires_at = $3 WHERE key = $1",
        args![key.to_vec(), answer, now + KEPT],
    )
    .await?;
    tx.commit().await
}

/// Deletes a press that was refused.
pub async fn forget(db: &Db, key: &[u8]) -> Result<(), DbError> {
    let mut tx = db.begin_relaxed().await?;
    tx.execute("DELETE FROM presses WHERE key = $1", args![key.to_vec()]).await?;
    tx.commit().await
}

/// Deletes presses whose minute is over.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    tx.execute("DELETE FROM presses WHERE expires_at <= $1", args![now]).await.map(drop)
}
