//! The database: migrations and transactions, on both engines.

use crate::{
    args,
    db::{self, Db, DbError},
    domain::{
        accounts::{self, CreateError, NewAccount, Role},
        known_browser::{self, DeviceTokens},
        session,
        values::{EmailAddress, Username},
        verification::flows::{self, FlowKind},
    },
    i18n::Locale,
    security::Token,
};

use super::super::harness::{PASSWORD, db_test};

/// Inserts into a table without constraints on other tables.
pub(super) const SPEND: &str = "INSERT INTO spent_proofs (key, expires_at) VALUES ($1, $2)";

db_test!(migrations_run_once_however_many_processes_start, |t| {
    let url = t.state.config.database_url.clone();
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
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations"));
    let files = i64::try_from(files.expect("migrations").count()).expect("not many");
    assert_eq!(t.number("SELECT COUNT(*) FROM _sqlx_migrations").await, files);
});

db_test!(transaction_that_is_dropped_undoes_everything, |t| {
    {
        let mut tx = t.state.db.begin().await.expect("a transaction");
        tx.execute("INSERT INTO spent_proofs (key, expires_at) VALUES ($1, $2)", args!["a", 1])
            .await
            .expect("done");
    }
    assert_eq!(t.number("SELECT COUNT(*) FROM spent_proofs").await, 0);
});

