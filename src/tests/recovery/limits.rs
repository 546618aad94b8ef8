//! Limits of a recovery: resends, emails an hour and a day, failures, floods.

use super::{ANNA, NEW};
use crate::{
    clock::{HOUR, MINUTE, SECOND},
    tests::harness::{PASSWORD, db_test},
};

db_test!(a2_4_1_resend_after_sixty_seconds, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    t.advance(59 * SECOND);
    browser
        .submit("/api/recover_email", &[])
        .await
        .assert_text("You can get the next one in 1 second");
    assert_eq!(t.count(ANNA, "recovery-code").await, 1);
    t.advance(SECOND);
    browser.submit("/api/recover_email", &[]).await.assert_text("A new letter is on its way");
    assert_eq!(t.count(ANNA, "recovery-code").await, 2);
    // Parallel resends: one email.
    t.advance(MINUTE);
    let posts = (0..10).map(|_| {
        let mut browser = browser.clone();
        tokio::spawn(async move { browser.post("/api/recover_email", &[]).await.status })
    });
    for task in posts.collect::<Vec<_>>() {
        task.await.expect("no panic");
    }
    assert_eq!(t.count(ANNA, "recovery-code").await, 3);
});

db_test!(a2_4_1_five_letters_an_hour_and_the_fifth_opens_any_browser, |t| {
    t.account("anna").await;
    // A hundred networks flood the mailbox.
    for network in 0..100 {
        t.browser().on_network(network).ask_for_code("anna").await;
        t.emails().await;
        t.advance(20 * SECOND);
    }
    assert_eq!(t.count(ANNA, "recovery-code").await, 5);
    let email = t.email(ANNA, "recovery-code").await;
    let code = crate::tests::harness::code_in(&email.text);
    assert_eq!(code.len(), 14, "XXXX-XXXX-XXXX");
    assert!(
        email.text.contains("until 14 November 2026, 14:0") && email.text.contains("any browser")
    );
    // The owner, in a new browser, is told what to do and gets in with the last email.
    let mut owner = t.browser().on_network(500);
    owner.ask_for_code("anna").await.assert_text("the last letter holds a longer code");
    owner
        .enter_code(&code.to_lowercase().replace('-', " "))
        .await
        .assert_text("Choose a new password");
    owner.new_password(NEW).await.assert_text("Your password is new");
    t.browser().on_network(501).sign_in("anna", NEW).await.assert_text("Hello, anna");
    // It was used up.
    let mut thief = t.browser().on_network(502);
    thief.ask_for_code("anna").await;
    assert!(!thief.enter_code(&code).await.words().contains("Choose a new password"));
});

db_test!(the_days_last_letter_is_good_for_a_day, |t| {
    t.account("anna").await;
    for network in 0..60 {
        t.browser().on_network(network).ask_for_code("anna").await;
        t.emails().await;
        t.advance(12 * MINUTE);
    }
    assert_eq!(t.count(ANNA, "recovery-code").await, 15);
    let code = t.code(ANNA, "recovery-code").await;
    assert_eq!(code.len(), 14);
    let mut owner = t.browser().on_network(500);
    owner.ask_for_code("anna").await;
    owner.enter_code(&code).await.assert_text("Choose a new password");
});

db_test!(known_browser_has_letters_of_its_own, |t| {
    t.account("anna").await;
    let mut known = t.browser();
    known.sign_in("anna", PASSWORD).await;
    for network in 0..20 {
        t.browser().on_network(network).ask_for_code("anna").await;
        t.advance(MINUTE);
    }
    let before = t.count(ANNA, "recovery-code").await;
    known.ask_for_code("anna").await.assert_text("a letter with a code is on its way");
    assert_eq!(t.count(ANNA, "recovery-code").await, before + 1);
    let code = t.code(ANNA, "recovery-code").await;
    assert_eq!(code.len(), 6);
    known.enter_code(&code).await.assert_text("Choose a new password");
});

