//! A complete application on an empty database.

use std::sync::{
    Arc, Once,
    atomic::{AtomicU32, Ordering},
};

use axum::Router;
use tempfile::TempDir;
use tokio::{sync::Semaphore, task::JoinHandle};

use crate::{
    app, args,
    clock::{Clock, Duration, Timestamp},
    config::Config,
    db::Db,
    domain::{
        accounts::{self, Account, NewAccount, Role},
        client::Client,
        geoip::Geo,
        ids::AccountId,
        session,
        values::{EmailAddress, Password, Username},
    },
    http::assets::Assets,
    i18n::Locale,
    mailer::{DevEmail, DevMailbox, Mailer, Outbox, OutboxParts},
    random::Random,
    realtime::Realtime,
    security::{KeyRing, password_hashing::Hasher},
    server,
    state::{AppState, Parts},
    turns::{Pace, Turns},
};

use super::browser::Browser;

/// The password of all accounts that tests create.
pub(super) const PASSWORD: &str = "green lamp seven";
/// Friday, 13 November 2026, 14:03 UTC.
pub(super) const START: Timestamp = Timestamp::from_millis(1_794_578_580_000);

/// The database that a test runs on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Engine {
    Sqlite,
    Postgres,
}

/// Generates a test for each engine: `db_test!(name, |t| { … })`.
macro_rules! db_test {
    ($name:ident, |$t:ident| $body:block) => {
        mod $name {
            #[allow(
                unused_imports,
                clippy::allow_attributes,
                reason = "each test needs some of them"
            )]
            use super::*;
            async fn run(engine: $crate::tests::harness::Engine) {
                let $t = $crate::tests::harness::spawn_app(engine).await;
                $body
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                run($crate::tests::harness::Engine::Sqlite).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                run($crate::tests::harness::Engine::Postgres).await;
            }
        }
    };
}
pub(super) use db_test;

/// The application, its routes and its mailbox.
pub(super) struct TestApp {
    pub state: AppState,
    pub router: Router,
    folder: TempDir,
}

/// Returns the settings that tests begin with.
pub(super) fn config(folder: &std::path::Path, database_url: String) -> Config {
    std::fs::create_dir_all(folder.join("site/pkg")).expect("the folder is writable");
    let settings = [
        ("LATCHKEY_DATABASE_URL", database_url),
        ("LATCHKEY_SECRET", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=".to_owned()),
        ("LATCHKEY_SITE_ROOT", folder.join("site").display().to_string()),
        ("LATCHKEY_SHOP_NAME", "Corner Shop".to_owned()),
        ("LATCHKEY_SHOP_URL", "https://shop.example/".to_owned()),
        ("LATCHKEY_RETURN_ORIGINS", "https://shop.example".to_owned()),
        ("LATCHKEY_TRUSTED_PROXIES", "127.0.0.1".to_owned()),
    ];
    let mut config = Config::load(None, settings.map(|(k, v)| (k.to_owned(), v)).into_iter())
        .expect("good settings");
    config.mail_folder = folder.join("mail");
    config
}

/// Starts an application on an empty database.
pub(super) async fn spawn_app(engine: Engine) -> TestApp {
    spawn_app_with(engine, |_| {}).await
}

/// Starts an application as [`spawn_app`] does, with other settings.
pub(super) async fn spawn_app_with(engine: Engine, change: impl FnOnce(&mut Config)) -> TestApp {
    // A subscriber is interested in every log line in every test: otherwise a line that is first reached without one
    // would be disabled for the test that reads the log on its own thread.
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry());
    });
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = match engine {
        Engine::Sqlite => format!("sqlite:{}", folder.path().join("latchkey.db").display()),
        Engine::Postgres => fresh_postgres().await,
    };
    let mut config = config(folder.path(), url);
    change(&mut config);
    open(config, folder).await
}

/// Starts an application on an empty PostgreSQL database; `direct` is the address of the server itself.
pub(super) async fn spawn_app_at(url: String, direct: Option<String>) -> TestApp {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut config = config(folder.path(), url);
    config.database_direct_url = direct;
    open(config, folder).await
}

