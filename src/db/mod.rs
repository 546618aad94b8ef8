//! The database: SQLite or PostgreSQL behind one small interface.
//!
//! SQL is written once, with `$1` placeholders and portable types, and run by
//! [`Db`] (reads) or [`Tx`] (writes). sqlx's `Any` driver is not used: it fails
//! whole rows on column types that it does not know and cannot begin a SQLite
//! transaction as `IMMEDIATE`.

mod batch;
mod connect;
mod relaxed;
mod settled;
mod sqlite;
mod tx;
mod value;

use sqlx::{FromRow, PgPool, Postgres, Sqlite, Transaction, postgres::PgRow, sqlite::SqliteRow};

pub use relaxed::{Relaxed, Writer};
pub use settled::settled;
pub use sqlite::{SqliteReaders, SqliteWriter};
pub use tx::Tx;
use tx::{Engine, PostgresTx};
pub use value::Value;
use value::{bind_postgres, bind_sqlite};

/// A database failure; see [`sqlx::Error`] for the kinds.
pub type DbError = sqlx::Error;

/// A row that both engines can return.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{}

tokio::task_local! {
    static DRY: ();
}

/// Runs something without lasting effects: each of its transactions is rolled back where it would be committed.
pub async fn dry<F: Future>(what: F) -> F::Output {
    DRY.scope((), what).await
}

fn is_dry() -> bool {
    DRY.try_with(|()| ()).is_ok()
}

/// The open database.
#[derive(Clone, Debug)]
pub enum Db {
    /// A file: one writer, a few readers (WAL).
    Sqlite {
        /// The only connection that writes.
        write: SqliteWriter,
        /// Connections that only read.
        read: SqliteReaders,
    },
    /// A PostgreSQL server.
    Postgres(Server),
}

/// A PostgreSQL server, and how it is reached.
#[derive(Clone, Debug)]
pub struct Server {
    pool: PgPool,
    /// Whether there is a pooler in transaction mode in between: a session is ours for one transaction at a time, so
    /// every statement runs in one, and none is prepared by name.
    pooled: bool,
    /// Connections that keep their session, if there are any.
    sessions: Option<PgPool>,
}

impl Server {
    async fn begin(&self) -> Result<Transaction<'static, Postgres>, DbError> {
        // In a task of its own: a `begin` that is dropped half-way (the browser disconnected) would leave an open
        // transaction in the pool (sqlx #4385).
        let pool = self.pool.clone();
        let begun = tokio::spawn(async move { pool.begin().await });
        begun.await.map_err(|_| DbError::WorkerCrashed)?
    }
}

/// How a transaction is committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Commit {
    /// By itself, on the disk.
    Alone,
    /// With others, on the disk.
    Shared,
    /// By itself; a power cut may undo it.
    Relaxed,
}

/// The arguments of a query, in the order of `$1`, `$2`, …
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::db::Value::from($value)),*] };
}

/// Calls `$fetch` on the query built for the engine at hand.
macro_rules! on_engine {
    ($self:expr, $row:ty, $sql:expr, $args:expr, $sqlite:pat => $sq:expr, $postgres:pat => $pg:expr, $fetch:ident) => {
        match $self {
            $sqlite => {
                let query = bind_sqlite(sqlx::query_as::<Sqlite, $row>($sql), $args);
                let mut reader = $sq.acquire().await?;
                let found = query.$fetch(&mut reader.connection).await;
                // A connection that failed is replaced.
                if matches!(found, Ok(_) | Err(DbError::RowNotFound)) {
                    reader.put_back();
                }
                found
            }
            $postgres => {
                let query = bind_postgres(sqlx::query_as::<Postgres, $row>($sql), $args);
                if $pg.pooled {
                    let mut tx = $pg.begin().await?;
                    let found = query.persistent(false).$fetch(&mut *tx).await?;
                    tx.commit().await?;
                    Ok(found)
                } else {
                    query.$fetch(&$pg.pool).await
                }
            }
        }
    };
}

