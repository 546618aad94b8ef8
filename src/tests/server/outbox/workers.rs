//! An email in the table: sealed while it waits, taken by one worker, blank once sent.

use super::states;
use crate::{
    args,
    clock::{DAY, MINUTE},
    tests::harness::{Engine, db_test, spawn_app},
};

db_test!(letter_is_sealed_while_it_waits_and_blank_once_sent, |t| {
    t.account("anna").await;
    t.browser().ask_for_code("anna").await;
    let rows: Vec<(Vec<u8>,)> = t
        .state
        .db
        .fetch_all("SELECT sealed FROM outbox WHERE state = 'waiting'", args![])
        .await
        .expect("rows");
    let sealed = String::from_utf8_lossy(&rows[0].0).into_owned();
    assert!(!sealed.contains("anna") && !sealed.contains("code"));
    assert_eq!(states(&t).await, [("waiting".to_owned(), 0, false)]);
    t.emails().await;
    assert_eq!(states(&t).await, [("sent".to_owned(), 1, true)]);
});

db_test!(letter_of_a_worker_that_died_is_sent_by_another_with_the_same_message_id, |t| {
    t.account("anna").await;
    t.browser().ask_for_code("anna").await;
    // A worker took it and was killed.
    let mut tx = t.state.db.begin().await.expect("a transaction");
    tx.execute("UPDATE outbox SET leased_until = $1, tries = 1", args![t.now() + 2 * MINUTE])
        .await
        .expect("done");
    tx.commit().await.expect("a commit");
    assert_eq!(t.emails().await.len(), 0);
    t.advance(2 * MINUTE);
    assert_eq!(t.emails().await.len(), 1);
});

db_test!(two_workers_never_send_the_same_letter, |t| {
    for n in 0..12 {
        t.account(&format!("user{n}")).await;
        t.browser().on_network(n).ask_for_code(&format!("user{n}")).await;
    }
    let workers = (0..4).map(|_| {
        let state = t.state.clone();
        tokio::spawn(async move { while state.outbox.send_due().await.expect("works") > 0 {} })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.expect("no panic");
    }
    assert_eq!(t.emails().await.len(), 12);
    assert_eq!(
        t.number("SELECT COUNT(*) FROM outbox WHERE state = 'sent' AND tries = 1").await,
        12
    );
});

#[tokio::test]
async fn letter_sealed_with_another_secret_is_dropped_and_not_sent() {
    let t = spawn_app(Engine::Sqlite).await;
    t.account("anna").await;
    t.browser().ask_for_code("anna").await;
    let mut tx = t.state.db.begin().await.expect("a transaction");
    tx.execute("UPDATE outbox SET sealed = $1", args![vec![7_u8; 200]]).await.expect("done");
    tx.commit().await.expect("a commit");
    assert!(t.emails().await.is_empty());
    assert_eq!(states(&t).await, [("dropped".to_owned(), 1, true)]);
    t.advance(DAY);
    assert!(t.folder().exists());
}