async fn open(config: Config, folder: TempDir) -> TestApp {
    let direct = config.database_direct_url.as_deref();
    let db = Db::open(&config.database_url, direct).await.expect("the database opens");
    db.migrate(&config.database_url).await.expect("the tables are made");
    assemble(config, db, Clock::manual(START), folder)
}

/// Starts a second instance on the database of the first, with the same clock.
pub(super) async fn spawn_beside(first: &TestApp) -> TestApp {
    let config = Config::clone(&first.state.config);
    let direct = config.database_direct_url.as_deref();
    let db = Db::open(&config.database_url, direct).await.expect("the database opens");
    let folder = tempfile::tempdir().expect("a temporary folder");
    assemble(config, db, first.state.clock.clone(), folder)
}

fn assemble(config: Config, db: Db, clock: Clock, folder: TempDir) -> TestApp {
    let (keys, config) = (Arc::new(KeyRing::derive(&config.secret)), Arc::new(config));
    let mailer = Mailer::Folder(config.mail_folder.clone());
    let outbox = Outbox::new(OutboxParts {
        config: Arc::clone(&config),
        db: db.clone(),
        clock: clock.clone(),
        random: Random::System,
        keys: Arc::clone(&keys),
        mailer: mailer.clone(),
    });
    let state = AppState::new(Parts {
        hasher: Hasher::new(2, clock.clone(), Random::System),
        problems: app::problems(),
        assets: Assets::of_tests(),
        random: Random::System,
        mailer,
        outbox,
        keys,
        realtime: Realtime::default(),
        geo: Geo::open(config.geoip_file.as_deref()).expect("a file that can be read"),
        pictures: Turns::new(1),
        estimates: Turns::new(1),
        estimated: Pace::default(),
        checked: Pace::default(),
        pressed: Pace::default(),
        acted: Pace::default(),
        queues: Arc::new(Semaphore::new(1)),
        clock,
        db,
        config,
    });
    let router = server::router(&state).expect("the base URL is an origin");
    TestApp { state, router, folder }
}

pub(super) async fn fresh_postgres() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let base = std::env::var("LATCHKEY_TEST_POSTGRES")
        .expect("run by .ci/with-postgres, as `make test` does");
    let name = format!("t{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let admin = sqlx::PgPool::connect(&base).await.expect("the cluster answers");
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&admin)
        .await
        .expect("a database");
    admin.close().await;
    base.rsplit_once('/').map(|(server, _)| format!("{server}/{name}")).expect("an address")
}

impl TestApp {
    /// Returns the engine it runs on, for a second application beside it.
    pub(super) fn engine(&self) -> Engine {
        if self.state.db.is_postgres() { Engine::Postgres } else { Engine::Sqlite }
    }

    /// Waits until a task waits for a lock of another transaction, or is finished. With SQLite this cannot be observed:
    /// a later transaction waits for the one writer.
    pub(super) async fn until_it_waits<T>(&self, task: &JoinHandle<T>) {
        let waits = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while self.state.db.is_postgres() && !task.is_finished() && self.number(waits).await == 0 {
            tokio::task::yield_now().await;
        }
    }

    /// Returns a new browser.
    pub(super) fn browser(&self) -> Browser {
        Browser::new(self.router.clone())
    }

    /// Creates a confirmed account with [`PASSWORD`].
    pub(super) async fn account(&self, login: &str) -> Account {
        self.account_with(login, &format!("{login}@mail.example"), PASSWORD).await
    }

    pub(super) async fn account_with(&self, login: &str, email: &str, password: &str) -> Account {
        let password = Password::entered(password).expect("a password");
        let hash =
            self.state.hasher.hash(password.as_secret(), "127.0.0.0/24").await.expect("a hash");
        self.account_hashed(login, email, &hash).await
    }

    /// Creates an account as [`Self::account_with`] does, with an existing hash: for many at once.
    pub(super) async fn account_hashed(&self, login: &str, email: &str, hash: &str) -> Account {
        let id: AccountId = self.state.random.id(self.now());
        let new = NewAccount {
            id: &id,
            login: &Username::parse(login).expect("a login"),
            email: &EmailAddress::parse(email).expect("an address"),
            password_hash: hash,
            locale: Locale::En,
            role: Role::Shopper,
        };
        let mut tx = self.state.db.begin().await.expect("a transaction");
        accounts::create(&mut tx, &self.state.keys, &new, self.now()).await.expect("an account");
        tx.commit().await.expect("a commit");
        self.find(login).await
    }