impl Db {
    /// Begins a transaction that may write; once committed, it survives a power cut.
    ///
    /// On SQLite, transactions of requests that wait for each other are committed together, and wait for the disk once.
    /// Nobody is answered before that: see [`settled`].
    ///
    /// # Errors
    /// When the database is unavailable, or locked for longer than the busy timeout.
    pub async fn begin(&self) -> Result<Tx, DbError> {
        self.begin_as(if settled::is_awaited() { Commit::Shared } else { Commit::Alone }).await
    }

    /// Begins a transaction whose commit does not wait for the disk: it survives a crash of the process, but a power
    /// cut shortly after may undo it. For counters that the next full commit also writes to the disk.
    ///
    /// # Errors
    /// As [`Db::begin`].
    pub async fn begin_relaxed(&self) -> Result<Tx, DbError> {
        self.begin_as(Commit::Relaxed).await
    }

    /// For a single statement that needs no other: committed as by [`Db::begin_relaxed`], in one round trip to SQLite's
    /// thread where a transaction takes two.
    #[must_use]
    pub const fn relaxed(&self) -> Relaxed<'_> {
        Relaxed(self)
    }

    async fn begin_as(&self, commit: Commit) -> Result<Tx, DbError> {
        // Before this one is open: it may join the group that the caller waits for, and reads while it is open must
        // not.
        settled::catch_up().await?;
        let engine = match self {
            Self::Sqlite { write, .. } => Engine::Sqlite(write.begin(commit).await?),
            Self::Postgres(server) => Engine::Postgres(PostgresTx {
                tx: server.begin().await?,
                keeps_statements: !server.pooled,
                notifies: server.sessions.is_some(),
            }),
        };
        Ok(Tx { engine, after_commit: Vec::new(), notes: Vec::new() })
    }

    /// Runs `sql` and returns its row, if any.
    pub async fn fetch_optional<T: Row>(
        &self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Option<T>, DbError> {
        settled::catch_up().await?;
        on_engine!(self, T, sql, args, Self::Sqlite { read, .. } => read, Self::Postgres(server) => server, fetch_optional)
    }

    /// Runs `sql` and returns its one row.
    ///
    /// # Errors
    /// When there is none, the database is unavailable or the query is wrong.
    pub async fn fetch_one<T: Row>(
        &self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<T, DbError> {
        settled::catch_up().await?;
        on_engine!(self, T, sql, args, Self::Sqlite { read, .. } => read, Self::Postgres(server) => server, fetch_one)
    }

    /// Runs `sql` and returns all its rows.
    pub async fn fetch_all<T: Row>(
        &self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Vec<T>, DbError> {
        settled::catch_up().await?;
        on_engine!(self, T, sql, args, Self::Sqlite { read, .. } => read, Self::Postgres(server) => server, fetch_all)
    }

    /// Checks whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), DbError> {
        self.fetch_one::<(i64,)>(
            "SELECT CAST(1 AS BIGINT) FROM accounts UNION ALL SELECT CAST(1 AS BIGINT) LIMIT 1",
            vec![],
        )
        .await
        .map(drop)
    }

    /// Lets SQLite update the statistics for its choice of indices; PostgreSQL does so by itself.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn optimize(&self) -> Result<(), DbError> {
        match self {
            Self::Sqlite { write, .. } => write.optimize().await,
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Returns true on PostgreSQL, for the few statements that differ.
    #[must_use]
    pub const fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Returns whether there is a pooler in transaction mode in front of the server.
    #[must_use]
    pub const fn is_behind_pooler(&self) -> bool {
        matches!(self, Self::Postgres(server) if server.pooled)
    }

    /// Returns connections on which `LISTEN` works, if there are any: none on SQLite, and none behind a pooler without
    /// the address of the server itself.
    #[must_use]
    pub const fn sessions(&self) -> Option<&PgPool> {
        match self {
            Self::Postgres(server) => server.sessions.as_ref(),
            Self::Sqlite { .. } => None,
        }
    }

    /// Closes all connections after writing what is pending.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(server) => {
                server.pool.close().await;
                if let Some(sessions) = &server.sessions {
                    sessions.close().await;
                }
            }
        }
    }
}

/// Returns whether `error` is the violation of a unique constraint: judged by the database's own report, never by the
/// wording of a driver's message.
#[must_use]
pub fn is_unique_violation(error: &DbError) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}
