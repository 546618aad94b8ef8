//! Single statements that are a transaction each.

use super::{Db, DbError, Row, Tx, Value, is_dry};

/// Something that returns rows and may write: a transaction, or [`Relaxed`].
pub trait Writer {
    /// Runs `sql` and returns its row, if any.
    ///
    /// # Errors
    /// When the database is unavailable, the query is wrong or breaks a constraint.
    fn fetch_optional<T: Row>(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> impl Future<Output = Result<Option<T>, DbError>> + Send;

    /// Runs `sql` and returns its one row.
    ///
    /// # Errors
    /// As [`Writer::fetch_optional`], and when there is no row.
    fn fetch_one<T: Row>(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> impl Future<Output = Result<T, DbError>> + Send
    where
        Self: Send,
    {
        async move { self.fetch_optional(sql, args).await?.ok_or(DbError::RowNotFound) }
    }
}

/// Runs each statement as a transaction of its own; see [`Db::relaxed`].
pub struct Relaxed<'a>(pub(super) &'a Db);

impl Writer for Relaxed<'_> {
    async fn fetch_optional<T: Row>(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Option<T>, DbError> {
        if is_dry() {
            return self.0.begin().await?.fetch_optional(sql, args).await;
        }
        match self.0 {
            Db::Sqlite { write, .. } => write.relaxed(sql, args).await,
            Db::Postgres(_) => self.0.fetch_optional(sql, args).await,
        }
    }
}

impl Writer for Tx {
    async fn fetch_optional<T: Row>(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Option<T>, DbError> {
        Self::fetch_optional(self, sql, args).await
    }
}
