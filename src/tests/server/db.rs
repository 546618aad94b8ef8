//! The database: migrations, transactions, and what happens when it is away.

use futures::FutureExt as _;

use crate::{
    args,
    forms::{Email, Login},
    i18n::Locale,
    server::{
        accounts::{self, CreateError, NewAccount, Role},
        db::{Db, Tx, Writer as _},
        secret::Token,
        session,
    },
};

use super::super::harness::{Engine, PASSWORD, TestApp, both, spawn_app};

both!(migrations_run_once_however_many_processes_start, |t| {
    let url = t.app.config.database_url.clone();
    let starts = (0..4).map(|_| {
        let url = url.clone();
        tokio::spawn(async move {
            let db = Db::connect(&url).await.expect("it opens");
            db.migrate(&url).await.expect("it migrates");
            db.close().await;
        })
    });
    for start in starts.collect::<Vec<_>>() {
        start.await.expect("no panic");
    }
    assert_eq!(t.number("SELECT COUNT(*) FROM _sqlx_migrations").await, 3);
});

both!(transaction_that_is_dropped_undoes_everything, |t| {
    {
        let mut tx = t.app.db.begin().await.expect("a transaction");
        tx.execute("INSERT INTO spent_proofs (key, expires_at) VALUES ($1, $2)", args!["a", 1])
            .await
            .expect("done");
    }
    assert_eq!(t.number("SELECT COUNT(*) FROM spent_proofs").await, 0);
});

/// Nothing keeps other processes waiting once a transaction is dropped, also in the middle of a statement.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropped_transaction_frees_the_file() {
    let t = spawn_app(Engine::Sqlite).await;
    let other = Db::connect(&t.app.config.database_url).await.expect("it opens");
    for n in 0..3 {
        let mut tx = t.app.db.begin().await.expect("a transaction");
        tx.execute(SPEND, args!["dropped", n]).await.expect("done");
        let waiting = tx.execute(SPEND, args!["hung up", n]).now_or_never();
        assert!(waiting.is_none(), "it was dropped before it was done");
        drop(tx);
        let mut tx = other.begin().await.expect("a transaction");
        tx.execute(SPEND, args![format!("other {n}"), n]).await.expect("the lock");
        tx.commit().await.expect("a commit");
        let mut tx = t.app.db.begin().await.expect("a transaction");
        tx.execute(SPEND, args![format!("next {n}"), n]).await.expect("done");
        tx.commit().await.expect("a commit");
    }
    other.close().await;
    assert_eq!(t.number("SELECT COUNT(*) FROM spent_proofs").await, 6);
}

/// Whoever hangs up while a commit is under way leaves all of it or nothing, and the next can write.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commit_that_is_dropped_is_whole_or_nothing() {
    let t = spawn_app(Engine::Sqlite).await;
    for n in 0..20 {
        let mut tx = t.app.db.begin().await.expect("a transaction");
        tx.defer(SPEND, args![format!("a {n}"), n]).await.expect("done");
        tx.defer(SPEND, args![format!("b {n}"), n]).await.expect("done");
        let _ = tx.commit().now_or_never();
        let mut tx = t.app.db.begin().await.expect("a transaction");
        let (rows,): (i64,) = tx
            .one("SELECT COUNT(*) FROM spent_proofs WHERE expires_at = $1", args![n])
            .await
            .expect("a count");
        assert!([0, 2].contains(&rows), "{rows} of two");
        tx.execute(SPEND, args![format!("next {n}"), -1]).await.expect("done");
        tx.commit().await.expect("a commit");
    }
}

both!(transactions_at_once_are_all_there_or_undone_each_by_itself, |t| {
    let tasks = (0..60_i64).map(|n| {
        let db = t.app.db.clone();
        tokio::spawn(async move {
            let begun = if n % 8 < 6 { db.begin_shared().await } else { db.begin().await };
            let mut tx = begun.expect("a transaction");
            tx.defer(SPEND, args![format!("{n} first"), n]).await.expect("done");
            tx.execute(SPEND, args![format!("{n} second"), n]).await.expect("done");
            match n % 4 {
                0 => return false,
                1 => {
                    let taken = tx.defer(SPEND, args![format!("{n} first"), n]).await;
                    return taken.is_ok() && tx.commit().await.is_ok();
                }
                _ => tx.defer(SPEND, args![format!("{n} third"), n]).await.expect("done"),
            }
            tx.commit().await.expect("a commit");
            let sql = "SELECT COUNT(*) FROM spent_proofs WHERE expires_at = $1";
            let (rows,): (i64,) = db.one(sql, args![n]).await.expect("a count");
            assert_eq!(rows, 3, "others see it once it is said to be there");
            true
        })
    });
    let mut done = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        done.push(task.await.expect("no panic"));
    }
    let expected: Vec<bool> = (0..60).map(|n| n % 4 > 1).collect();
    assert_eq!(done, expected);
    assert_eq!(t.number("SELECT COUNT(*) FROM spent_proofs").await, 90);
});

