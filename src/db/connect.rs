//! Opens the database and migrates its schema.

use std::{fs::File, path::Path, str::FromStr as _, sync::LazyLock, time::Duration};

use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, PgPool, Row as _,
    SqlSafeStr as _,
    migrate::{Migration, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{Db, DbError, Server, SqliteReaders, SqliteWriter};

static SQLITE: Migrator = sqlx::migrate!();
/// The same migrations, in which one type has another name. Uses a lock of our own, which also works behind a pooler:
/// see [`migrate_postgres`].
static POSTGRES: LazyLock<Migrator> = LazyLock::new(|| {
    let translated = SQLITE.iter().map(|it| {
        let sql = it.sql.as_str().replace("BLOB", "BYTEA");
        Migration::new(
            it.version,
            it.description.clone(),
            it.migration_type,
            AssertSqlSafe(sql).into_sql_str(),
            it.no_tx,
        )
    });
    let mut migrator = Migrator::with_migrations(translated.collect());
    migrator.set_locking(false);
    migrator
});
/// The advisory lock under which one process migrates: "latchkey" as a number.
const MIGRATING: i64 = i64::from_be_bytes(*b"latchkey");

/// How long a request waits for a connection or a lock before it is answered with 503.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
const READERS: usize = 4;
const POSTGRES_CONNECTIONS: u32 = 16;

impl Db {
    /// Opens `url` (`sqlite:PATH` or `postgres://…`); creates an SQLite file and its folder if they do not exist.
    ///
    /// # Errors
    /// When the address is not understood or the database cannot be reached.
    pub async fn connect(url: &str) -> Result<Self, DbError> {
        Self::open(url, None).await
    }

    /// As [`Db::connect`]; where `url` leads through a pooler in transaction mode, `direct` is the address of the
    /// server itself. Whether it does is detected.
    ///
    /// # Errors
    /// As [`Db::connect`].
    pub async fn open(url: &str, direct: Option<&str>) -> Result<Self, DbError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return Self::connect_sqlite(Path::new(path)).await;
        }
        let pool = PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(postgres_options(url)?)
            .await?;
        let pooled = lends_sessions(&pool).await?;
        let sessions = match direct {
            Some(direct) if pooled => {
                let direct = postgres_options(direct)?;
                let own = PgPoolOptions::new().max_connections(2).acquire_timeout(ACQUIRE_TIMEOUT);
                Some(own.connect_with(direct).await?)
            }
            _ if pooled => None,
            _ => Some(pool.clone()),
        };
        Ok(Self::Postgres(Server { pool, pooled, sessions }))
    }

    async fn connect_sqlite(path: &Path) -> Result<Self, DbError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let options = sqlite_options(path);
        let write = SqliteWriter::open(options.clone(), ACQUIRE_TIMEOUT).await?;
        let options = options.create_if_missing(false).pragma("query_only", "ON");
        let read = SqliteReaders::open(options, READERS, ACQUIRE_TIMEOUT).await?;
        Ok(Self::Sqlite { write, read })
    }

    /// Migrates the schema. Several processes may start at once: one migrates, the others wait (PostgreSQL: an advisory
    /// lock; SQLite: a lock on a file beside the database).
    ///
    /// # Errors
    /// When a migration fails, or the database was migrated by a newer Latchkey.
    pub async fn migrate(&self, url: &str) -> Result<(), DbError> {
        match self {
            Self::Postgres(server) => migrate_postgres(server).await?,
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

fn postgres_options(url: &str) -> Result<PgConnectOptions, DbError> {
    Ok(PgConnectOptions::from_str(url)?
        .application_name("latchkey")
        // Poolers refuse startup parameters that they do not know, and no float is ever read.
        .extra_float_digits(None)
        .disable_statement_logging())
}

/// Returns whether the server's sessions are only lent, for one transaction each, by a pooler in transaction mode such
/// as PgBouncer. Without one, no two connections share a server process, and none ever changes its own.
async fn lends_sessions(pool: &PgPool) -> Result<bool, DbError> {
    async fn process(connection: &mut PgConnection) -> Result<i32, DbError> {
        // The simple query protocol, in one message: until the result is known, no statement may be prepared.
        sqlx::raw_sql("SELECT pg_backend_pid()").fetch_one(connection).await?.try_get(0)
    }
    let (mut one, mut other) = (pool.acquire().await?, pool.acquire().await?);
    // Where others use the same pooler, a single round may be inconclusive.
    for _ in 0..3 {
        let before = process(&mut one).await?;
        // The pooler lends sessions in turn: the second query runs in another one …
        if process(&mut one).await? != before {
            return Ok(true);
        }
        // … or always the one that was returned last: then `other` now has it. `other` is queried first: while its
        // transaction is open, a pooler with a single session would never answer `one`.
        let mut tx = other.begin().await?;
        let is_lent = process(&mut tx).await? == before || process(&mut one).await? != before;
        tx.rollback().await?;
        if is_lent {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Migrates in one transaction, which also holds the lock: behind a pooler nothing longer stays in one session.
async fn migrate_postgres(server: &Server) -> Result<(), DbError> {
    // A connection of its own: the statements that sqlx prepares for this end with it.
    let pool = server.sessions.as_ref().unwrap_or(&server.pool);
    let mut connection = (*pool.connect_options()).clone().connect().await?;
    let mut tx = connection.begin().await?;
    // In a lent session, our prepared statements would conflict with those of its next user, and those of others with
    // ours.
    let is_lent = server.sessions.is_none();
    if is_lent {
        sqlx::raw_sql("DEALLOCATE ALL").execute(&mut *tx).await?;
    }
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(MIGRATING).execute(&mut *tx).await?;
    POSTGRES.run_direct(None, &mut *tx, false).await?;
    if is_lent {
        sqlx::raw_sql("DEALLOCATE ALL").execute(&mut *tx).await?;
    }
    tx.commit().await?;
    connection.close().await
}

fn sqlite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(ACQUIRE_TIMEOUT)
        .optimize_on_close(true, None)
        .disable_statement_logging()
}
