//! Transactions on SQLite.
//!
//! A commit waits for the disk, and the others in the queue with it. So whoever ends a transaction
//! while another waits to begin one leaves it open to that one, as a member of a group, and is
//! told when the group is committed: by its last member, or by whoever comes behind the queue of
//! then. A member that fails is undone alone, back to the savepoint behind the one before it.

use futures::TryStreamExt as _;
use sqlx::{Either, Executor as _, SqlStr, SqliteConnection};
use std::sync::atomic::Ordering;
use tokio::sync::oneshot;

use super::{
    super::{
        DbError, Durability, Row, Value,
        batch::Batch,
        value::{bind_sqlite, bind_sqlite_execute},
    },
    Turn, Writing, failed, level,
};

/// A transaction on SQLite.
pub struct SqliteTx {
    turn: Turn,
    /// What goes to SQLite with the next statement: the beginning, and what was put off.
    deferred: Batch,
    state: State,
    /// Where the others wait with whom it may be committed.
    shared: Option<Writing>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing was asked for yet.
    Empty,
    Sound,
    /// A statement failed, perhaps the beginning itself, or its answer was not waited for.
    Failed,
}

impl SqliteTx {
    /// A transaction in this turn: one that joins the group that is open, if one is, and may leave
    /// one open in `shared`; its commit waits for the disk then.
    pub(super) fn new(turn: Turn, shared: Option<Writing>) -> Self {
        let mut deferred = Batch::default();
        if turn.0.as_ref().is_none_or(|slot| slot.group.is_empty()) {
            let durability =
                if shared.is_some() { Durability::PowerCut } else { Durability::Process };
            deferred.push(level(durability), vec![]);
            deferred.push("BEGIN IMMEDIATE", vec![]);
        }
        Self { turn, deferred, state: State::Empty, shared }
    }

    pub fn defer(&mut self, sql: &str, args: Vec<Value>) {
        self.deferred.push(sql, args);
        if self.state == State::Empty {
            self.state = State::Sound;
        }
    }

    /// Ends the transaction. Not to be dropped half-way: the others of a group would not know what
    /// became of it.
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

    /// Hands the transaction to the next in the queue, and waits for its commit.
    async fn leave(mut self, shared: Writing) -> Result<(), DbError> {
        let is_first = self.turn.slot()?.group.is_empty();
        if is_first {
            self.execute("SAVEPOINT member", vec![]).await?;
        } else {
            self.execute("RELEASE member; SAVEPOINT member", vec![]).await?;
        }
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
        let (connection, sql, args) = self.start(sql, args)?;
        let query = bind_sqlite_execute(sqlx::query(sql), args);
        let mut results = connection.fetch_many(query);
        let mut changed = 0;
        while let Some(result) = results.try_next().await? {
            // Of the last statement alone.
            if let Either::Left(done) = result {
                changed = done.rows_affected();
            }
        }
        drop(results);
        self.state = State::Sound;
        Ok(changed)
    }

    pub async fn optional<T: Row>(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Option<T>, DbError> {
        let (connection, sql, args) = self.start(sql, args)?;
        let row = bind_sqlite(sqlx::query_as(sql), args).fetch_optional(connection).await?;
        self.state = State::Sound;
        Ok(row)
    }

    pub async fn all<T: Row>(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Vec<T>, DbError> {
        let (connection, sql, args) = self.start(sql, args)?;
        let rows = bind_sqlite(sqlx::query_as(sql), args).fetch_all(connection).await?;
        self.state = State::Sound;
        Ok(rows)
    }

    /// What is to be run, and where. After a failure nothing is, as on PostgreSQL: without its
    /// beginning each statement would be a transaction of its own.
    fn start(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<(&mut SqliteConnection, SqlStr, Vec<Value>), DbError> {
        if self.state == State::Failed {
            return Err(failed("a statement before"));
        }
        self.state = State::Failed;
        let (sql, args) = self.deferred.complete(sql, args);
        Ok((self.turn.start()?, sql, args))
    }
}
