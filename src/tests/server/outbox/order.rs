//! The order in which emails are sent, and how many an account gets.

use tokio::sync::watch;

use super::{Mood, Smtp, code_for, enqueue, of_kind, with_smtp, with_smtp_and};
use crate::{
    args,
    clock::{DAY, HOUR, MINUTE, SECOND},
    mailer::{self, EmailKind, EmailMessage},
    tests::harness::{TestApp, db_test},
};

/// Enqueues emails of one account that wait, as the product does.
async fn flood(t: &TestApp, email: impl Fn() -> EmailMessage, sent: usize) {
    let mut tx = t.state.db.begin().await.expect("a transaction");
    for _ in 0..sent {
        let email = email();
        let expires_at = email.kind.is_code().then(|| t.now() + 10 * MINUTE);
        t.state.outbox.enqueue(&mut tx, email, true, t.now(), expires_at).await.expect("done");
    }
    tx.commit().await.expect("a commit");
}

db_test!(codes_go_first_then_letters_that_let_object_then_the_rest, |t| {
    let smtp = Smtp::start().await;
    let t = with_smtp(t.engine(), smtp.port).await;
    for (login, kind) in [
        ("anna", EmailKind::NewDevice),
        ("bert", EmailKind::Welcome),
        ("clara", EmailKind::AddressChanged),
        ("dora", EmailKind::AssistedRecovery),
    ] {
        let account = t.account(login).await;
        enqueue(&t, of_kind(&t, &account, kind)).await;
        t.advance(SECOND);
    }
    let emil = t.account("emil").await;
    enqueue(&t, code_for(&t, &emil)).await;
    while t.state.outbox.send_due().await.expect("works") > 0 {}
    assert_eq!(
        smtp.kinds(),
        ["recovery-code", "address-changed", "assisted-recovery", "new-device", "welcome"]
    );
});

db_test!(letters_of_one_account_do_not_wait_before_those_of_another, |t| {
    let smtp = Smtp::start().await;
    let t = with_smtp_and(t.engine(), smtp.port, |config| config.limits = false).await;
    let (anna, bert) = (t.account("anna").await, t.account("bert").await);
    flood(&t, || of_kind(&t, &anna, EmailKind::NewDevice), 100).await;
    flood(&t, || code_for(&t, &anna), 100).await;
    t.advance(SECOND);
    enqueue(&t, of_kind(&t, &bert, EmailKind::SignedIn)).await;
    enqueue(&t, code_for(&t, &bert)).await;
    let is_berts = |email: &String| email.contains("bert@mail.example");
    for _ in 0..2 {
        t.state.outbox.send_due().await.expect("works");
    }
    assert!(smtp.received().iter().any(is_berts), "one code of hers, then his");
    for _ in 0..101 {
        t.state.outbox.send_due().await.expect("works");
    }
    assert_eq!(smtp.received().iter().filter(|email| is_berts(email)).count(), 2);
    assert_eq!(smtp.received().len(), 103);
});

/// Waits for the workers and the server.
async fn until(is: impl Fn() -> bool) {
    while !is() {
        tokio::task::yield_now().await;
    }
}

db_test!(slow_server_that_is_flooded_keeps_no_code_waiting, |t| {
    let smtp = Smtp::start().await;
    let t = with_smtp_and(t.engine(), smtp.port, |config| config.limits = false).await;
    smtp.set(Mood::Hold("new-device"));
    let mut accounts = Vec::new();
    for number in 0..6 {
        accounts.push(t.account(&format!("user{number}")).await);
    }
    let (stop, stopped) = watch::channel(false);
    let state = t.state.clone();
    let workers = tokio::spawn(async move { state.outbox.run(stopped).await });
    flood(&t, || of_kind(&t, &accounts[0], EmailKind::NewDevice), 50).await;
    until(|| !smtp.held().is_empty()).await;
    // Another account's email of the same kind is sent while the first still hangs: no account takes two workers.
    enqueue(&t, of_kind(&t, &accounts[1], EmailKind::Welcome)).await;
    until(|| smtp.kinds() == ["welcome"]).await;
    assert_eq!(smtp.held().len(), 1);
    // All workers that may send such emails hang …
    for account in &accounts[1..5] {
        enqueue(&t, of_kind(&t, account, EmailKind::NewDevice)).await;
    }
    until(|| smtp.held().len() == 3).await;
    // … and a code is sent.
    enqueue(&t, code_for(&t, &accounts[5])).await;
    until(|| smtp.kinds() == ["welcome", "recovery-code"]).await;
    assert_eq!(smtp.held().len(), 3);
    stop.send(true).expect("they listen");
    workers.abort();
});