/// What is committed together is on the disk before anybody is told, and is one commit.
#[tokio::test]
async fn transactions_that_wait_for_each_other_are_committed_together() {
    let t = spawn_app(Engine::Sqlite).await;
    let other = Db::connect(&t.app.config.database_url).await.expect("it opens");
    let first = t.app.db.begin_shared().await.expect("a transaction");
    let (mut second, mut third) =
        (Box::pin(t.app.db.begin_shared()), Box::pin(t.app.db.begin_shared()));
    assert!((&mut second).now_or_never().is_none() && (&mut third).now_or_never().is_none());
    let spend = async |mut tx: Tx, key: &str| {
        tx.execute(SPEND, args![key, 1]).await.expect("done");
        tx
    };
    let committed = tokio::spawn(spend(first, "first").await.commit());
    let second = spend(second.await.expect("a transaction"), "second").await;
    let count = "SELECT COUNT(*) FROM spent_proofs";
    let (rows,): (i64,) = other.one(count, args![]).await.expect("a count");
    assert!(rows == 0 && !committed.is_finished(), "it waits for those behind it");
    // This one fails, and the others are none the worse.
    drop(second);
    let third = spend(third.await.expect("a transaction"), "third").await;
    assert!(!committed.is_finished());
    third.commit().await.expect("a commit");
    committed.await.expect("no panic").expect("a commit");
    let rows: Vec<(String,)> =
        other.all("SELECT key FROM spent_proofs ORDER BY key", args![]).await.expect("rows");
    assert_eq!(rows, [("first".to_owned(),), ("third".to_owned(),)]);
    other.close().await;
}

/// Whoever waits for the connection and goes away keeps nobody from being committed.
#[tokio::test]
async fn group_is_committed_when_nobody_comes_to_end_it() {
    let t = spawn_app(Engine::Sqlite).await;
    let mut first = t.app.db.begin_shared().await.expect("a transaction");
    first.execute(SPEND, args!["first", 1]).await.expect("done");
    let mut second = Box::pin(t.app.db.begin_shared());
    assert!((&mut second).now_or_never().is_none());
    let committed = tokio::spawn(first.commit());
    drop(second.await.expect("a transaction"));
    committed.await.expect("no panic").expect("a commit");
    // One in the queue that hangs up there.
    let mut first = t.app.db.begin_shared().await.expect("a transaction");
    first.execute(SPEND, args!["second", 1]).await.expect("done");
    let mut second = Box::pin(t.app.db.begin_shared());
    assert!((&mut second).now_or_never().is_none());
    let committed = tokio::spawn(first.commit());
    tokio::task::yield_now().await;
    drop(second);
    committed.await.expect("no panic").expect("a commit");
    assert_eq!(t.number("SELECT COUNT(*) FROM spent_proofs").await, 2);
}

/// A counter in between is committed for itself, and those before it with their own.
#[tokio::test]
async fn light_statement_ends_the_group_before_it() {
    let t = spawn_app(Engine::Sqlite).await;
    let mut first = t.app.db.begin_shared().await.expect("a transaction");
    first.execute(SPEND, args!["first", 1]).await.expect("done");
    let mut light = t.app.db.light();
    let mut counted = Box::pin(light.one::<(i64,)>("PRAGMA synchronous", args![]));
    let mut second = Box::pin(t.app.db.begin_shared());
    assert!((&mut counted).now_or_never().is_none() && (&mut second).now_or_never().is_none());
    let committed = tokio::spawn(first.commit());
    assert_eq!(counted.await.expect("a level"), (1,), "that of counters");
    committed.await.expect("no panic").expect("a commit");
    let mut second = second.await.expect("a transaction");
    assert_eq!(second.one::<(i64,)>("PRAGMA synchronous", args![]).await.expect("a level"), (2,));
}

