//! Transactions that may write.

use super::sqlite::SqliteTx;
use super::value::{bind_postgres, bind_postgres_execute};
use super::{DbError, Row, Value, is_dry};
use sqlx::{Postgres, Transaction};
use std::any::Any;

/// A transaction that may write. Dropping it without [`Tx::commit`] rolls it back.
pub struct Tx {
    pub(super) engine: Engine,
    pub(super) after_commit: Vec<Box<dyn FnOnce() + Send + Sync>>,
    pub(super) notes: Vec<Box<dyn Any + Send + Sync>>,
}

pub(super) enum Engine {
    /// Begun `IMMEDIATE`, so that it never fails half-way because the lock is taken.
    Sqlite(SqliteTx),
    Postgres(PostgresTx),
}

pub(super) struct PostgresTx {
    pub(super) tx: Transaction<'static, Postgres>,
    /// Whether statements are prepared once and reused.
    pub(super) keeps_statements: bool,
    /// Whether signals reach other instances, and this one, by `NOTIFY`.
    pub(super) notifies: bool,
}

impl Tx {
    /// Commits the transaction.
    ///
    /// # Errors
    /// When the database cannot; nothing is changed then.
    pub async fn commit(self) -> Result<(), DbError> {
        if is_dry() {
            return Ok(());
        }
        // In a task of its own: a disconnect now leaves nothing half done, and what is due after the commit still runs.
        let committed = tokio::spawn(async move {
            match self.engine {
                Engine::Sqlite(tx) => tx.commit().await?,
                Engine::Postgres(postgres) => postgres.tx.commit().await?,
            }
            for what in self.after_commit {
                what();
            }
            Ok(())
        });
        committed.await.map_err(|_| DbError::WorkerCrashed)?
    }

    /// Runs `what` once this transaction is committed, and not at all if it is rolled back.
    pub fn after_commit(&mut self, what: impl FnOnce() + Send + Sync + 'static) {
        self.after_commit.push(Box::new(what));
    }

    /// Remembers a value for later steps of this transaction.
    pub fn note<T: Any + Send + Sync>(&mut self, value: T) {
        self.notes.push(Box::new(value));
    }

    /// Returns the values of this type that were noted so far, oldest first.
    pub fn noted<T: Any>(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.notes.iter().filter_map(|note| note.downcast_ref())
    }

    /// Runs `sql` and returns the number of rows that it changed.
    ///
    /// # Errors
    /// When the database is unavailable, or when the query or a deferred one is wrong or breaks a constraint.
    pub async fn execute(&mut self, sql: &'static str, args: Vec<Value>) -> Result<u64, DbError> {
        match &mut self.engine {
            Engine::Sqlite(tx) => tx.execute(sql, args).await,
            Engine::Postgres(tx) => execute_postgres(tx, sql, args).await,
        }
    }

    /// Runs `sql` with the next statement whose result is needed, or at the commit: one round trip to SQLite's thread
    /// for all deferred statements. For writes whose number of changed rows is not needed, and which are not expected
    /// to break a constraint. PostgreSQL runs it at once.
    ///
    /// # Errors
    /// As [`Tx::execute`]; a deferred statement fails with the call that makes it run.
    pub async fn defer(&mut self, sql: &'static str, args: Vec<Value>) -> Result<(), DbError> {
        match &mut self.engine {
            Engine::Sqlite(tx) => tx.defer(sql, args),
            Engine::Postgres(tx) => {
                execute_postgres(tx, sql, args).await?;
            }
        }
        Ok(())
    }

    /// Runs `sql` and returns its row, if any.
    ///
    /// # Errors
    /// As [`Tx::execute`].
    pub async fn fetch_optional<T: Row>(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Option<T>, DbError> {
        match &mut self.engine {
            Engine::Sqlite(tx) => tx.fetch_optional(sql, args).await,
            Engine::Postgres(PostgresTx { tx, keeps_statements, .. }) => {
                let query = bind_postgres(sqlx::query_as(sql), args).persistent(*keeps_statements);
                query.fetch_optional(&mut **tx).await
            }
        }
    }

    /// Runs `sql` and returns its one row.
    ///
    /// # Errors
    /// As [`Tx::execute`], and when there is none.
    pub async fn fetch_one<T: Row>(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<T, DbError> {
        self.fetch_optional(sql, args).await?.ok_or(DbError::RowNotFound)
    }

    /// Runs `sql` and returns all its rows.
    ///
    /// # Errors
    /// As [`Tx::execute`].
    pub async fn fetch_all<T: Row>(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Vec<T>, DbError> {
        match &mut self.engine {
            Engine::Sqlite(tx) => tx.fetch_all(sql, args).await,
            Engine::Postgres(PostgresTx { tx, keeps_statements, .. }) => {
                let query = bind_postgres(sqlx::query_as(sql), args).persistent(*keeps_statements);
                query.fetch_all(&mut **tx).await
            }
        }
    }

    /// Returns true on PostgreSQL, for the few statements that differ.
    #[must_use]
    pub const fn is_postgres(&self) -> bool {
        matches!(self.engine, Engine::Postgres(_))
    }

    /// Returns whether signals of this transaction are sent by `NOTIFY`; see [`super::Db::sessions`].
    #[must_use]
    pub const fn notifies(&self) -> bool {
        matches!(&self.engine, Engine::Postgres(postgres) if postgres.notifies)
    }
}

async fn execute_postgres(
    PostgresTx { tx, keeps_statements, .. }: &mut PostgresTx,
    sql: &'static str,
    args: Vec<Value>,
) -> Result<u64, DbError> {
    let query = bind_postgres_execute(sqlx::query(sql), args).persistent(*keeps_statements);
    let done = query.execute(&mut **tx).await?;
    Ok(done.rows_affected())
}
