//! The connections to SQLite that only read.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::db::DbError;

/// A few connections that only read. sqlx's pool tests each connection that is returned to it with a round trip to the
/// connection's thread, as much as a query takes; a file does not go away like a server.
#[derive(Clone, Debug)]
pub struct SqliteReaders(Arc<Readers>);

#[derive(Debug)]
struct Readers {
    options: SqliteConnectOptions,
    idle: Mutex<Vec<SqliteConnection>>,
    /// One for each connection that may be open.
    permits: Semaphore,
    acquire_timeout: Duration,
}

impl SqliteReaders {
    /// Opens the first connection; up to `most` are opened when they are needed.
    pub(in crate::db) async fn open(
        options: SqliteConnectOptions,
        most: usize,
        acquire_timeout: Duration,
    ) -> Result<Self, DbError> {
        let idle = Mutex::new(vec![options.connect().await?]);
        let permits = Semaphore::new(most);
        Ok(Self(Arc::new(Readers { options, idle, permits, acquire_timeout })))
    }

    /// Returns a connection, once one is free.
    pub(in crate::db) async fn acquire(&self) -> Result<Reader<'_>, DbError> {
        let readers = &*self.0;
        let permit = tokio::time::timeout(readers.acquire_timeout, readers.permits.acquire());
        let permit =
            permit.await.map_err(|_| DbError::PoolTimedOut)?.map_err(|_| DbError::PoolClosed)?;
        let idle = readers.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => readers.options.connect().await?,
        };
        Ok(Reader { readers, connection, _permit: permit })
    }

    /// Closes the connections; none is handed out any more.
    pub(in crate::db) async fn close(&self) {
        self.0.permits.close();
        let idle = std::mem::take(&mut *self.0.idle());
        for connection in idle {
            // Nothing was written.
            let _ = connection.close().await;
        }
    }
}

impl Readers {
    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<SqliteConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection for one query. Dropped before the query ended, it is closed: its thread may still be at it.
pub(in crate::db) struct Reader<'a> {
    readers: &'a Readers,
    pub(in crate::db) connection: SqliteConnection,
    _permit: SemaphorePermit<'a>,
}

impl Reader<'_> {
    /// Keeps the connection for the next query.
    pub(in crate::db) fn put_back(self) {
        if !self.readers.permits.is_closed() {
            self.readers.idle().push(self.connection);
        }
    }
}