/// Whoever does not share a commit sees only what is on the disk.
#[tokio::test]
async fn transaction_that_shares_nothing_ends_the_group_before_it() {
    let t = spawn_app(Engine::Sqlite).await;
    let mut first = t.app.db.begin_shared().await.expect("a transaction");
    first.execute(SPEND, args!["first", 1]).await.expect("done");
    let (mut alone, mut shared) = (Box::pin(t.app.db.begin()), Box::pin(t.app.db.begin_shared()));
    assert!((&mut alone).now_or_never().is_none() && (&mut shared).now_or_never().is_none());
    let committed = tokio::spawn(first.commit());
    let alone = alone.await.expect("a transaction");
    committed.await.expect("no panic").expect("a commit");
    assert_eq!(t.number("SELECT COUNT(*) FROM spent_proofs").await, 1);
    drop(alone);
    shared.await.expect("a transaction").commit().await.expect("a commit");
}

/// When the one commit fails, nobody is told that it is there, and nothing is.
#[tokio::test]
async fn commit_that_fails_fails_for_all_of_the_group() {
    let t = spawn_app(Engine::Sqlite).await;
    with_deferred_constraint(&t).await;
    let mut first = t.app.db.begin_shared().await.expect("a transaction");
    let sql = "INSERT INTO children (id) VALUES ($1)";
    first.execute(sql, args![7]).await.expect("done: the commit will mind");
    let mut second = Box::pin(t.app.db.begin_shared());
    assert!((&mut second).now_or_never().is_none());
    let committed = tokio::spawn(first.commit());
    let mut second = second.await.expect("a transaction");
    second.execute(SPEND, args!["second", 1]).await.expect("done");
    assert!(second.commit().await.is_err());
    assert!(committed.await.expect("no panic").is_err());
    assert_eq!(t.number("SELECT COUNT(*) FROM children").await, 0);
    assert_eq!(t.number("SELECT COUNT(*) FROM spent_proofs").await, 0);
    let mut next = t.app.db.begin().await.expect("a transaction");
    next.execute(SPEND, args!["next", 1]).await.expect("done");
    next.commit().await.expect("a commit");
    assert_eq!(t.number("SELECT COUNT(*) FROM spent_proofs").await, 1);
}

/// A statement that finds the file locked has begun nothing, and the next one may.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transaction_that_could_not_begin_is_forgotten() {
    let t = spawn_app(Engine::Sqlite).await;
    let other = Db::connect(&t.app.config.database_url).await.expect("it opens");
    let mut lock = other.begin().await.expect("a transaction");
    lock.execute(SPEND, args!["other", 1]).await.expect("the lock");
    let mut tx = t.app.db.begin().await.expect("a transaction");
    assert!(tx.execute(SPEND, args!["late", 1]).await.is_err(), "locked");
    lock.commit().await.expect("a commit");
    assert!(tx.execute(SPEND, args!["later", 1]).await.is_err(), "it never began");
    assert!(tx.commit().await.is_err());
    let mut tx = t.app.db.begin().await.expect("a transaction");
    tx.execute(SPEND, args!["next", 1]).await.expect("done");
    tx.commit().await.expect("a commit");
    other.close().await;
    assert_eq!(t.number("SELECT COUNT(*) FROM spent_proofs").await, 2);
}

both!(transaction_without_a_statement_commits, |t| {
    t.app.db.begin().await.expect("a transaction").commit().await.expect("a commit");
});

both!(closed_database_takes_nothing, |t| {
    t.app.db.close().await;
    assert!(t.app.db.begin().await.is_err());
    assert!(t.app.db.ping().await.is_err());
});

/// Commits are on the disk, but for counters: SQLite says which (2 is FULL, 1 is NORMAL).
#[tokio::test]
async fn commits_wait_for_the_disk_but_for_counters() {
    let t = spawn_app(Engine::Sqlite).await;
    for _ in 0..2 {
        for (light, expected) in [(true, 1), (false, 2)] {
            let mut tx = if light { t.app.db.begin_light().await } else { t.app.db.begin().await }
                .expect("a transaction");
            let (level,): (i64,) = tx.one("PRAGMA synchronous", args![]).await.expect("a level");
            assert_eq!(level, expected, "light: {light}");
            tx.commit().await.expect("a commit");
        }
        let (level,): (i64,) =
            t.app.db.light().one("PRAGMA synchronous", args![]).await.expect("a level");
        assert_eq!(level, 1, "a single light statement");
    }
}

const SPEND: &str = "INSERT INTO spent_proofs (key, expires_at) VALUES ($1, $2)";

