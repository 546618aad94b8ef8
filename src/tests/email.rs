//! Change of email address, and reclaim.

use super::{
    browser::Browser,
    harness::{PASSWORD, TestApp, db_test},
};
use crate::{
    clock::{DAY, MILLISECOND, MINUTE, minutes},
    mailer::DevEmail,
};

const ANNA: &str = "anna@mail.example";
const NEW: &str = "anna.new@mail.example";

async fn proved(t: &TestApp) -> Browser {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    browser
}

/// Changes the address completely, in a browser that has reauthenticated.
async fn change(t: &TestApp, browser: &mut Browser, email: &str) {
    let answer = browser.submit("/api/email", &[("email", email)]).await;
    answer.assert_text("Enter the code");
    let code = t.code(email, "confirm-address").await;
    browser
        .submit("/api/email_code", &[("code", &code)])
        .await
        .assert_text("Your e-mail was changed");
    t.emails().await;
}

/// Returns the path of the link in the newest email of this kind that has one.
async fn link(t: &TestApp, to: &str, kind: &str) -> String {
    let has_link = |message: &DevEmail| {
        message.to == to && message.kind == kind && message.text.contains("/letter/")
    };
    let emails = t.emails().await;
    let message = emails.iter().rev().find(|message| has_link(message)).expect("such a letter");
    let at = message
        .text
        .find("http://localhost:3000/letter/")
        .unwrap_or_else(|| panic!("{}", message.text));
    let address: String = message.text[at..].chars().take_while(|c| !c.is_whitespace()).collect();
    address.trim_start_matches("http://localhost:3000").to_owned()
}

/// Follows a link and presses the button on its page.
async fn object(browser: &mut Browser, path: &str) -> super::browser::Answer {
    let answer = browser.get(path).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/letter"), "{answer:?}");
    browser.get("/letter").await.assert_text("This was not me");
    browser.submit("/api/object", &[]).await
}

db_test!(a6_3_7_change_of_email_tells_the_old_address_and_the_new, |t| {
    let mut browser = proved(&t).await;
    let before = browser.cookie("session");
    browser.submit("/api/email", &[("email", NEW)]).await.assert_text(NEW);
    // Asking changes nothing, and informs the old address.
    assert_eq!(t.find("anna").await.email, ANNA);
    let asked = t.email(ANNA, "address-changing").await;
    assert!(asked.text.contains(NEW) && asked.text.contains("/letter/"), "{}", asked.text);
    let code = t.code(NEW, "confirm-address").await;
    browser
        .submit("/api/email_code", &[("code", &code)])
        .await
        .assert_text("Your e-mail was changed");
    assert_eq!(t.find("anna").await.email, NEW);
    assert!(t.email(ANNA, "address-changed").await.text.contains("/letter/"));
    assert!(t.email(NEW, "address-changed").await.text.contains("anna"));
    assert_ne!(browser.cookie("session"), before, "a new token");
    // The new address signs in, and the old one does not.
    assert_eq!(t.browser().json().sign_in(NEW, PASSWORD).await.status, 200);
    assert_eq!(t.browser().json().sign_in(ANNA, PASSWORD).await.status, 401);
});

db_test!(a7_4_3_change_of_email_raises_the_version, |t| {
    let mut browser = proved(&t).await;
    let mut recovering = t.browser().json();
    recovering.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    recovering.enter_code(&code).await;
    change(&t, &mut browser, NEW).await;
    // A code that was confirmed before, and the earlier reauthentication, no longer open anything.
    assert_ne!(recovering.new_password("blue lamp eight").await.status, 200);
    assert_eq!(browser.get("/account/settings/export").await.status, 302);
    assert_eq!(t.browser().json().sign_in("anna", PASSWORD).await.status, 200);
});