db_test!(transactions_at_once_are_all_there_or_undone_each_by_itself, |t| {
    let tasks = (0..60_i64).map(|n| {
        let db = t.state.db.clone();
        tokio::spawn(async move {
            let begun = if n % 8 < 6 {
                db::settled(db.begin()).await.and_then(|begun| begun)
            } else {
                db.begin().await
            };
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
            let (rows,): (i64,) = db.fetch_one(sql, args![n]).await.expect("a count");
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

db_test!(transaction_without_a_statement_commits, |t| {
    t.state.db.begin().await.expect("a transaction").commit().await.expect("a commit");
});

db_test!(closed_database_takes_nothing, |t| {
    t.state.db.close().await;
    assert!(t.state.db.begin().await.is_err());
    assert!(t.state.db.ping().await.is_err());
});

db_test!(deferred_statements_run_in_order_before_what_is_asked_next, |t| {
    let mut tx = t.state.db.begin().await.expect("a transaction");
    tx.defer(SPEND, args!["a", 1]).await.expect("done");
    tx.defer(SPEND, args!["b", 2]).await.expect("done");
    tx.defer("UPDATE spent_proofs SET expires_at = $2 WHERE key = $1", args!["a", 11])
        .await
        .expect("done");
    let sql = "SELECT expires_at FROM spent_proofs WHERE key = $1";
    assert_eq!(tx.fetch_one::<(i64,)>(sql, args!["a"]).await.expect("a row"), (11,));
    tx.defer(SPEND, args!["c", 3]).await.expect("done");
    let changed = tx.execute("DELETE FROM spent_proofs WHERE key = $1", args!["c"]).await;
    assert_eq!(changed.expect("done"), 1, "of this one alone");
    tx.defer(SPEND, args!["d", 4]).await.expect("done");
    tx.commit().await.expect("a commit");
    let rows: Vec<(String, i64)> = t
        .state
        .db
        .fetch_all("SELECT key, expires_at FROM spent_proofs ORDER BY key", args![])
        .await
        .expect("rows");
    assert_eq!(rows, [("a".to_owned(), 11), ("b".to_owned(), 2), ("d".to_owned(), 4)]);
});

db_test!(deferred_statement_that_fails_undoes_everything, |t| {
    let mut tx = t.state.db.begin().await.expect("a transaction");
    tx.execute(SPEND, args!["a", 1]).await.expect("done");
    let again = tx.defer(SPEND, args!["a", 2]).await;
    let after = tx.defer(SPEND, args!["b", 3]).await;
    let ended = tx.commit().await;
    assert!(again.is_err() || ended.is_err(), "{after:?}");
    assert_eq!(t.number("SELECT COUNT(*) FROM spent_proofs").await, 0);
});

db_test!(transaction_in_which_a_statement_failed_takes_no_other, |t| {
    let mut tx = t.state.db.begin().await.expect("a transaction");
    tx.execute(SPEND, args!["a", 1]).await.expect("done");
    assert!(tx.execute(SPEND, args!["a", 2]).await.is_err(), "taken");
    assert!(tx.execute(SPEND, args!["b", 3]).await.is_err());
    drop(tx);
    assert_eq!(t.number("SELECT COUNT(*) FROM spent_proofs").await, 0);
});

db_test!(deferred_statements_of_a_dropped_transaction_never_run, |t| {
    {
        let mut tx = t.state.db.begin().await.expect("a transaction");
        tx.defer(SPEND, args!["a", 1]).await.expect("done");
    }
    assert_eq!(t.number("SELECT COUNT(*) FROM spent_proofs").await, 0);
});

db_test!(taken_names_are_told_apart, |t| {
    t.account("anna").await;
    let create = async |login: &str, email: &str| {
        let new = NewAccount {
            id: &t.state.random.id(t.now()),
            login: &Username::parse(login).expect("a login"),
            email: &EmailAddress::parse(email).expect("an address"),
            password_hash: "x",
            locale: Locale::En,
            role: Role::Shopper,
        };
        let mut tx = t.state.db.begin().await.expect("a transaction");
        let result = accounts::create(&mut tx, &t.state.keys, &new, t.now()).await;
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

db_test!(former_login_signs_in_and_nobody_else_gets_it, |t| {
    let anna = t.account("anna").await;
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let insert = "INSERT INTO identifiers (key, kind, account_id, state, until) VALUES ($1, $2, $3, $4, NULL)";
    tx.execute(insert, args!["old-anna", "login", &anna.id, "former"]).await.expect("done");
    tx.execute(insert, args!["held@mail.example", "email", &anna.id, "held"]).await.expect("done");
    tx.commit().await.expect("a commit");
    t.browser().sign_in("old-anna", PASSWORD).await.assert_text("Hello, anna");
    t.browser().sign_in("held@mail.example", PASSWORD).await.assert_text("not right");
    assert!(
        accounts::is_taken(
            &t.state.db,
            &t.state.keys,
            &Username::parse("old-anna").expect("a login")
        )
        .await
        .expect("an answer")
    );
});

db_test!(sessions_and_devices, |t| {
    let anna = t.account("anna").await;
    let client = crate::domain::client::Client {
        network: "203.0.113.0/24".to_owned(),
        user_agent: "x".to_owned(),
    };
    let unknown = DeviceTokens::parse(&Token::new(&t.state.random).expose_secret());
    let mut device = DeviceTokens::default();
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let first = session::start(&mut tx, &t.state.random, t.now(), &anna.id, true, &client)
        .await
        .expect("a session");
    let second = session::start(&mut tx, &t.state.random, t.now(), &anna.id, false, &client)
        .await
        .expect("a session");
    for _ in 0..2 {
        device =
            known_browser::remember(&mut tx, &t.state.random, t.now(), &anna.id, &device, None)
                .await
                .expect("done");
    }
    tx.commit().await.expect("a commit");
    let known = async |tokens: &DeviceTokens| {
        known_browser::find(&t.state.db, &anna.id, tokens).await.expect("an answer").is_some()
    };
    assert!(known(&device).await && !known(&unknown).await);
    assert!(!known(&DeviceTokens::default()).await);
    assert_eq!(session::count(&t.state.db, &anna.id, t.now()).await.expect("a count"), 2);
    let found = session::find(&t.state.db, &first, &client, t.now())
        .await
        .expect("an answer")
        .expect("the session");
    assert!(found.session.persistent && found.account.id == anna.id);
    let mut tx = t.state.db.begin().await.expect("a transaction");
    assert_eq!(session::end(&mut tx, &second).await.expect("done"), Some(anna.id.clone()));
    assert_eq!(session::end(&mut tx, &second).await.expect("done"), None);
    assert_eq!(session::end_all(&mut tx, &anna.id).await.expect("done"), 1);
    tx.commit().await.expect("a commit");
    assert!(
        session::find(&t.state.db, &first, &client, t.now()).await.expect("an answer").is_none()
    );
});

db_test!(nothing_that_signs_in_is_readable_in_a_stolen_database, |t| {
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
        let rows: Vec<(Vec<u8>,)> = t.state.db.fetch_all(sql, args![]).await.expect("rows");
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

db_test!(a_stored_value_that_the_code_does_not_know_fails_the_query, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    let token = Token::parse(&browser.cookie("flow").expect("a flow")).expect("a token");
    let mut tx = t.state.db.begin().await.expect("a transaction");
    tx.execute("UPDATE flows SET step = 'sideways'", args![]).await.expect("done");
    tx.commit().await.expect("a commit");
    // Not read as the first step, nor as the last.
    let found = flows::find(&t.state.db, &token, FlowKind::Recover).await;
    assert!(matches!(found, Err(DbError::ColumnDecode { .. })));
    assert_eq!(browser.get("/recover/code").await.status, 503);
    assert_eq!(browser.get("/recover/password").await.status, 503);
});