both!(deferred_statements_run_in_order_before_what_is_asked_next, |t| {
    let mut tx = t.app.db.begin().await.expect("a transaction");
    tx.defer(SPEND, args!["a", 1]).await.expect("done");
    tx.defer(SPEND, args!["b", 2]).await.expect("done");
    tx.defer("UPDATE spent_proofs SET expires_at = $2 WHERE key = $1", args!["a", 11])
        .await
        .expect("done");
    let sql = "SELECT expires_at FROM spent_proofs WHERE key = $1";
    assert_eq!(tx.one::<(i64,)>(sql, args!["a"]).await.expect("a row"), (11,));
    tx.defer(SPEND, args!["c", 3]).await.expect("done");
    let changed = tx.execute("DELETE FROM spent_proofs WHERE key = $1", args!["c"]).await;
    assert_eq!(changed.expect("done"), 1, "of this one alone");
    tx.defer(SPEND, args!["d", 4]).await.expect("done");
    tx.commit().await.expect("a commit");
    let rows: Vec<(String, i64)> = t
        .app
        .db
        .all("SELECT key, expires_at FROM spent_proofs ORDER BY key", args![])
        .await
        .expect("rows");
    assert_eq!(rows, [("a".to_owned(), 11), ("b".to_owned(), 2), ("d".to_owned(), 4)]);
});

both!(deferred_statement_that_fails_undoes_everything, |t| {
    let mut tx = t.app.db.begin().await.expect("a transaction");
    tx.execute(SPEND, args!["a", 1]).await.expect("done");
    let again = tx.defer(SPEND, args!["a", 2]).await;
    let after = tx.defer(SPEND, args!["b", 3]).await;
    let ended = tx.commit().await;
    assert!(again.is_err() || ended.is_err(), "{after:?}");
    assert_eq!(t.number("SELECT COUNT(*) FROM spent_proofs").await, 0);
});

both!(transaction_in_which_a_statement_failed_takes_no_other, |t| {
    let mut tx = t.app.db.begin().await.expect("a transaction");
    tx.execute(SPEND, args!["a", 1]).await.expect("done");
    assert!(tx.execute(SPEND, args!["a", 2]).await.is_err(), "taken");
    assert!(tx.execute(SPEND, args!["b", 3]).await.is_err());
    drop(tx);
    assert_eq!(t.number("SELECT COUNT(*) FROM spent_proofs").await, 0);
});

both!(deferred_statements_of_a_dropped_transaction_never_run, |t| {
    {
        let mut tx = t.app.db.begin().await.expect("a transaction");
        tx.defer(SPEND, args!["a", 1]).await.expect("done");
    }
    assert_eq!(t.number("SELECT COUNT(*) FROM spent_proofs").await, 0);
});

/// A table whose constraint is looked at when a transaction is committed.
async fn with_deferred_constraint(t: &TestApp) {
    let mut tx = t.app.db.begin().await.expect("a transaction");
    let sql = "CREATE TABLE parents (id INTEGER PRIMARY KEY)";
    tx.execute(sql, args![]).await.expect("done");
    let sql =
        "CREATE TABLE children (id INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)";
    tx.execute(sql, args![]).await.expect("done");
    tx.commit().await.expect("a commit");
}

/// What only the commit finds wrong is an error, too.
#[tokio::test]
async fn light_statement_whose_commit_fails_is_an_error() {
    let t = spawn_app(Engine::Sqlite).await;
    with_deferred_constraint(&t).await;
    let sql = "INSERT INTO children (id) VALUES ($1) RETURNING id";
    let done = t.app.db.light().optional::<(i64,)>(sql, args![7]).await;
    assert!(done.is_err(), "{done:?}");
    assert_eq!(t.number("SELECT COUNT(*) FROM children").await, 0);
}

both!(taken_names_are_told_apart, |t| {
    t.account("anna").await;
    let create = async |login: &str, email: &str| {
        let new = NewAccount {
            id: &t.app.random.id(t.now()),
            login: &Login::parse(login).expect("a login"),
            email: &Email::parse(email).expect("an address"),
            password_hash: "x",
            locale: Locale::En,
            role: Role::Shopper,
        };
        let mut tx = t.app.db.begin().await.expect("a transaction");
        let result = accounts::create(&mut tx, &t.app.keys, &new, t.now()).await;
        if result.is_ok() {
            tx.commit().await.expect("a commit");
        }
        result
    };
    assert!(matches!(create("ANNA", "new@mail.example").await, Err(CreateError::LoginTaken)));
    assert!(matches!(create("bert", "Anna@Mail.Example").await, Err(CreateError::EmailTaken)));
    assert!(create("bert", "bert@mail.example").await.is_ok());
    assert_eq!(t.number("SELECT COUNT(*) FROM accounts").await, 2, "nothing half done");
});

