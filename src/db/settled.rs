//! Answers that wait for the disk.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use super::DbError;

/// The result of a commit that others share.
pub(super) type Told = oneshot::Receiver<Result<(), DbError>>;

/// The commits that an answer waits for: of what was read before it was on the disk.
#[derive(Clone, Default)]
struct Awaited(Arc<Mutex<Vec<Told>>>);

tokio::task_local! {
    static AWAITED: Awaited;
}

/// Runs what answers a caller, and returns once everything that it read is on the disk.
///
/// On SQLite, transactions that wait for each other share one commit; each sees what those before it wrote. One that
/// commits learns the result with the others. One that is dropped (a refusal, or nothing was left to do) must not be
/// answered earlier: a power cut could undo what the answer is based on. This is where it waits. Outside of this
/// function no transaction shares a commit, so no caller needs a rule.
///
/// # Errors
/// When a commit failed: what was read was never stored, and the answer must be discarded.
pub async fn settled<F: Future>(what: F) -> Result<F::Output, DbError> {
    let awaited = Awaited::default();
    let output = AWAITED.scope(awaited.clone(), what).await;
    let all = std::mem::take(&mut *awaited.0.lock().unwrap_or_else(PoisonError::into_inner));
    for told in all {
        told.await.map_err(|_| DbError::WorkerCrashed)??;
    }
    Ok(output)
}

/// Returns whether the caller's answer waits for what it reads.
pub(super) fn is_awaited() -> bool {
    AWAITED.try_with(|_| ()).is_ok()
}

/// Lets the caller's answer wait for a commit.
pub(super) fn wait_for(told: Told) {
    let _ = AWAITED.try_with(|awaited| {
        awaited.0.lock().unwrap_or_else(PoisonError::into_inner).push(told);
    });
}
