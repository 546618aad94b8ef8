//! What applies to SQLite only: one connection that writes, its queue, shared commits.

use futures::FutureExt as _;

use super::{
    super::harness::{Engine, PASSWORD, TestApp, spawn_app},
    db::SPEND,
};
use crate::{
    args,
    db::{self, Db, DbError, Tx, Writer as _},
};

/// Begins a transaction as a request does, whose answer waits for what it read.
async fn shared(db: &Db) -> Result<Tx, DbError> {
    db::settled(db.begin()).await?
}

/// A dropped transaction keeps no other process waiting, even in the middle of a statement.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropped_transaction_frees_the_file() {
    let t = spawn_app(Engine::Sqlite).await;
    let other = Db::connect(&t.state.config.database_url).await.expect("it opens");
    for n in 0..3 {
        let mut tx = t.state.db.begin().await.expect("a transaction");
        tx.execute(SPEND, args!["dropped", n]).await.expect("done");
        // Finished or not: SQLite's thread may be quick.
        let _ = tx.execute(SPEND, args!["hung up", n]).now_or_never();
        drop(tx);
        let mut tx = other.begin().await.expect("a transaction");
        tx.execute(SPEND, args![format!("other {n}"), n]).await.expect("the lock");
        tx.commit().await.expect("a commit");
        let mut tx = t.state.db.begin().await.expect("a transaction");
        tx.execute(SPEND, args![format!("next {n}"), n]).await.expect("done");
        tx.commit().await.expect("a commit");
    }
    other.close().await;
    assert_eq!(t.number("SELECT COUNT(*) FROM spent_proofs").await, 6);
}

/// A commit that is cancelled is done completely or not at all, and the next transaction can write.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commit_that_is_dropped_is_whole_or_nothing() {
    let t = spawn_app(Engine::Sqlite).await;
    for n in 0..20 {
        let mut tx = t.state.db.begin().await.expect("a transaction");
        tx.defer(SPEND, args![format!("a {n}"), n]).await.expect("done");
        tx.defer(SPEND, args![format!("b {n}"), n]).await.expect("done");
        let _ = tx.commit().now_or_never();
        let mut tx = t.state.db.begin().await.expect("a transaction");
        let (rows,): (i64,) = tx
            .fetch_one("SELECT COUNT(*) FROM spent_proofs WHERE expires_at = $1", args![n])
            .await
            .expect("a count");
        assert!([0, 2].contains(&rows), "{rows} of two");
        tx.execute(SPEND, args![format!("next {n}"), -1]).await.expect("done");
        tx.commit().await.expect("a commit");
    }
}

/// Transactions that are committed together are on the disk before any caller is told, and are one commit.
#[tokio::test]
async fn transactions_that_wait_for_each_other_are_committed_together() {
    let t = spawn_app(Engine::Sqlite).await;
    let other = Db::connect(&t.state.config.database_url).await.expect("it opens");
    let first = shared(&t.state.db).await.expect("a transaction");
    let (mut second, mut third) = (Box::pin(shared(&t.state.db)), Box::pin(shared(&t.state.db)));
    assert!((&mut second).now_or_never().is_none() && (&mut third).now_or_never().is_none());
    let spend = async |mut tx: Tx, key: &str| {
        tx.execute(SPEND, args![key, 1]).await.expect("done");
        tx
    };
    let committed = tokio::spawn(spend(first, "first").await.commit());
    let second = spend(second.await.expect("a transaction"), "second").await;
    let count = "SELECT COUNT(*) FROM spent_proofs";
    let (rows,): (i64,) = other.fetch_one(count, args![]).await.expect("a count");
    assert!(rows == 0 && !committed.is_finished(), "it waits for those behind it");
    // This one fails, and the others are unaffected.
    drop(second);
    let third = spend(third.await.expect("a transaction"), "third").await;
    assert!(!committed.is_finished());
    third.commit().await.expect("a commit");
    committed.await.expect("no panic").expect("a commit");
    let rows: Vec<(String,)> =
        other.fetch_all("SELECT key FROM spent_proofs ORDER BY key", args![]).await.expect("rows");
    assert_eq!(rows, [("first".to_owned(),), ("third".to_owned(),)]);
    other.close().await;
}