    /// Creates a confirmed account with [`PASSWORD`] and a role.
    pub(super) async fn staff(&self, login: &str, role: Role) -> Account {
        let account = self.account(login).await;
        let mut tx = self.state.db.begin().await.expect("a transaction");
        accounts::set_role(&mut tx, &account.id, role, self.now(), None).await.expect("done");
        tx.commit().await.expect("a commit");
        self.find(login).await
    }

    /// Returns a browser in which a member of the staff is signed in, as after password and code.
    pub(super) async fn staff_browser(&self, account: &Account) -> Browser {
        let client = Client {
            network: "127.0.0.0/24".to_owned(),
            user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
                .to_owned(),
        };
        let mut tx = self.state.db.begin().await.expect("a transaction");
        let token =
            session::start_staff(&mut tx, &self.state.random, self.now(), &account.id, &client)
                .await
                .expect("a session");
        tx.commit().await.expect("a commit");
        let mut browser = self.browser();
        browser.set_cookie("session", &token.expose_secret());
        browser
    }

    pub(super) async fn find(&self, name: &str) -> Account {
        let key = crate::domain::values::identifier_key(name);
        accounts::find(&self.state.db, &key)
            .await
            .expect("the database answers")
            .expect("there is such an account")
    }

    /// Disables an account, as the command line does.
    pub(super) async fn disable(&self, account: &Account) {
        let mut tx = self.state.db.begin().await.expect("a transaction");
        tx.execute("UPDATE accounts SET state = 'disabled' WHERE id = $1", args![&account.id])
            .await
            .expect("done");
        tx.commit().await.expect("a commit");
    }

    pub(super) fn now(&self) -> Timestamp {
        self.state.clock.now()
    }

    pub(super) fn advance(&self, by: Duration) {
        self.state.clock.advance(by);
    }

    /// Sends what is due and returns all emails so far, oldest first.
    pub(super) async fn emails(&self) -> Vec<DevEmail> {
        while self.state.outbox.send_due().await.expect("the outbox works") > 0 {}
        let mut sent = DevMailbox(self.state.config.mail_folder.clone()).emails().await;
        sent.reverse();
        sent
    }

    /// Returns the newest email to `to` of this kind.
    pub(super) async fn email(&self, to: &str, kind: &str) -> DevEmail {
        let sent = self.emails().await;
        let seen: Vec<String> = sent.iter().map(|l| format!("{} to {}", l.kind, l.to)).collect();
        let found = sent.into_iter().rev().find(|message| message.to == to && message.kind == kind);
        found.unwrap_or_else(|| panic!("no {kind} to {to} among {seen:?}"))
    }

    /// Returns how many emails of this kind went to `to`.
    pub(super) async fn count(&self, to: &str, kind: &str) -> usize {
        self.emails()
            .await
            .iter()
            .filter(|message| message.to == to && message.kind == kind)
            .count()
    }

    /// Returns the code in the newest email of this kind: the line that contains nothing else.
    pub(super) async fn code(&self, to: &str, kind: &str) -> String {
        code_in(&self.email(to, kind).await.text)
    }

    /// Returns one number from the database.
    pub(super) async fn number(&self, sql: &'static str) -> i64 {
        self.state.db.fetch_one::<(i64,)>(sql, args![]).await.expect("the database answers").0
    }

    pub(super) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

/// Returns the code in the text of an email.
pub(super) fn code_in(text: &str) -> String {
    let is_code = |line: &&str| {
        let bare = line.replace('-', "");
        (bare.len() == 6 && bare.bytes().all(|b| b.is_ascii_digit()))
            || (line.len() == 14
                && bare.len() == 12
                && bare.bytes().all(|b| b.is_ascii_alphanumeric()))
    };
    text.lines()
        .map(str::trim)
        .find(is_code)
        .unwrap_or_else(|| panic!("no code in {text}"))
        .to_owned()
}
