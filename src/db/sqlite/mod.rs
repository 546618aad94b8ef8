//! Writes to SQLite: the one connection that writes, and the queue for it.
//!
//! sqlx's pool is not used: it tests each connection that is returned ([`readers`]), and takes a round trip to the
//! connection's thread for each begin and commit. Here a transaction begins with its first statement and ends with its
//! last, and shared ones that wait for each other are committed together ([`transaction`]).

mod readers;
mod transaction;

use std::{
    mem,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::TryStreamExt as _;
use sqlx::{
    ConnectOptions as _, Connection as _, Either, Executor as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteRow},
};
use tokio::{
    runtime::Handle,
    sync::{Mutex, OwnedMutexGuard, oneshot},
};

use super::{
    Commit, DbError, Row, Value,
    batch::{Batch, StatementBatch},
    value::bind_sqlite_execute,
};
pub use readers::SqliteReaders;
pub(super) use transaction::SqliteTx;

/// The connection that writes, used by one transaction after the other. SQLite has one writer at a time anyway, and a
/// queue here is fairer than its busy timeout.
#[derive(Clone, Debug)]
pub struct SqliteWriter {
    slot: Arc<Mutex<WriterState>>,
    /// How many callers wait for the connection to begin a shared transaction.
    queue: Arc<AtomicUsize>,
    patience: Duration,
}

#[derive(Debug)]
struct WriterState {
    options: SqliteConnectOptions,
    /// `None`: the connection broke, and is reopened for the next caller.
    connection: Option<SqliteConnection>,
    is_closed: bool,
    /// Whether a transaction may be unfinished: its caller was cancelled, it failed, or it is still running.
    is_unfinished: bool,
    /// The callers that ended their transaction and wait for the commit of the one that they share. While there are
    /// any, that one is open, with a savepoint `member` after the last of them.
    group: Vec<oneshot::Sender<Result<(), DbError>>>,
}

impl SqliteWriter {
    /// Opens the connection. A caller that waits for it longer than `patience` gets an error.
    pub(super) async fn open(
        options: SqliteConnectOptions,
        patience: Duration,
    ) -> Result<Self, DbError> {
        let connection = Some(options.connect().await?);
        let slot = WriterState {
            options,
            connection,
            is_closed: false,
            is_unfinished: false,
            group: Vec::new(),
        };
        Ok(Self { slot: Arc::new(Mutex::new(slot)), queue: Arc::default(), patience })
    }

    async fn turn(&self) -> Result<WriterGuard, DbError> {
        let slot = tokio::time::timeout(self.patience, Arc::clone(&self.slot).lock_owned()).await;
        let mut turn = WriterGuard(Some(slot.map_err(|_| DbError::PoolTimedOut)?));
        turn.slot()?.tidy().await?;
        Ok(turn)
    }

    /// Waits for a turn that joins no group: commits the open one first.
    async fn turn_alone(&self) -> Result<WriterGuard, DbError> {
        let mut turn = self.turn().await?;
        if turn.slot()?.group.is_empty() {
            return Ok(turn);
        }
        turn.flush().await
    }

    /// Begins a transaction; nothing is sent to SQLite before its first statement.
    pub(super) async fn begin(&self, commit: Commit) -> Result<SqliteTx, DbError> {
        if commit != Commit::Shared {
            return SqliteTx::new(self.turn_alone().await?, commit, self);
        }
        let waiting = Waiting::new(&self.queue);
        let turn = self.turn().await?;
        drop(waiting);
        SqliteTx::new(turn, commit, self)
    }

    /// Runs a statement as a transaction of its own and returns its first row.
    pub(super) async fn relaxed<T: Row>(
        &self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Option<T>, DbError> {
        let mut turn = self.turn_alone().await?;
        let mut batch = Batch::default();
        batch.push(level(Commit::Relaxed), vec![]);
        let mut found = None;
        run(turn.start()?, batch.complete(sql, args), first(&mut found)).await?;
        turn.finish();
        Ok(found)
    }

    /// Lets SQLite update the statistics for its choice of indices, where that is worthwhile.
    pub(super) async fn optimize(&self) -> Result<(), DbError> {
        let mut turn = self.turn_alone().await?;
        turn.start()?.execute("PRAGMA optimize").await?;
        turn.finish();
        Ok(())
    }

    /// Commits the open group, once all callers that wait for the connection now had their turn.
    async fn flush_behind_the_queue(self) {
        if let Err(error) = self.slot.lock_owned().await.flush().await {
            tracing::warn!(%error, "the connection that writes cannot be used");
        }
    }

    /// Closes the connection after writing what is pending.
    pub(super) async fn close(&self) {
        let mut slot = Arc::clone(&self.slot).lock_owned().await;
        let closed = tokio::spawn(async move {
            slot.flush().await?;
            slot.is_closed = true;
            match slot.connection.take() {
                Some(connection) => connection.close().await,
                None => Ok(()),
            }
        });
        if let Err(error) = closed.await.map_err(|_| DbError::WorkerCrashed).flatten() {
            tracing::warn!(%error, "the database was not closed in good order");
        }
    }
}

/// Returns the pragma for what a commit waits for: the disk, or only visibility to other processes.
const fn level(commit: Commit) -> &'static str {
    match commit {
        Commit::Alone | Commit::Shared => "PRAGMA synchronous = FULL",
        Commit::Relaxed => "PRAGMA synchronous = NORMAL",
    }
}

