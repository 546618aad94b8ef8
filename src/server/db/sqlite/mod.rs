//! Writing to SQLite: its one connection, and whose turn it is.
//!
//! sqlx's pool is left to those who read: it asks a connection that comes back whether it still
//! lives, and begins and commits in turns of the connection's thread of their own. Here a
//! transaction begins with its first statement and ends with its last, and shared ones that wait
//! for each other are committed together ([`transaction`]).

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
pub(super) use transaction::SqliteTx;

/// The connection that writes, for one transaction after the other. SQLite has one writer at a
/// time anyway, and a queue here is fairer than its busy timeout.
#[derive(Clone, Debug)]
pub struct SqliteWriter {
    slot: Arc<Mutex<WriterState>>,
    /// How many wait for the connection to begin a shared transaction.
    queue: Arc<AtomicUsize>,
    patience: Duration,
}

#[derive(Debug)]
struct WriterState {
    options: SqliteConnectOptions,
    /// `None`: it broke, and is opened again for the next who needs it.
    connection: Option<SqliteConnection>,
    is_closed: bool,
    /// What was begun is not known to have ended: hung up, failed or under way.
    is_unfinished: bool,
    /// Whoever has ended a transaction, and waits for the commit of the one that all of them are
    /// in. While there is any, that one is open, with a savepoint `member` behind the last of them.
    group: Vec<oneshot::Sender<Result<(), DbError>>>,
}

impl SqliteWriter {
    /// Opens the connection. Whoever waits for it longer than `patience` gets an error.
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

    /// A turn of one who joins no group.
    async fn turn_alone(&self) -> Result<WriterGuard, DbError> {
        let mut turn = self.turn().await?;
        if turn.slot()?.group.is_empty() {
            return Ok(turn);
        }
        turn.flush().await
    }

    /// A transaction; nothing is asked of SQLite before its first statement.
    pub(super) async fn begin(&self, commit: Commit) -> Result<SqliteTx, DbError> {
        if commit != Commit::Shared {
            return SqliteTx::new(self.turn_alone().await?, commit, self);
        }
        let waiting = Waiting::new(&self.queue);
        let turn = self.turn().await?;
        drop(waiting);
        SqliteTx::new(turn, commit, self)
    }

    /// The first row of a statement that is a transaction of its own.
    pub(super) async fn relaxed<T: Row>(
        &self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Option<T>, DbError> {
        let mut turn = self.turn_alone().await?;
        let mut batch = Batch::default();
        batch.push(level(Commit::Light), vec![]);
        let mut found = None;
        run(turn.start()?, batch.complete(sql, args), first(&mut found)).await?;
        turn.finish();
        Ok(found)
    }

    /// Has SQLite look again at what its tables hold, where that pays; for the choice of indices.
    pub(super) async fn optimize(&self) -> Result<(), DbError> {
        let mut turn = self.turn_alone().await?;
        turn.start()?.execute("PRAGMA optimize").await?;
        turn.finish();
        Ok(())
    }

    /// Commits the group that is open, once all who wait for the connection now had their turn.
    async fn flush_behind_the_queue(self) {
        if let Err(error) = self.slot.lock_owned().await.flush().await {
            tracing::warn!(%error, "the connection that writes cannot be used");
        }
    }

    /// Closes the connection, having written what is pending.
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

/// What a commit waits for: the disk, or only for other processes to see it.
const fn level(commit: Commit) -> &'static str {
    match commit {
        Commit::Full | Commit::Shared => "PRAGMA synchronous = FULL",
        Commit::Light => "PRAGMA synchronous = NORMAL",
    }
}

/// Runs statements to the end of the last, gives its rows to `row`, and gives how many it changed:
/// what fails behind the first row, as a commit does, is nobody's to overlook.
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
    // The results end early, and without an error, when the thread of the connection dies.
    if done == together.statements { Ok(changed) } else { Err(DbError::WorkerCrashed) }
}

/// For [`run`]: keeps the first row.
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

/// One of those in the queue.
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
    /// Undoes what nobody goes on with, and opens what broke.
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
            // SQLite has undone all of it by itself, as it does when the disk is full.
            self.tell_group(|| Err(failed("a transaction that others were in")));
        }
        if self.is_unfinished
            && let Some(connection) = &mut self.connection
        {
            // Within a transaction or without one: the last undoes all of it.
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

    /// Commits the group that is open, if one is.
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

    /// Tells those in the group what became of it; there is none any more.
    fn tell_group(&mut self, what: impl Fn() -> Result<(), DbError>) {
        for member in mem::take(&mut self.group) {
            // One that hung up wants to hear nothing.
            drop(member.send(what()));
        }
    }
}

fn failed(what: &str) -> DbError {
    DbError::Protocol(format!("{what} failed"))
}

/// The turn of one who writes. What it leaves unfinished is undone.
struct WriterGuard(Option<OwnedMutexGuard<WriterState>>);

impl WriterGuard {
    fn slot(&mut self) -> Result<&mut WriterState, DbError> {
        self.0.as_deref_mut().ok_or(DbError::PoolClosed)
    }

    /// The connection, of which nobody knows what state it is in until [`Attempt::finish`].
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

    /// Commits the group that is open, whoever hangs up.
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
        // At once, or other processes would wait for the lock until somebody writes here again.
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
