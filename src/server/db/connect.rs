//! Opening the database and bringing its tables up to date.

use std::{fs::File, path::Path, str::FromStr as _, time::Duration};

use sqlx::{
    ConnectOptions as _,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{Db, DbError, Writing};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// How long a request waits for a connection or a lock before it is told 503.
const PATIENCE: Duration = Duration::from_secs(5);
const READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;

impl Db {
    /// Opens `url` (`sqlite:PATH` or `postgres://…`); an SQLite file and its
    /// folder are made when they are not there.
    ///
    /// # Errors
    /// When the address is not understood or the database cannot be reached.
    pub async fn connect(url: &str) -> Result<Self, DbError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            Self::connect_sqlite(Path::new(path)).await
        } else {
            let options = PgConnectOptions::from_str(url)?
                .application_name("latchkey")
                .disable_statement_logging();
            let pool = PgPoolOptions::new()
                .max_connections(POSTGRES_CONNECTIONS)
                .acquire_timeout(PATIENCE)
                .connect_with(options)
                .await?;
            Ok(Self::Postgres(pool))
        }
    }

    async fn connect_sqlite(path: &Path) -> Result<Self, DbError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let options = sqlite_options(path);
        let write = Writing::open(options.clone(), PATIENCE).await?;
        // A file does not go away like a server: asking whether it is there before every use is
        // one more turn of the connection's thread, and costs sign-ins.
        let read = SqlitePoolOptions::new()
            .test_before_acquire(false)
            .max_connections(READERS)
            .acquire_timeout(PATIENCE)
            .connect_with(options.create_if_missing(false).pragma("query_only", "ON"))
            .await?;
        Ok(Self::Sqlite { write, read })
    }

    /// Brings the tables up to date. Several processes may start at once: one
    /// migrates, the others wait (PostgreSQL: an advisory lock, taken by sqlx;
    /// SQLite: a lock on a file beside the database).
    ///
    /// # Errors
    /// When a migration fails, or the database was made by a newer Latchkey.
    pub async fn migrate(&self, url: &str) -> Result<(), DbError> {
        match self {
            Self::Postgres(pool) => POSTGRES.run(pool).await?,
            Self::Sqlite { .. } => {
                let path = url.strip_prefix("sqlite:").unwrap_or(url);
                let lock = File::create(format!("{path}.migrating"))?;
                let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock))
                    .await
                    .map_err(|_| DbError::WorkerCrashed)??;
                let migrating = SqlitePoolOptions::new()
                    .max_connections(1)
                    .connect_with(sqlite_options(Path::new(path)))
                    .await?;
                SQLITE.run(&migrating).await?;
                migrating.close().await;
                drop(lock);
            }
        }
        Ok(())
    }
}

fn sqlite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .optimize_on_close(true, None)
        .disable_statement_logging()
}