/// Runs all statements to the end, passes their rows to `row`, and returns how many rows the last one changed: a
/// failure after the first row, as of a commit, must not be missed.
async fn run(
    connection: &mut SqliteConnection,
    together: StatementBatch,
    mut row: impl FnMut(SqliteRow) -> Result<(), DbError> + Send,
) -> Result<u64, DbError> {
    let query = bind_sqlite_execute(sqlx::query(together.sql), together.args);
    let mut results = connection.fetch_many(query);
    let (mut done, mut changed) = (0, 0);
    while let Some(result) = results.try_next().await? {
        match result {
            Either::Left(result) => {
                done += 1;
                changed = result.rows_affected();
            }
            Either::Right(found) => row(found)?,
        }
    }
    // The results end early, and without an error, when the connection's thread dies.
    if done == together.statements { Ok(changed) } else { Err(DbError::WorkerCrashed) }
}

/// Returns a callback for [`run`] that keeps the first row.
fn first<T: Row>(
    found: &mut Option<T>,
) -> impl FnMut(SqliteRow) -> Result<(), DbError> + Send + '_ {
    |row| {
        if found.is_none() {
            *found = Some(T::from_row(&row)?);
        }
        Ok(())
    }
}

/// A caller in the queue.
struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    fn new(queue: &Arc<AtomicUsize>) -> Self {
        queue.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(queue))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl WriterState {
    /// Rolls back an abandoned transaction, and reopens a broken connection.
    async fn tidy(&mut self) -> Result<(), DbError> {
        if self.is_closed {
            return Err(DbError::PoolClosed);
        }
        if self.is_unfinished
            && !self.group.is_empty()
            && let Some(connection) = &mut self.connection
        {
            if connection.execute("ROLLBACK TO member").await.is_ok() {
                self.is_unfinished = false;
                return Ok(());
            }
            // SQLite has rolled back all of it by itself, as it does when the disk is full.
            self.tell_group(|| Err(failed("a transaction that others were in")));
        }
        if self.is_unfinished
            && let Some(connection) = &mut self.connection
        {
            // Works within a transaction or without one: `ROLLBACK` undoes all of it.
            if let Err(error) = connection.execute("SAVEPOINT unfinished; ROLLBACK").await {
                tracing::warn!(%error, "the connection that writes is opened anew");
                self.connection = None;
            }
        }
        self.is_unfinished = false;
        if self.connection.is_none() {
            self.connection = Some(self.options.connect().await?);
        }
        Ok(())
    }

    /// Commits the open group, if there is one.
    async fn flush(&mut self) -> Result<(), DbError> {
        if self.is_closed {
            return Ok(());
        }
        self.tidy().await?;
        if !self.group.is_empty()
            && let Some(connection) = &mut self.connection
        {
            self.is_unfinished = true;
            let commit = Batch::default().complete("COMMIT", vec![]);
            if let Err(error) = run(connection, commit, |_| Ok(())).await {
                tracing::error!(%error, "transactions were not committed");
                self.tell_group(|| Err(failed("the commit")));
                return self.tidy().await;
            }
            self.is_unfinished = false;
            self.tell_group(|| Ok(()));
        }
        Ok(())
    }

    /// Tells the members of the group its result, and empties the group.
    fn tell_group(&mut self, what: impl Fn() -> Result<(), DbError>) {
        for member in mem::take(&mut self.group) {
            // A member that was cancelled does not need the result.
            drop(member.send(what()));
        }
    }
}

fn failed(what: &str) -> DbError {
    DbError::Protocol(format!("{what} failed"))
}

/// The turn of a writer. What it leaves unfinished is rolled back.
struct WriterGuard(Option<OwnedMutexGuard<WriterState>>);

impl WriterGuard {
    fn slot(&mut self) -> Result<&mut WriterState, DbError> {
        self.0.as_deref_mut().ok_or(DbError::PoolClosed)
    }

    /// Returns the connection, whose state counts as unknown until [`WriterGuard::finish`].
    fn start(&mut self) -> Result<&mut SqliteConnection, DbError> {
        let slot = self.slot()?;
        slot.is_unfinished = true;
        slot.connection.as_mut().ok_or(DbError::PoolClosed)
    }

    fn finish(&mut self) {
        if let Some(slot) = &mut self.0 {
            slot.is_unfinished = false;
        }
    }

    /// Commits the open group, even if the caller is cancelled.
    async fn flush(mut self) -> Result<Self, DbError> {
        let flushed = tokio::spawn(async move {
            self.slot()?.flush().await?;
            Ok(self)
        });
        flushed.await.map_err(|_| DbError::WorkerCrashed)?
    }
}

impl Drop for WriterGuard {
    fn drop(&mut self) {
        // At once: otherwise other processes would wait for the lock until the next write here.
        if let Some(mut slot) = self.0.take_if(|slot| slot.is_unfinished)
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(async move {
                if let Err(error) = slot.tidy().await {
                    tracing::warn!(%error, "the connection that writes cannot be used");
                }
            });
        }
    }
}