/// A caller that waits for the connection and is cancelled does not delay the commit of others.
#[tokio::test]
async fn group_is_committed_when_nobody_comes_to_end_it() {
    let t = spawn_app(Engine::Sqlite).await;
    let mut first = shared(&t.state.db).await.expect("a transaction");
    first.execute(SPEND, args!["first", 1]).await.expect("done");
    let mut second = Box::pin(shared(&t.state.db));
    assert!((&mut second).now_or_never().is_none());
    let committed = tokio::spawn(first.commit());
    drop(second.await.expect("a transaction"));
    committed.await.expect("no panic").expect("a commit");
    // A caller that is cancelled while in the queue.
    let mut first = shared(&t.state.db).await.expect("a transaction");
    first.execute(SPEND, args!["second", 1]).await.expect("done");
    let mut second = Box::pin(shared(&t.state.db));
    assert!((&mut second).now_or_never().is_none());
    let committed = tokio::spawn(first.commit());
    tokio::task::yield_now().await;
    drop(second);
    committed.await.expect("no panic").expect("a commit");
    assert_eq!(t.number("SELECT COUNT(*) FROM spent_proofs").await, 2);
}

/// A counter in between is committed separately, and the transactions before it in their own commit.
#[tokio::test]
async fn light_statement_ends_the_group_before_it() {
    let t = spawn_app(Engine::Sqlite).await;
    let mut first = shared(&t.state.db).await.expect("a transaction");
    first.execute(SPEND, args!["first", 1]).await.expect("done");
    let mut light = t.state.db.relaxed();
    let mut counted = Box::pin(light.fetch_one::<(i64,)>("PRAGMA synchronous", args![]));
    let mut second = Box::pin(shared(&t.state.db));
    assert!((&mut counted).now_or_never().is_none() && (&mut second).now_or_never().is_none());
    let committed = tokio::spawn(first.commit());
    assert_eq!(counted.await.expect("a level"), (1,), "that of counters");
    committed.await.expect("no panic").expect("a commit");
    let mut second = second.await.expect("a transaction");
    assert_eq!(
        second.fetch_one::<(i64,)>("PRAGMA synchronous", args![]).await.expect("a level"),
        (2,)
    );
}

/// A transaction that does not share a commit sees only what is on the disk.
#[tokio::test]
async fn transaction_that_shares_nothing_ends_the_group_before_it() {
    let t = spawn_app(Engine::Sqlite).await;
    let mut first = shared(&t.state.db).await.expect("a transaction");
    first.execute(SPEND, args!["first", 1]).await.expect("done");
    let (mut alone, mut shared) = (Box::pin(t.state.db.begin()), Box::pin(shared(&t.state.db)));
    assert!((&mut alone).now_or_never().is_none() && (&mut shared).now_or_never().is_none());
    let committed = tokio::spawn(first.commit());
    let alone = alone.await.expect("a transaction");
    committed.await.expect("no panic").expect("a commit");
    assert_eq!(t.number("SELECT COUNT(*) FROM spent_proofs").await, 1);
    drop(alone);
    shared.await.expect("a transaction").commit().await.expect("a commit");
}

/// When the shared commit fails, every caller receives the error, and nothing is stored.
#[tokio::test]
async fn commit_that_fails_fails_for_all_of_the_group() {
    let t = spawn_app(Engine::Sqlite).await;
    with_deferred_constraint(&t).await;
    let mut first = shared(&t.state.db).await.expect("a transaction");
    let sql = "INSERT INTO children (id) VALUES ($1)";
    first.execute(sql, args![7]).await.expect("done: the commit will mind");
    let mut second = Box::pin(shared(&t.state.db));
    assert!((&mut second).now_or_never().is_none());
    let committed = tokio::spawn(first.commit());
    let mut second = second.await.expect("a transaction");
    second.execute(SPEND, args!["second", 1]).await.expect("done");
    assert!(second.commit().await.is_err());
    assert!(committed.await.expect("no panic").is_err());
    assert_eq!(t.number("SELECT COUNT(*) FROM children").await, 0);
    assert_eq!(t.number("SELECT COUNT(*) FROM spent_proofs").await, 0);
    let mut next = t.state.db.begin().await.expect("a transaction");
    next.execute(SPEND, args!["next", 1]).await.expect("done");
    next.commit().await.expect("a commit");
    assert_eq!(t.number("SELECT COUNT(*) FROM spent_proofs").await, 1);
}

