//! Transactions on SQLite.
//!
//! A commit waits for the disk, and all writers in the queue wait with it. So a shared transaction that ends while
//! another one waits to begin stays open for it: both are members of a group, and each member is notified when the
//! group is committed, by its last member or by a task at the end of the current queue. A member that fails is rolled
//! back alone, to the savepoint after the member before it; its caller is answered with the others ([`settled`]).

use std::sync::atomic::Ordering;

use sqlx::sqlite::SqliteRow;
use tokio::sync::oneshot;

use super::{
    super::{Commit, DbError, Row, Value, batch::Batch, settled},
    SqliteWriter, WriterGuard, failed, first, level, run,
};

/// A transaction on SQLite.
pub struct SqliteTx {
    turn: WriterGuard,
    /// What is sent to SQLite with the next statement: the `BEGIN`, and the deferred statements.
    deferred: Batch,
    state: State,
    /// The writer whose queue may share the commit, if it may be shared.
    shared: Option<SqliteWriter>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing was run or deferred yet.
    Empty,
    Sound,
    /// A statement failed, perhaps the `BEGIN` itself, or its result was not awaited.
    Failed,
}

impl Drop for SqliteTx {
    fn drop(&mut self) {
        // What this one read of the open group is not on the disk yet: its caller is answered with the group.
        if self.shared.is_some()
            && self.state != State::Empty
            && let Ok(slot) = self.turn.slot()
            && !slot.group.is_empty()
        {
            let (told, committed) = oneshot::channel();
            slot.group.push(told);
            settled::wait_for(committed);
        }
    }
}

impl SqliteTx {
    /// Creates a transaction in this turn; a shared one joins the open group, if there is one.
    pub(super) fn new(
        mut turn: WriterGuard,
        commit: Commit,
        all: &SqliteWriter,
    ) -> Result<Self, DbError> {
        let mut deferred = Batch::default();
        if turn.slot()?.group.is_empty() {
            deferred.push(level(commit), vec![]);
            deferred.push("BEGIN IMMEDIATE", vec![]);
        }
        let shared = (commit == Commit::Shared).then(|| all.clone());
        Ok(Self { turn, deferred, state: State::Empty, shared })
    }

    pub fn defer(&mut self, sql: &str, args: Vec<Value>) {
        self.deferred.push(sql, args);
        if self.state == State::Empty {
            self.state = State::Sound;
        }
    }

    /// Ends the transaction. Must not be dropped half-way: the other members of a group would not learn the result.
    pub async fn commit(mut self) -> Result<(), DbError> {
        if self.state == State::Empty {
            return Ok(());
        }
        if let Some(shared) = self.shared.take_if(|all| all.queue.load(Ordering::Relaxed) > 0) {
            return self.leave(shared).await;
        }
        self.execute("COMMIT", vec![]).await?;
        self.turn.finish();
        self.turn.slot()?.tell_group(|| Ok(()));
        Ok(())
    }

    /// Leaves the transaction open for the next in the queue, and waits for its commit.
    async fn leave(mut self, shared: SqliteWriter) -> Result<(), DbError> {
        let is_first = self.turn.slot()?.group.is_empty();
        if !is_first {
            self.defer("RELEASE member", vec![]);
        }
        self.execute("SAVEPOINT member", vec![]).await?;
        let (told, committed) = oneshot::channel();
        self.turn.slot()?.group.push(told);
        self.turn.finish();
        if is_first {
            tokio::spawn(shared.flush_behind_the_queue());
        }
        drop(self);
        committed.await.map_err(|_| DbError::WorkerCrashed)?
    }

    pub async fn execute(&mut self, sql: &'static str, args: Vec<Value>) -> Result<u64, DbError> {
        self.run(sql, args, |_| Ok(())).await
    }

    pub async fn fetch_optional<T: Row>(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Option<T>, DbError> {
        let mut found = None;
        self.run(sql, args, first(&mut found)).await?;
        Ok(found)
    }

    pub async fn fetch_all<T: Row>(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Vec<T>, DbError> {
        let mut rows = Vec::new();
        self.run(sql, args, |row| {
            rows.push(T::from_row(&row)?);
            Ok(())
        })
        .await?;
        Ok(rows)
    }

    /// Runs the deferred statements and this one, as [`run`]. After a failure nothing is run, as on PostgreSQL: without
    /// its `BEGIN` each statement would be a transaction of its own.
    async fn run(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
        row: impl FnMut(SqliteRow) -> Result<(), DbError> + Send,
    ) -> Result<u64, DbError> {
        if self.state == State::Failed {
            return Err(failed("a statement before"));
        }
        self.state = State::Failed;
        let together = self.deferred.complete(sql, args);
        let changed = run(self.turn.start()?, together, row).await?;
        self.state = State::Sound;
        Ok(changed)
    }
}
