//! Buttons that are pressed twice, without script or before the page is hydrated.

use super::{
    browser::{Answer, Browser},
    harness::{PASSWORD, TestApp, db_test},
};
use crate::clock::{MINUTE, seconds};

const NEW: &str = "blue lamp eight";
const ANNA: &str = "anna@mail.example";

/// Presses a button, presses it again after the answer, and once more as a browser that never received the answer.
/// Returns both browsers, which are in the same state afterwards.
async fn press_twice(
    browser: &mut Browser,
    path: &str,
    fields: &[(&str, &str)],
    words: &str,
) -> [Browser; 2] {
    let mut lost = browser.clone();
    browser.submit(path, fields).await.assert_text(words);
    let mut again = browser.clone();
    again.submit(path, fields).await.assert_text(words);
    lost.submit(path, fields).await.assert_text(words);
    [again, lost]
}

async fn register(t: &TestApp) -> Browser {
    let mut browser = t.browser();
    browser.get("/register").await;
    let fields = [("login", "anna"), ("email", ANNA), ("password", PASSWORD)];
    browser.submit("/api/register", &fields).await.assert_text("Confirm your e-mail");
    browser
}

async fn signed_in(t: &TestApp) -> Browser {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    browser
}

db_test!(create_account_pressed_twice_sends_one_letter_whose_code_works, |t| {
    let mut browser = t.browser();
    browser.get("/register").await;
    let fields = [("login", "anna"), ("email", ANNA), ("password", PASSWORD)];
    let [_, mut lost] =
        press_twice(&mut browser, "/api/register", &fields, "Confirm your e-mail").await;
    assert_eq!(t.count(ANNA, "confirm-address").await, 1);
    assert_eq!(t.number("SELECT COUNT(*) FROM flows").await, 1);
    let code = t.code(ANNA, "confirm-address").await;
    lost.submit("/api/register_code", &[("code", &code)]).await.assert_text("Hello, anna");
});

db_test!(confirm_pressed_twice_makes_one_account_and_signs_in, |t| {
    let mut browser = register(&t).await;
    let code = t.code(ANNA, "confirm-address").await;
    let pressed =
        press_twice(&mut browser, "/api/register_code", &[("code", &code)], "Hello, anna").await;
    for mut browser in pressed {
        assert!(browser.is_signed_in().await);
    }
    assert_eq!(t.number("SELECT COUNT(*) FROM accounts").await, 1);
    assert_eq!(t.number("SELECT COUNT(*) FROM sessions").await, 1);
    assert_eq!(t.count(ANNA, "welcome").await, 1);
});

db_test!(a6_6_2_answer_of_a_right_code_is_for_who_was_on_that_way, |t| {
    let mut browser = register(&t).await;
    let code = t.code(ANNA, "confirm-address").await;
    let told_apart = browser.cookie("browser").expect("each has one");
    browser.submit("/api/register_code", &[("code", &code)]).await.assert_text("Hello, anna");
    // A thief copied the cookie that tells browsers apart, and guesses.
    let mut thief = t.browser().on_network(7);
    thief.set_cookie("browser", &told_apart);
    thief.submit("/api/register_code", &[("code", &code)]).await.assert_text("Please start again");
    assert!(!thief.is_signed_in().await);
    assert!(browser.is_signed_in().await);
});

db_test!(code_and_new_password_of_a_recovery_pressed_twice, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.get("/recover").await;
    browser.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    let fields = [("code", code.as_str())];
    let [_, mut lost] =
        press_twice(&mut browser, "/api/recover_code", &fields, "Choose a new password").await;
    let fields = [("new_password", NEW), ("new_password_again", NEW)];
    press_twice(&mut lost, "/api/recover_password", &fields, "Your password is new").await;
    assert_eq!(t.count(ANNA, "password-changed").await, 1);
    t.browser().sign_in("anna", NEW).await.assert_text("Hello, anna");
});

db_test!(password_changed_by_two_presses_keeps_the_session_that_it_gave, |t| {
    let mut browser = signed_in(&t).await;
    let fields = [("old_password", PASSWORD), ("new_password", NEW), ("new_password_again", NEW)];
    let words = "Your password was changed";
    let pressed = press_twice(&mut browser, "/api/change_password", &fields, words).await;
    for mut pressed in pressed {
        assert!(pressed.is_signed_in().await);
        assert_eq!(pressed.cookie("session"), browser.cookie("session"));
    }
    assert_eq!(t.count(ANNA, "password-changed").await, 1);
});

db_test!(two_presses_at_once_end_as_one, |t| {
    let mut browser = signed_in(&t).await;
    browser.get("/account/profile/password").await;
    let fields = [("old_password", PASSWORD), ("new_password", NEW), ("new_password_again", NEW)];
    let presses = (0..4).map(|_| {
        let mut browser = browser.clone();
        tokio::spawn(async move {
            browser
                .submit("/api/change_password", &fields)
                .await
                .assert_text("Your password was changed");
            browser
        })
    });
    for press in presses.collect::<Vec<_>>() {
        assert!(press.await.expect("no panic").is_signed_in().await);
    }
    assert_eq!(t.count(ANNA, "password-changed").await, 1);
    assert_eq!(t.number("SELECT COUNT(*) FROM sessions").await, 1);
});