db_test!(au_taken_address_shows_the_same_screen_and_its_owner_is_told, |t| {
    t.account("bert").await;
    let mut browser = proved(&t).await;
    let free = browser.clone().submit("/api/email", &[("email", "free@mail.example")]).await;
    let taken = browser.submit("/api/email", &[("email", "bert@mail.example")]).await;
    assert_eq!(
        free.words().replace("free@mail.example", "*"),
        taken.words().replace("bert@mail.example", "*")
    );
    assert_eq!(t.count("bert@mail.example", "address-in-use").await, 1);
    assert_eq!(t.count("bert@mail.example", "confirm-address").await, 0);
    for guess in ["000000", "123456"] {
        browser.submit("/api/email_code", &[("code", guess)]).await;
    }
    assert_eq!(t.find("bert").await.email, "bert@mail.example");
});

db_test!(old_address_is_nobody_elses_while_it_can_object_and_free_afterwards, |t| {
    let mut browser = proved(&t).await;
    change(&t, &mut browser, NEW).await;
    let fields = [("login", "carla"), ("email", ANNA), ("password", "blue lamp eight")];
    let mut carla = t.browser();
    carla.submit("/api/register", &fields).await.assert_text("Confirm your e-mail");
    let emails = t.emails().await;
    let words = "Somebody wanted to use this address";
    assert!(emails.iter().any(|message| message.to == ANNA && message.text.contains(words)));
    assert_eq!(t.count(ANNA, "confirm-address").await, 0);
    t.advance(14 * DAY);
    let mut carla = t.browser();
    carla.submit("/api/register", &fields).await;
    let code = t.code(ANNA, "confirm-address").await;
    carla.submit("/api/register_code", &[("code", &code)]).await.assert_text("Hello, carla");
});

db_test!(a14_2_1_following_a_link_changes_nothing_and_leaves_no_token_behind, |t| {
    let mut browser = proved(&t).await;
    change(&t, &mut browser, NEW).await;
    let path = link(&t, ANNA, "address-changed").await;
    let mut scanner = t.browser();
    let answer = scanner.get(&path).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/letter"), "A14.2.1");
    let page = scanner.get("/letter").await;
    assert!(!page.body.contains(path.trim_start_matches("/letter/")));
    assert_eq!(t.find("anna").await.email, NEW);
    assert!(browser.is_signed_in().await);
});

db_test!(deletion_waits_while_an_old_address_can_still_take_the_account_back, |t| {
    let mut thief = proved(&t).await;
    thief.post("/api/delete", &[("confirmation", "anna")]).await;
    t.advance(10 * DAY);
    thief.sign_in_and_prove("anna", PASSWORD).await;
    change(&t, &mut thief, NEW).await;
    t.advance(13 * DAY);
    crate::server::sweep(&t.state).await.expect("swept");
    let path = link(&t, ANNA, "address-changed").await;
    object(&mut t.browser(), &path).await.assert_text("The account is yours again");
    t.advance(20 * DAY);
    crate::server::sweep(&t.state).await.expect("swept");
    assert_eq!(t.find("anna").await.email, ANNA);
});

db_test!(this_was_not_me_at_the_request_stops_the_change, |t| {
    let mut thief = proved(&t).await;
    thief.submit("/api/email", &[("email", "thief@mail.example")]).await;
    let path = link(&t, ANNA, "address-changing").await;
    object(&mut t.browser(), &path).await.assert_text("The account is yours again");
    let code = t.code("thief@mail.example", "confirm-address").await;
    let late = thief.json().post("/api/email_code", &[("code", &code)]).await;
    assert_eq!(late.status, 401);
    assert_eq!(t.find("anna").await.email, ANNA);
});

