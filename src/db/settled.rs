//! Answers that wait for the disk.

use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;

use super::DbError;

/// The result of a commit that others share.
pub(super) type Told = oneshot::Receiver<Result<(), DbError>>;

/// The commits that an answer waits for: of what was read before it was on the disk.
#[derive(Clone, Default)]
struct Awaited(Arc<Mutex<Pending>>);

#[derive(Default)]
struct Pending {
    told: Vec<Told>,
    /// Whether a commit failed: nothing that was read counts then.
    has_failed: bool,
}

impl Awaited {
    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn settle(&self) -> Result<(), DbError> {
        let told = mem::take(&mut self.pending().told);
        for told in told {
            if !matches!(told.await, Ok(Ok(()))) {
                self.pending().has_failed = true;
            }
        }
        if self.pending().has_failed {
            return Err(DbError::Protocol("a commit that others share failed".to_owned()));
        }
        Ok(())
    }
}

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
    awaited.settle().await?;
    Ok(output)
}

/// Waits for what the caller read so far: the connections that only read do not see it before it is on the disk.
///
/// # Errors
/// As [`settled`].
pub(super) async fn catch_up() -> Result<(), DbError> {
    match AWAITED.try_with(Clone::clone) {
        Ok(awaited) => awaited.settle().await,
        Err(_) => Ok(()),
    }
}

/// Returns whether the caller's answer waits for what it reads.
pub(super) fn is_awaited() -> bool {
    AWAITED.try_with(|_| ()).is_ok()
}

/// Lets the caller's answer wait for a commit.
pub(super) fn wait_for(told: Told) {
    let _ = AWAITED.try_with(|awaited| awaited.pending().told.push(told));
}
