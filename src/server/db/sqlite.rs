//! Writing to SQLite: its one connection, and the transactions on it.
//!
//! sqlx's pool is left to those who read: it asks a connection that comes back whether it still
//! lives, and begins and commits in turns of the connection's thread of their own. Here a
//! transaction begins with its first statement and ends with its last.

use std::{sync::Arc, time::Duration};

use futures::TryStreamExt as _;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Either, Executor as _, SqlStr,
    SqliteConnection, sqlite::SqliteConnectOptions,
};
use tokio::{
    runtime::Handle,
    sync::{Mutex, OwnedMutexGuard},
};

use super::{
    DbError, Durability, Row, Value,
    batch::Batch,
    value::{bind_sqlite, bind_sqlite_execute},
};

/// The connection that writes, one transaction after the other. SQLite has one writer at a time
/// anyway, and a queue here is fairer than its busy timeout.
#[derive(Clone, Debug)]
pub struct Writing {
    slot: Arc<Mutex<Slot>>,
    patience: Duration,
}

#[derive(Debug)]
struct Slot {
    options: SqliteConnectOptions,
    /// `None`: it broke, and is opened again for the next who needs it.
    connection: Option<SqliteConnection>,
    is_closed: bool,
    /// What was begun is not known to have ended: hung up, failed or under way.
    is_unfinished: bool,
}

impl Writing {
    /// Opens the connection. Whoever waits for it longer than `patience` gets an error.
    pub(super) async fn open(
        options: SqliteConnectOptions,
        patience: Duration,
    ) -> Result<Self, DbError> {
        let connection = Some(options.connect().await?);
        let slot = Slot { options, connection, is_closed: false, is_unfinished: false };
        Ok(Self { slot: Arc::new(Mutex::new(slot)), patience })
    }

    async fn turn(&self) -> Result<Turn, DbError> {
        let slot = tokio::time::timeout(self.patience, Arc::clone(&self.slot).lock_owned()).await;
        let mut turn = Turn(Some(slot.map_err(|_| DbError::PoolTimedOut)?));
        turn.slot()?.tidy().await?;
        Ok(turn)
    }

    /// A transaction; nothing is asked of SQLite before its first statement.
    pub(super) async fn begin(&self, durability: Durability) -> Result<SqliteTx, DbError> {
        let turn = self.turn().await?;
        let mut deferred = Batch::default();
        deferred.push(level(durability), vec![]);
        deferred.push("BEGIN IMMEDIATE", vec![]);
        Ok(SqliteTx { turn, deferred, state: State::Empty })
    }

    /// The first row of a statement that is a transaction of its own.
    pub(super) async fn light<T: Row>(
        &self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Option<T>, DbError> {
        let mut turn = self.turn().await?;
        let sql = AssertSqlSafe(format!("{};{sql}", level(Durability::Process)));
        // To its end: the commit comes after the last row, and what fails there is nobody's to
        // overlook.
        let rows = bind_sqlite(sqlx::query_as(sql), args).fetch_all(turn.start()?).await?;
        turn.finish();
        Ok(rows.into_iter().next())
    }

    /// Has SQLite look again at what its tables hold, where that pays; for the choice of indices.
    pub(super) async fn optimize(&self) -> Result<(), DbError> {
        let mut turn = self.turn().await?;
        turn.start()?.execute("PRAGMA optimize").await?;
        turn.finish();
        Ok(())
    }

    /// Closes the connection, having written what is pending.
    pub(super) async fn close(&self) {
        let mut slot = self.slot.lock().await;
        slot.is_closed = true;
        if let Some(connection) = slot.connection.take()
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "the database was not closed in good order");
        }
    }
}

/// What commits wait for; see [`Durability`].
const fn level(durability: Durability) -> &'static str {
    match durability {
        Durability::PowerCut => "PRAGMA synchronous = FULL",
        Durability::Process => "PRAGMA synchronous = NORMAL",
    }
}

impl Slot {
    /// Undoes what nobody goes on with, and opens what broke.
    async fn tidy(&mut self) -> Result<(), DbError> {
        if self.is_closed {
            return Err(DbError::PoolClosed);
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
}

/// The turn of one who writes. What it leaves unfinished is undone.
struct Turn(Option<OwnedMutexGuard<Slot>>);

impl Turn {
    fn slot(&mut self) -> Result<&mut Slot, DbError> {
        self.0.as_deref_mut().ok_or(DbError::PoolClosed)
    }

    /// The connection, of which nobody knows what state it is in until [`Turn::finish`].
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
}

impl Drop for Turn {
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

/// A transaction on SQLite.
pub(super) struct SqliteTx {
    turn: Turn,
    /// What goes to SQLite with the next statement: the beginning, and what was put off.
    deferred: Batch,
    state: State,
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
    pub fn defer(&mut self, sql: &str, args: Vec<Value>) {
        self.deferred.push(sql, args);
        if self.state == State::Empty {
            self.state = State::Sound;
        }
    }

    pub async fn commit(mut self) -> Result<(), DbError> {
        if self.state != State::Empty {
            self.execute("COMMIT", vec![]).await?;
        }
        self.turn.finish();
        Ok(())
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
            return Err(DbError::Protocol("a statement of this transaction failed before".into()));
        }
        self.state = State::Failed;
        let (sql, args) = self.deferred.complete(sql, args);
        Ok((self.turn.start()?, sql, args))
    }
}
