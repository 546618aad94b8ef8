//! Refusals and waits: what is counted and recorded, and what strangers see of them.

use super::rows;
use crate::{
    clock::{HOUR, MINUTE, SECOND},
    tests::harness::{PASSWORD, db_test},
};

db_test!(refusals_while_one_waits_are_recorded_once_a_wait_and_network, |t| {
    t.account("anna").await;
    let events = "SELECT COUNT(*) FROM events";
    for _ in 0..5 {
        t.browser().sign_in("anna", "wrong password").await;
    }
    assert_eq!(t.number(events).await, 5);
    for network in [1, 2] {
        for _ in 0..50 {
            let mut browser = t.browser().on_network(network);
            browser.sign_in("anna", PASSWORD).await.assert_text("Please try again in 30 seconds");
        }
    }
    assert_eq!(t.number(events).await, 7);
    // The event does not name the account: the password was not checked.
    assert_eq!(t.number("SELECT COUNT(*) FROM events WHERE account_id IS NULL").await, 2);
    t.advance(20 * SECOND);
    t.browser().on_network(1).sign_in("anna", PASSWORD).await.assert_text("in 10 seconds");
    assert_eq!(t.number(events).await, 7, "it is the same wait");
    t.advance(10 * SECOND);
    t.browser().sign_in("anna", "wrong password").await.assert_text("not right");
    t.browser().on_network(1).sign_in("anna", PASSWORD).await.assert_text("in 60 seconds");
    assert_eq!(t.number(events).await, 9, "it is another");
});

db_test!(saved_codes_refused_unjudged_write_next_to_nothing, |t| {
    t.account("anna").await;
    let mut browsers: Vec<_> = (0..6).map(|_| t.browser()).collect();
    for browser in &mut browsers {
        browser.post("/api/recover", &[("login", "anna")]).await;
    }
    let saved = [("saved_code", "ABCD-EFGH-JKMN-PQRS")];
    for n in 0..20 {
        browsers[n % 6].post("/api/recover_saved_code", &saved).await;
    }
    let judged = t.number("SELECT COUNT(*) FROM events WHERE kind = 'saved_code_wrong'").await;
    assert_eq!(judged, 20);
    let before: i64 = rows(&t).await.iter().map(|(_, rows)| rows).sum();
    for n in 0..100 {
        browsers[n % 6].post("/api/recover_saved_code", &saved).await;
    }
    let after: i64 = rows(&t).await.iter().map(|(_, rows)| rows).sum();
    assert!(after - before <= 3, "{} rows", after - before);
});

db_test!(right_passwords_are_limited_by_account_and_network_and_tell_strangers_nothing, |t| {
    for name in ["anna", "bert"] {
        t.account(name).await;
    }
    let mut signed_in = 0;
    for _ in 0..60 {
        let mut browser = t.browser().on_network(1).json();
        let fields = [("login", "anna"), ("password", PASSWORD)];
        let answer = browser.post("/api/sign_in", &fields).await;
        match answer.status.as_u16() {
            200 => signed_in += 1,
            429 => assert_eq!(answer.error(), "too_many_tries"),
            _ => panic!("{answer:?}"),
        }
    }
    assert_eq!(signed_in, 20);
    // A wrong password gets the usual answer.
    for name in ["anna", "bert", "nobody"] {
        t.browser().on_network(1).sign_in(name, "wrong password").await.assert_text("not right");
    }
    // Others in this network, and the same account elsewhere, can sign in.
    t.browser().on_network(1).sign_in("bert", PASSWORD).await.assert_text("Hello, bert");
    t.browser().on_network(2).sign_in("anna", PASSWORD).await.assert_text("Hello, anna");
    t.advance(HOUR);
    t.browser().on_network(1).sign_in("anna", PASSWORD).await.assert_text("Hello, anna");
});

db_test!(n3_2_2_the_hundred_failures_are_counted_by_account_whichever_name_is_typed, |t| {
    t.account("anna").await;
    let count =
        "SELECT COALESCE(MAX(count), 0) FROM throttles WHERE key LIKE 'refused-elsewhere:%'";
    let mut network = 0;
    for _ in 0..20 {
        for name in ["anna", "anna@mail.example"] {
            network += 1;
            t.browser().on_network(network).sign_in(name, "wrong password").await;
        }
        t.advance(16 * MINUTE);
    }
    let failures = t.number(count).await;
    // By one name twenty; by both, the first four of the second name more, and no others.
    assert!((20..=24).contains(&failures), "{failures}");
    // The other name of the account is checked, as users try it: it has a counter of its own at first.
    let fresh = t.account_with("bert", "bert@mail.example", PASSWORD).await;
    for _ in 0..5 {
        t.browser().on_network(900).sign_in("bert", "wrong password").await;
    }
    t.browser()
        .on_network(900)
        .sign_in("bert", PASSWORD)
        .await
        .assert_text("Too many tries in a row");
    t.browser().on_network(900).sign_in(&fresh.email, PASSWORD).await.assert_text("Hello, bert");
});

db_test!(recovery_of_its_owner_does_not_end_the_wait_that_strangers_see, |t| {
    t.account("anna").await;
    for name in ["anna", "anna@mail.example", "nobody"] {
        for network in 0..5 {
            t.browser().on_network(network).sign_in(name, "wrong password").await;
        }
    }
    let mut owner = t.browser().on_network(50);
    owner.ask_for_code("anna").await;
    let code = t.code("anna@mail.example", "recovery-code").await;
    owner.enter_code(&code).await;
    owner.new_password("blue lamp eight").await.assert_text("Your password is new");
    // For strangers nothing changed, under any name.
    for name in ["anna", "anna@mail.example", "nobody"] {
        let mut stranger = t.browser().on_network(60);
        stranger
            .sign_in(name, "wrong password")
            .await
            .assert_text("Please try again in 30 seconds");
    }
    // The owner is known in the browser in which she recovered, and does not wait there.
    owner.sign_in("anna", "blue lamp eight").await.assert_text("Hello, anna");
    t.advance(30 * SECOND);
    t.browser().on_network(70).sign_in("anna", "blue lamp eight").await.assert_text("Hello, anna");
});