db_test!(thief_who_knows_the_password_and_hopped_twice_loses_the_account_to_the_old_owner, |t| {
    let mut thief = proved(&t).await;
    let mut second = t.browser();
    second.sign_in("anna", PASSWORD).await;
    change(&t, &mut thief, "thief1@mail.example").await;
    t.advance(3 * DAY);
    thief.sign_in_and_prove("anna", PASSWORD).await;
    change(&t, &mut thief, "thief2@mail.example").await;
    thief.prove(PASSWORD).await;
    // The thief also tries to destroy the traces.
    thief.submit("/api/delete", &[("confirmation", "anna")]).await;
    thief.sign_in("anna", PASSWORD).await;

    // The link in the oldest email works until the last of its fourteen days: further changes did not shorten it.
    t.advance(11 * DAY - MILLISECOND);
    let path = link(&t, ANNA, "address-changed").await;
    let mut owner = t.browser();
    object(&mut owner, &path).await.assert_text("The account is yours again");
    let anna = t.find("anna").await;
    assert_eq!((anna.email.as_str(), anna.delete_at), (ANNA, None));

    // Nobody is signed in, and the password that the thief knows is invalid, also in the thief's own browser.
    assert!(!thief.is_signed_in().await && !second.is_signed_in().await);
    for name in ["anna", ANNA, "thief1@mail.example", "thief2@mail.example"] {
        assert_eq!(thief.clone().json().sign_in(name, PASSWORD).await.status, 401, "{name}");
    }
    // Recovery begins there: the code goes only to the old address.
    owner.submit("/api/recover_email", &[]).await.assert_text("Enter the code");
    assert_eq!(t.count("thief2@mail.example", "recovery-code").await, 0);
    let code = t.code(ANNA, "recovery-code").await;
    owner.enter_code(&code).await;
    owner.new_password("blue lamp eight").await.assert_text("Your password is new");
    assert_eq!(t.browser().json().sign_in("anna", "blue lamp eight").await.status, 200);
    assert_eq!(thief.json().sign_in("anna", PASSWORD).await.status, 401);
});

db_test!(a6_1_1_what_a_thief_used_up_is_not_the_owners_to_wait_for, |t| {
    let mut thief = proved(&t).await;
    change(&t, &mut thief, NEW).await;
    for n in 0..20 {
        t.browser().on_network(n).json().ask_for_code("anna").await;
        t.browser().on_network(n).json().ask_for_code(NEW).await;
        t.advance(MINUTE);
    }
    let path = link(&t, ANNA, "address-changed").await;
    let mut owner = t.browser().on_network(99);
    object(&mut owner, &path).await.assert_text("The account is yours again");
    let before = t.count(ANNA, "recovery-code").await;
    let answer = owner.submit("/api/recover_email", &[]).await;
    answer.assert_text("Enter the code");
    assert!(
        !answer.words().contains(ANNA),
        "the oldest address is not shown to whoever has the link"
    );
    assert_eq!(t.count(ANNA, "recovery-code").await, before + 1);
});

db_test!(
    whoever_lost_the_letter_gets_another_when_he_recovers_or_registers_with_the_old_address,
    |t| {
        let mut thief = proved(&t).await;
        change(&t, &mut thief, NEW).await;
        // A thief who took an account over cannot turn these emails off for its old owner.
        thief.post("/api/letters", &[]).await;
        t.browser().json().ask_for_code(ANNA).await;
        assert_eq!(t.count(ANNA, "unknown-address").await, 0);
        t.advance(MINUTE);
        let path = link(&t, ANNA, "address-changed").await;
        object(&mut t.browser(), &path).await.assert_text("The account is yours again");
        assert_eq!(t.find("anna").await.email, ANNA);
    }
);

db_test!(middle_address_restores_the_oldest_and_not_itself, |t| {
    let mut thief = proved(&t).await;
    change(&t, &mut thief, "thief1@mail.example").await;
    thief.prove(PASSWORD).await;
    t.advance(minutes(2));
    change(&t, &mut thief, "thief2@mail.example").await;
    let path = link(&t, "thief1@mail.example", "address-changed").await;
    object(&mut t.browser(), &path).await.assert_text("The account is yours again");
    assert_eq!(t.find("anna").await.email, ANNA);
});