db_test!(n3_1_3_2_failures_survive_resends_flows_and_networks, |t| {
    t.account("anna").await;
    let mut failures = 0;
    'attack: for network in 0..5 {
        let mut thief = t.browser().on_network(network).json();
        thief.ask_for_code("anna").await;
        for _ in 0..5 {
            let answer = thief.post("/api/recover_code", &[("code", "000000")]).await;
            failures += 1;
            if failures > 20 {
                assert_eq!(answer.field("code"), "code_exhausted");
                break 'attack;
            }
        }
        // So that the five emails of an hour are not used up at once.
        t.advance(20 * MINUTE);
    }
    assert_eq!(failures, 21);
    // From now on codes are long, in every flow.
    t.advance(20 * MINUTE);
    let mut owner = t.browser().on_network(77);
    owner.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    assert_eq!(code.len(), 14);
    for _ in 0..30 {
        owner.enter_code("0000-0000-0000").await.assert_text("Please compare it with the letter");
    }
    owner.enter_code(&code).await.assert_text("Choose a new password");
});

db_test!(twenty_failed_codes_an_hour_and_network, |t| {
    for number in 0..5 {
        t.account(&format!("user{number}")).await;
    }
    let mut answers = Vec::new();
    for number in 0..5 {
        let mut thief = t.browser().json();
        thief.ask_for_code(&format!("user{number}")).await;
        for _ in 0..5 {
            answers
                .push(thief.post("/api/recover_code", &[("code", "000000")]).await.status.as_u16());
        }
    }
    assert_eq!(answers.iter().filter(|status| **status == 422).count(), 20);
    assert_eq!(answers.iter().filter(|status| **status == 429).count(), 5);
    // Others are not affected.
    let mut other = t.browser().on_network(3).json();
    other.ask_for_code("user0").await;
    t.advance(HOUR);
    let mut later = t.browser().json();
    later.ask_for_code("user1").await;
    assert_eq!(later.post("/api/recover_code", &[("code", "000000")]).await.status, 422);
});

db_test!(unknown_address_letters_stay_a_small_part_of_the_mail, |t| {
    for number in 0..30 {
        let mail = format!("stranger{number}@mail.example");
        t.browser().on_network(number).ask_for_code(&mail).await;
    }
    assert_eq!(t.emails().await.len(), 10, "a young shop's floor");
});

db_test!(a6_1_1_registering_with_an_address_spends_nothing_of_its_recovery, |t| {
    t.account("anna").await;
    for network in 0..5 {
        let mut browser = t.browser().on_network(network);
        let fields = [("login", "thief"), ("email", ANNA), ("password", "brown lamp nine")];
        browser.submit("/api/register", &fields).await;
        for _ in 0..5 {
            browser.submit("/api/register_code", &[("code", "000000")]).await;
        }
        t.emails().await;
        t.advance(MINUTE);
    }
    let mut owner = t.browser().on_network(50);
    owner.ask_for_code(ANNA).await.assert_text("a letter with a code is on its way");
    let code = t.code(ANNA, "recovery-code").await;
    assert_eq!(code.len(), 6);
    owner.enter_code(&code).await.assert_text("Choose a new password");
});

db_test!(a6_1_1_owner_gets_in_under_a_flood_of_everything_from_a_hundred_networks, |t| {
    t.account("anna").await;
    let mut known = t.browser();
    known.sign_in("anna", PASSWORD).await;
    known.submit("/api/sign_out", &[]).await;
    for network in 0..100 {
        let mut thief = t.browser().on_network(network);
        thief.sign_in("anna", "wrong password").await;
        thief.ask_for_code("anna").await;
        thief.enter_code("000000").await;
        t.emails().await;
        t.advance(20 * SECOND);
    }
    known.sign_in("anna", PASSWORD).await.assert_text("Hello, anna");
    let code = t.code(ANNA, "recovery-code").await;
    let mut owner = t.browser().on_network(500);
    owner.ask_for_code("anna").await;
    owner.enter_code(&code).await.assert_text("Choose a new password");
    owner.new_password(NEW).await.assert_text("Your password is new");
});