/// A caller that is refused for what another wrote is told so once that is on the disk; if that fails, it is not told.
#[tokio::test]
async fn refusal_waits_for_the_commit_of_what_it_read() {
    for fails in [false, true] {
        let t = spawn_app(Engine::Sqlite).await;
        with_deferred_constraint(&t).await;
        let mut first = shared(&t.state.db).await.expect("a transaction");
        first.execute(SPEND, args!["first", 1]).await.expect("done");
        if fails {
            first.execute("INSERT INTO children (id) VALUES (7)", args![]).await.expect("done");
        }
        let db = t.state.db.clone();
        let refused = tokio::spawn(db::settled(async move {
            let mut tx = db.begin().await.expect("a transaction");
            let sql = "SELECT COUNT(*) FROM spent_proofs";
            let (seen,): (i64,) = tx.fetch_one(sql, args![]).await.expect("a count");
            drop(tx);
            // What is read next is not older: it waits, too.
            let again: Result<(i64,), DbError> = db.fetch_one(sql, args![]).await;
            again.map(|(again,)| (seen, again))
        }));
        tokio::task::yield_now().await;
        let mut third = Box::pin(shared(&t.state.db));
        assert!((&mut third).now_or_never().is_none());
        let committed = tokio::spawn(first.commit());
        let mut third = third.await.expect("a transaction");
        third.execute(SPEND, args!["third", 1]).await.expect("done");
        assert!(!committed.is_finished() && !refused.is_finished(), "nothing is on the disk");
        assert_eq!(third.commit().await.is_err(), fails);
        assert_eq!(committed.await.expect("no panic").is_err(), fails);
        let seen = refused.await.expect("no panic");
        assert_eq!(seen.ok().and_then(Result::ok), (!fails).then_some((1, 2)));
        let stored = if fails { 0 } else { 2 };
        assert_eq!(t.number("SELECT COUNT(*) FROM spent_proofs").await, stored);
    }
}

/// A process that is killed between the writes of a group and its commit has told nobody, and nothing is stored: the
/// files as they are then are what the next process finds.
#[tokio::test]
async fn killed_before_the_shared_commit_nothing_is_stored_and_nobody_was_told() {
    let t = spawn_app(Engine::Sqlite).await;
    let mut first = shared(&t.state.db).await.expect("a transaction");
    first.execute(SPEND, args!["first", 1]).await.expect("done");
    let mut second = Box::pin(shared(&t.state.db));
    assert!((&mut second).now_or_never().is_none());
    let committed = tokio::spawn(first.commit());
    let mut second = second.await.expect("a transaction");
    second.execute(SPEND, args!["second", 1]).await.expect("done");
    assert!(!committed.is_finished(), "nobody was told");
    let left = tempfile::tempdir().expect("a folder");
    let path = t.state.config.database_url.strip_prefix("sqlite:").expect("a file").to_owned();
    for ending in ["", "-wal"] {
        let copy = left.path().join(format!("latchkey.db{ending}"));
        std::fs::copy(format!("{path}{ending}"), copy).expect("a copy");
    }
    let url = format!("sqlite:{}", left.path().join("latchkey.db").display());
    let next = Db::connect(&url).await.expect("the next process opens it");
    let count = "SELECT COUNT(*) FROM spent_proofs";
    assert_eq!(next.fetch_one::<(i64,)>(count, args![]).await.expect("a count"), (0,));
    next.close().await;
    second.commit().await.expect("a commit");
    committed.await.expect("no panic").expect("a commit");
    assert_eq!(t.number(count).await, 2);
}