db_test!(the_link_is_good_for_fourteen_days_and_once, |t| {
    let mut browser = proved(&t).await;
    change(&t, &mut browser, NEW).await;
    let path = link(&t, ANNA, "address-changed").await;
    t.advance(14 * DAY);
    let mut late = t.browser();
    late.get(&path).await;
    assert_eq!(late.get("/letter").await.status, 410);
    assert_eq!(late.json().post("/api/object", &[]).await.error(), "link_gone");
    assert_eq!(t.find("anna").await.email, NEW);

    browser.sign_in_and_prove("anna", PASSWORD).await;
    change(&t, &mut browser, "anna.newer@mail.example").await;
    let path = link(&t, NEW, "address-changed").await;
    object(&mut t.browser(), &path).await.assert_text("The account is yours again");
    assert_eq!(t.find("anna").await.email, NEW);
    let mut again = t.browser();
    again.get(&path).await;
    assert_eq!(again.get("/letter").await.status, 410);
});

db_test!(if_the_new_address_objects_too_the_account_is_frozen, |t| {
    let mut browser = proved(&t).await;
    change(&t, &mut browser, NEW).await;
    let path = link(&t, ANNA, "address-changed").await;
    let mut old = t.browser();
    object(&mut old, &path).await;
    let path = link(&t, NEW, "address-changed").await;
    object(&mut t.browser(), &path).await.assert_text("The account is frozen");
    let anna = t.find("anna").await;
    assert!(!anna.is_active() && anna.frozen_at.is_some());
    assert!(t.email(ANNA, "account-disabled").await.text.contains("Two addresses claim"));
    // Not even a recovery that was begun continues.
    old.post("/api/recover_email", &[]).await;
    assert_eq!(t.count(ANNA, "recovery-code").await, 0);
    assert_eq!(t.browser().json().sign_in("anna", PASSWORD).await.status, 401);
});

db_test!(two_presses_at_once_take_back_once, |t| {
    let mut browser = proved(&t).await;
    change(&t, &mut browser, NEW).await;
    let path = link(&t, ANNA, "address-changed").await;
    let presses = (0..8).map(|_| {
        let (mut browser, path) = (t.browser().json(), path.clone());
        tokio::spawn(async move {
            browser.get(&path).await;
            browser.post("/api/object", &[]).await.status.is_success()
        })
    });
    let mut won = 0;
    for press in presses.collect::<Vec<_>>() {
        won += usize::from(press.await.expect("an answer"));
    }
    assert_eq!(won, 1);
});

db_test!(a16_5_a_change_that_cannot_tell_the_old_address_does_not_happen, |t| {
    let mut browser = proved(&t).await;
    browser.submit("/api/email", &[("email", NEW)]).await;
    let code = t.code(NEW, "confirm-address").await;
    let mut tx = t.state.db.begin().await.expect("a transaction");
    tx.execute("ALTER TABLE outbox RENAME TO outbox_away", crate::args![]).await.expect("done");
    tx.commit().await.expect("a commit");
    let answer = browser.clone().json().post("/api/email_code", &[("code", &code)]).await;
    assert_eq!(answer.status, 503);
    let mut tx = t.state.db.begin().await.expect("a transaction");
    tx.execute("ALTER TABLE outbox_away RENAME TO outbox", crate::args![]).await.expect("done");
    tx.commit().await.expect("a commit");
    let anna = t.find("anna").await;
    assert_eq!(anna.email, ANNA, "nothing half done");
    // This did not use up the code.
    browser
        .submit("/api/email_code", &[("code", &code)])
        .await
        .assert_text("Your e-mail was changed");
});

db_test!(bad_addresses_say_so_and_are_there_again, |t| {
    let mut browser = proved(&t).await.json();
    for (typed, kind) in [("", "email_missing"), ("anna", "email_malformed"), (ANNA, "email_same")]
    {
        assert_eq!(browser.post("/api/email", &[("email", typed)]).await.field("email"), kind);
    }
    browser.html = true;
    let answer = browser.submit("/api/email", &[("email", "anna@nowhere")]).await;
    assert!(answer.body.contains(r#"value="anna@nowhere""#));
});