db_test!(save_pressed_twice_is_saved, |t| {
    let mut browser = signed_in(&t).await;
    let version = t.find("anna").await.version.to_string();
    let fields =
        [("display_name", "Anna"), ("locale", "en"), ("time_zone", ""), ("version", &version)];
    press_twice(&mut browser, "/api/profile", &fields, "Saved.").await;
    let version = t.find("anna").await.version.to_string();
    let fields = [("signed_in", "on"), ("version", version.as_str())];
    press_twice(&mut browser, "/api/letters", &fields, "Saved.").await;
    let saved = "SELECT COUNT(*) FROM events WHERE kind IN ('profile_changed', 'letters_chosen')";
    assert_eq!(t.number(saved).await, 2);
});

db_test!(fresh_proof_login_and_address_pressed_twice, |t| {
    let mut browser = signed_in(&t).await;
    let fields = [("password", PASSWORD), ("next", "/account/settings/login")];
    let [_, mut browser] =
        press_twice(&mut browser, "/api/confirm", &fields, "You can change your login once").await;
    let words = "Your login was changed";
    let [_, mut browser] =
        press_twice(&mut browser, "/api/login", &[("login", "anne")], words).await;
    let new = "new@mail.example";
    let [_, mut browser] = press_twice(&mut browser, "/api/email", &[("email", new)], new).await;
    assert_eq!(t.count(new, "confirm-address").await, 1);
    let code = t.code(new, "confirm-address").await;
    let words = "Your e-mail was changed";
    let pressed = press_twice(&mut browser, "/api/email_code", &[("code", &code)], words).await;
    for mut browser in pressed {
        assert!(browser.is_signed_in().await);
    }
    assert_eq!(t.count(ANNA, "address-changed").await, 1);
});

db_test!(password_by_code_and_deletion_pressed_twice, |t| {
    let mut browser = signed_in(&t).await;
    browser.submit("/api/settings_password_email", &[]).await;
    let code = t.code(ANNA, "recovery-code").await;
    let (path, words) = ("/api/settings_password_code", "Choose a new password");
    let [_, mut browser] = press_twice(&mut browser, path, &[("code", &code)], words).await;
    let fields = [("new_password", NEW), ("new_password_again", NEW)];
    let (path, words) = ("/api/settings_password", "Your password was changed");
    let [mut browser, _] = press_twice(&mut browser, path, &fields, words).await;
    browser.prove(NEW).await;
    let fields = [("confirmation", "anna")];
    press_twice(&mut browser, "/api/delete", &fields, "will be deleted").await;
});

db_test!(second_press_after_a_minute_or_from_elsewhere_is_one_of_its_own, |t| {
    let mut browser = register(&t).await;
    let code = t.code(ANNA, "confirm-address").await;
    let lost = browser.clone();
    let mut thief = browser.clone();
    browser.submit("/api/register_code", &[("code", &code)]).await.assert_text("Hello, anna");
    // A thief who knows the code, and even the flow's cookie, is not that browser.
    thief.set_cookie("browser", &"A".repeat(43));
    let refused = thief.post("/api/register_code", &[("code", &code)]).await;
    assert!(thief.cookie("session").is_none(), "{refused:?}");
    // Nor is a browser that has begun another flow since.
    let mut left = browser.clone();
    left.set_cookie("flow-register", &"A".repeat(43));
    left.set_cookie("session", "");
    left.post("/api/register_code", &[("code", &code)]).await;
    assert!(left.cookie("session").is_none());
    // A caller other than a browser gets the actual result.
    let json = lost.clone().json().post("/api/register_code", &[("code", &code)]).await;
    assert_eq!(json.status, 409);
    t.advance(MINUTE);
    let mut late = lost.clone();
    late.submit("/api/register_code", &[("code", &code)]).await;
    assert!(late.cookie("session").is_none());
});

db_test!(what_is_refused_is_tried_again_and_counted, |t| {
    let mut browser = register(&t).await;
    let right = t.code(ANNA, "confirm-address").await;
    let wrong = if right == "000000" { "111111" } else { "000000" };
    for left in ["4 tries left", "3 tries left"] {
        browser.submit("/api/register_code", &[("code", wrong)]).await.assert_text(left);
    }
    assert_eq!(t.number("SELECT COUNT(*) FROM presses WHERE answer IS NULL").await, 0);
});

db_test!(answers_that_are_kept_are_sealed_and_forgotten, |t| {
    let mut browser = register(&t).await;
    let code = t.code(ANNA, "confirm-address").await;
    let answer: Answer = browser.post("/api/register_code", &[("code", &code)]).await;
    assert_eq!(answer.location(), "/account");
    let rows: Vec<(Vec<u8>, Vec<u8>)> = t
        .state
        .db
        .fetch_all("SELECT key, answer FROM presses", crate::args![])
        .await
        .expect("rows");
    assert!(!rows.is_empty());
    let session = browser.cookie("session").expect("a session");
    for (key, answer) in rows {
        assert_eq!(key.len(), 32);
        let text = String::from_utf8_lossy(&answer).into_owned();
        assert!(!text.contains(&session) && !text.contains("session") && !text.contains(&code));
    }
    t.advance(MINUTE);
    crate::server::sweep(&t.state).await.expect("swept");
    assert_eq!(t.number("SELECT COUNT(*) FROM presses").await, 0);
});

db_test!(finished_way_says_no_more_than_the_server_knows, |t| {
    let mut browser = register(&t).await;
    let mut stale = browser.clone();
    let code = t.code(ANNA, "confirm-address").await;
    browser.submit("/api/register_code", &[("code", &code)]).await.assert_text("Hello, anna");
    t.advance(seconds(61));
    let page = stale.submit("/api/register_code", &[("code", &code)]).await;
    page.assert_text("it was finished already");
    assert!(!page.words().contains("nothing was changed"));
});