db_test!(next_letter_is_found_by_the_index_among_ten_thousand, |t| {
    let mut tx = t.state.db.begin().await.expect("a transaction");
    tx.execute(
        "INSERT INTO outbox (id, kind, account_id, message_id, state, tries, urgent, created_at, next_try_at,
            leased_until, expires_at, urgency, turn, whom)
         WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 10000)
         SELECT 'id' || CAST(n AS TEXT), 'new-device', 'a', 'm', 'waiting', 0, FALSE, $1, $1, 0, $2, 2, n, 'somebody'
         FROM numbers",
        args![t.now(), t.now() + DAY],
    )
    .await
    .expect("done");
    tx.commit().await.expect("a commit");
    let about = args![t.now(), 2_i64, "-", "-", "-", "-", "-", "-"];
    let (id,): (String,) =
        t.state.db.fetch_one(mailer::NEXT, about.clone()).await.expect("a letter");
    assert_eq!(id, "id1");
    let plan = if t.state.db.is_postgres() {
        let sql: &'static str = format!("EXPLAIN {}", mailer::NEXT).leak();
        let rows: Vec<(String,)> = t.state.db.fetch_all(sql, about).await.expect("a plan");
        rows.into_iter().map(|(line,)| line).collect::<Vec<_>>().join(" ")
    } else {
        let sql: &'static str = format!("EXPLAIN QUERY PLAN {}", mailer::NEXT).leak();
        let rows: Vec<(i64, i64, i64, String)> =
            t.state.db.fetch_all(sql, about).await.expect("a plan");
        rows.into_iter().map(|(.., line)| line).collect::<Vec<_>>().join(" ")
    };
    assert!(plan.contains("outbox_due"), "{plan}");
    assert!(!plan.contains("Sort") && !plan.contains("TEMP B-TREE"), "it is read in order: {plan}");
});

db_test!(new_device_letters_of_an_account_end_with_one_that_says_so, |t| {
    let (anna, bert) = (t.account("anna").await, t.account("bert").await);
    let to_anna = "anna@mail.example";
    for network in 0..7 {
        let mut browser = t.browser().on_network(network);
        browser.sign_in("anna", crate::tests::harness::PASSWORD).await;
        assert!(browser.is_signed_in().await);
        t.advance(SECOND);
    }
    assert_eq!(t.count(to_anna, "new-device").await, 4);
    let last = t.email(to_anna, "new-device").await.text;
    assert!(last.contains("it is the last until 13 November 2026, 15:03 UTC"), "{last}");
    assert!(last.contains("/account/activity"), "{last}");
    let before = t.emails().await.into_iter().filter(|email| email.text.contains("it is the last"));
    assert_eq!(before.count(), 1);
    // Other accounts and other kinds have their own limits.
    enqueue(&t, of_kind(&t, &bert, EmailKind::NewDevice)).await;
    enqueue(&t, of_kind(&t, &anna, EmailKind::PasswordChanged)).await;
    assert_eq!(t.count("bert@mail.example", "new-device").await, 1);
    assert_eq!(t.count(to_anna, "password-changed").await, 1);
    // An hour later more are sent, up to ten a day.
    for _ in 0..5 {
        t.advance(HOUR);
        for _ in 0..5 {
            enqueue(&t, of_kind(&t, &anna, EmailKind::NewDevice)).await;
            t.advance(SECOND);
        }
    }
    assert_eq!(t.count(to_anna, "new-device").await, 10);
    let last = t.email(to_anna, "new-device").await.text;
    assert!(last.contains("it is the last until 14 November 2026, 14:03 UTC"), "{last}");
    t.advance(DAY);
    enqueue(&t, of_kind(&t, &anna, EmailKind::NewDevice)).await;
    assert_eq!(t.count(to_anna, "new-device").await, 11);
});