both!(former_login_signs_in_and_nobody_else_gets_it, |t| {
    let anna = t.account("anna").await;
    let mut tx = t.app.db.begin().await.expect("a transaction");
    let insert = "INSERT INTO identifiers (key, kind, account_id, state, until) VALUES ($1, $2, $3, $4, NULL)";
    tx.execute(insert, args!["old-anna", "login", &anna.id, "former"]).await.expect("done");
    tx.execute(insert, args!["held@mail.example", "email", &anna.id, "held"]).await.expect("done");
    tx.commit().await.expect("a commit");
    t.browser().sign_in("old-anna", PASSWORD).await.says("Hello, anna");
    t.browser().sign_in("held@mail.example", PASSWORD).await.says("not right");
    assert!(
        accounts::is_taken(&t.app.db, &t.app.keys, "old-anna", t.now()).await.expect("an answer")
    );
});

both!(sessions_and_devices, |t| {
    let anna = t.account("anna").await;
    let client = crate::server::client::Client {
        network: "203.0.113.0/24".to_owned(),
        user_agent: "x".to_owned(),
    };
    let (device, unknown) = (Token::new(&t.app.random), Token::new(&t.app.random));
    let mut tx = t.app.db.begin().await.expect("a transaction");
    let first = session::start(&mut tx, &t.app.random, t.now(), &anna.id, true, &client)
        .await
        .expect("a session");
    let second = session::start(&mut tx, &t.app.random, t.now(), &anna.id, false, &client)
        .await
        .expect("a session");
    for _ in 0..2 {
        session::remember_device(&mut tx, &t.app.random, t.now(), &anna.id, &device)
            .await
            .expect("done");
    }
    tx.commit().await.expect("a commit");
    let known = async |token| {
        session::known_device(&t.app.db, &anna.id, token).await.expect("an answer").is_some()
    };
    assert!(known(Some(&device)).await && !known(Some(&unknown)).await && !known(None).await);
    assert_eq!(session::count(&t.app.db, &anna.id, t.now()).await.expect("a count"), 2);
    let found = session::find(&t.app.db, &first, &client, t.now())
        .await
        .expect("an answer")
        .expect("the session");
    assert!(found.persistent && found.account_id == anna.id);
    let mut tx = t.app.db.begin().await.expect("a transaction");
    assert_eq!(session::end(&mut tx, &second).await.expect("done"), Some(anna.id.clone()));
    assert_eq!(session::end(&mut tx, &second).await.expect("done"), None);
    assert_eq!(session::end_all(&mut tx, &anna.id).await.expect("done"), 1);
    tx.commit().await.expect("a commit");
    assert!(session::find(&t.app.db, &first, &client, t.now()).await.expect("an answer").is_none());
});

both!(nothing_that_signs_in_is_readable_in_a_stolen_database, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    let (session, device) =
        (browser.cookie("session").expect("a cookie"), browser.cookie("device").expect("a cookie"));
    browser.ask_for_code("anna").await;
    let flow = browser.cookie("flow").expect("a cookie");
    let code = t.code("anna@mail.example", "recovery-code").await;
    for (table, column) in [
        ("sessions", "token_hash"),
        ("devices", "token_hash"),
        ("flows", "token_hash"),
        ("codes", "mac"),
    ] {
        let sql: &'static str = Box::leak(format!("SELECT {column} FROM {table}").into_boxed_str());
        let rows: Vec<(Vec<u8>,)> = t.app.db.all(sql, args![]).await.expect("rows");
        assert!(!rows.is_empty());
        for (bytes,) in rows {
            assert_eq!(bytes.len(), 32, "a SHA-256");
            let text = String::from_utf8_lossy(&bytes).into_owned();
            assert!(
                ![&session, &device, &flow, &code]
                    .iter()
                    .any(|secret| text.contains(secret.as_str()))
            );
        }
    }
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn locked_file_is_503_and_nothing_half_done() {
    let t = spawn_app(Engine::Sqlite).await;
    t.account("anna").await;
    let url = t.app.config.database_url.clone();
    let other = Db::connect(&url).await.expect("it opens");
    let mut lock = other.begin().await.expect("a transaction");
    lock.one::<(i64,)>("SELECT COUNT(*) FROM accounts", args![]).await.expect("the lock");
    let answer = t.browser().sign_in("anna", PASSWORD).await;
    assert_eq!(answer.status, 200, "back on the form");
    answer.says("We cannot do this just now");
    let json = t.browser().json().sign_in("anna", PASSWORD).await;
    assert_eq!((json.status.as_u16(), json.error().as_str()), (503, "unavailable"));
    drop(lock);
    other.close().await;
    assert_eq!(t.number("SELECT COUNT(*) FROM sessions").await, 0);
    t.browser().sign_in("anna", PASSWORD).await.says("Hello, anna");
}
