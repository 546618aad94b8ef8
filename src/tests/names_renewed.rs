//! Names that were stored under older rules.

use super::harness::{PASSWORD, TestApp, db_test};
use crate::{
    args,
    domain::accounts::{self, KeysError},
};

/// Runs statements as an older version might have.
async fn before(t: &TestApp, statements: &[&'static str]) {
    let mut tx = t.state.db.begin().await.expect("a transaction");
    for sql in statements {
        tx.execute(sql, args![]).await.expect("done");
    }
    tx.commit().await.expect("a commit");
}

db_test!(names_stored_by_older_rules_are_brought_up_to_date, |t| {
    let anna = t.account_with("anna", "anna@bücher.example", PASSWORD).await;
    t.account_with("berta", "straße@mail.example", PASSWORD).await;
    t.account_with("İpek", "ipek@mail.example", PASSWORD).await;
    t.account("Iimes11").await;
    before(
        &t,
        &[
            "UPDATE identifiers SET skeleton = NULL, spelled_skeleton = NULL",
            "UPDATE identifiers SET key = 'anna@bücher.example' WHERE key = 'anna@xn--bcher-kva.example'",
            "UPDATE accounts SET email = 'anna@bücher.example' WHERE login = 'anna'",
            "UPDATE identifiers SET key = 'strasse@mail.example' WHERE key = 'straße@mail.example'",
            "UPDATE identifiers SET key = 'i\u{307}pek' WHERE key = 'ipek'",
            "UPDATE accounts SET email = 'anna@10.0.0.5' WHERE login = 'Iimes11'",
            "UPDATE identifiers SET key = 'anna@10.0.0.5' WHERE key = 'iimes11@mail.example'",
        ],
    )
    .await;
    // A former login, known only by its key; and an address that was changed recently.
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let insert =
        "INSERT INTO identifiers (key, kind, account_id, state, until) VALUES ($1, $2, $3, $4, $5)";
    tx.execute(insert, args!["annika", "login", &anna.id, "former", None::<i64>])
        .await
        .expect("done");
    tx.execute(insert, args!["anna@gross.example", "email", &anna.id, "held", Some(i64::MAX)])
        .await
        .expect("done");
    tx.execute(
        "INSERT INTO address_changes (id, account_id, old_email, new_email, changed_at, until)
         VALUES ('1', $1, 'anna@groß.example', 'anna@bücher.example', 1, $2)",
        args![&anna.id, i64::MAX],
    )
    .await
    .expect("done");
    tx.commit().await.expect("a commit");

    for _ in 0..2 {
        let renew = (0..3).map(|_| {
            let db = t.state.db.clone();
            tokio::spawn(async move { accounts::renew_keys(&db).await })
        });
        for renewed in renew.collect::<Vec<_>>() {
            renewed.await.expect("no panic").expect("renewed");
        }
    }
    assert_eq!(t.find("anna").await.email, "anna@xn--bcher-kva.example");
    for (name, login) in [
        ("anna@bücher.example", "anna"),
        ("annika", "anna"),
        ("straße@mail.example", "berta"),
        ("ipek", "İpek"),
        ("iimes11", "Iimes11"),
        ("anna@10.0.0.5", "Iimes11"),
    ] {
        assert_eq!(t.find(name).await.login, login, "{name}");
        assert_eq!(t.browser().json().sign_in(name, PASSWORD).await.status, 200, "{name}");
    }
    let held: (String,) = t
        .state
        .db
        .fetch_one("SELECT key FROM identifiers WHERE state = 'held'", args![])
        .await
        .expect("it is still held");
    assert_eq!(held.0, "anna@xn--gro-7ka.example");
    let fields = [("login", "limes11"), ("email", "new@mail.example"), ("password", PASSWORD)];
    let answer = t.browser().json().post("/api/register", &fields).await;
    assert_eq!(answer.field("login"), "login_taken", "look-alikes are known");
    assert_eq!(t.number("SELECT COUNT(*) FROM identifiers").await, 10);
});

db_test!(two_accounts_of_one_name_stop_the_renewal_and_nothing_is_changed, |t| {
    t.account_with("anna", "anna@bücher.example", PASSWORD).await;
    t.account_with("berta", "berta@mail.example", PASSWORD).await;
    before(
        &t,
        &[
            "UPDATE identifiers SET key = 'anna@bücher.example' WHERE key = 'berta@mail.example'",
            "UPDATE accounts SET email = 'anna@bücher.example' WHERE login = 'berta'",
        ],
    )
    .await;
    let error = accounts::renew_keys(&t.state.db).await.expect_err("which is whose?");
    assert!(matches!(error, KeysError::Collision(..)));
    let line = error.to_string();
    assert!(!line.contains('\n') && !line.contains("anna@"), "{line}");
    assert_eq!(t.number("SELECT COUNT(*) FROM identifiers").await, 4);
    assert_eq!(t.number("SELECT version FROM name_rules").await, 0);
});

db_test!(address_that_anybody_may_have_gives_way, |t| {
    let anna = t.account("anna").await;
    t.account_with("berta", "berta@bücher.example", PASSWORD).await;
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let insert = "INSERT INTO identifiers (key, kind, account_id, state, until) VALUES ($1, 'email', $2, 'former', NULL)";
    tx.execute(insert, args!["berta@bücher.example", &anna.id]).await.expect("done");
    tx.commit().await.expect("a commit");
    accounts::renew_keys(&t.state.db).await.expect("renewed");
    assert_eq!(t.find("berta@bücher.example").await.login, "berta");
});