/// A statement that finds the file locked has begun nothing, and the next transaction can begin.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transaction_that_could_not_begin_is_forgotten() {
    let t = spawn_app(Engine::Sqlite).await;
    let other = Db::connect(&t.state.config.database_url).await.expect("it opens");
    let mut lock = other.begin().await.expect("a transaction");
    lock.execute(SPEND, args!["other", 1]).await.expect("the lock");
    let mut tx = t.state.db.begin().await.expect("a transaction");
    assert!(tx.execute(SPEND, args!["late", 1]).await.is_err(), "locked");
    lock.commit().await.expect("a commit");
    assert!(tx.execute(SPEND, args!["later", 1]).await.is_err(), "it never began");
    assert!(tx.commit().await.is_err());
    let mut tx = t.state.db.begin().await.expect("a transaction");
    tx.execute(SPEND, args!["next", 1]).await.expect("done");
    tx.commit().await.expect("a commit");
    other.close().await;
    assert_eq!(t.number("SELECT COUNT(*) FROM spent_proofs").await, 2);
}

/// Commits wait for the disk, except those of counters: SQLite reports the level (2 is FULL, 1 is NORMAL).
#[tokio::test]
async fn commits_wait_for_the_disk_but_for_counters() {
    let t = spawn_app(Engine::Sqlite).await;
    for _ in 0..2 {
        for (light, expected) in [(true, 1), (false, 2)] {
            let mut tx =
                if light { t.state.db.begin_relaxed().await } else { t.state.db.begin().await }
                    .expect("a transaction");
            let (level,): (i64,) =
                tx.fetch_one("PRAGMA synchronous", args![]).await.expect("a level");
            assert_eq!(level, expected, "light: {light}");
            tx.commit().await.expect("a commit");
        }
        let (level,): (i64,) =
            t.state.db.relaxed().fetch_one("PRAGMA synchronous", args![]).await.expect("a level");
        assert_eq!(level, 1, "a single light statement");
    }
}

/// Creates a table whose constraint is checked at the commit.
async fn with_deferred_constraint(t: &TestApp) {
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let sql = "CREATE TABLE parents (id INTEGER PRIMARY KEY)";
    tx.execute(sql, args![]).await.expect("done");
    let sql =
        "CREATE TABLE children (id INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)";
    tx.execute(sql, args![]).await.expect("done");
    tx.commit().await.expect("a commit");
}

/// An error that only the commit finds is reported, too.
#[tokio::test]
async fn light_statement_whose_commit_fails_is_an_error() {
    let t = spawn_app(Engine::Sqlite).await;
    with_deferred_constraint(&t).await;
    let sql = "INSERT INTO children (id) VALUES ($1) RETURNING id";
    let done = t.state.db.relaxed().fetch_optional::<(i64,)>(sql, args![7]).await;
    assert!(done.is_err(), "{done:?}");
    assert_eq!(t.number("SELECT COUNT(*) FROM children").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn locked_file_is_503_and_nothing_half_done() {
    let t = spawn_app(Engine::Sqlite).await;
    t.account("anna").await;
    let url = t.state.config.database_url.clone();
    let other = Db::connect(&url).await.expect("it opens");
    let mut lock = other.begin().await.expect("a transaction");
    lock.fetch_one::<(i64,)>("SELECT COUNT(*) FROM accounts", args![]).await.expect("the lock");
    let answer = t.browser().sign_in("anna", PASSWORD).await;
    assert_eq!(answer.status, 200, "back on the form");
    answer.assert_text("We cannot do this just now");
    let json = t.browser().json().sign_in("anna", PASSWORD).await;
    assert_eq!((json.status.as_u16(), json.error().as_str()), (503, "unavailable"));
    drop(lock);
    other.close().await;
    assert_eq!(t.number("SELECT COUNT(*) FROM sessions").await, 0);
    t.browser().sign_in("anna", PASSWORD).await.assert_text("Hello, anna");
}
