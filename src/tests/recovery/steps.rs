//! Steps of a recovery: none can be skipped or repeated, and none outlives what the owner changes.

use super::{ANNA, NEW};
use crate::{
    clock::{HOUR, MINUTE},
    tests::harness::{PASSWORD, db_test},
};

db_test!(a2_3_1_no_step_can_be_skipped, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.new_password(NEW).await.assert_text("Forgot your password?");
    browser.post("/api/recover", &[("login", "anna")]).await;
    assert_eq!(browser.get("/recover/password").await.location(), "/recover/method");
    assert_eq!(browser.get("/recover/code").await.location(), "/recover/method");
    browser.new_password(NEW).await.assert_text("How shall we check that it is you?");
    browser.submit("/api/recover_email", &[]).await;
    browser.new_password(NEW).await.assert_text("How shall we check that it is you?");
    assert_eq!(browser.get("/recover/done").await.location(), "/sign-in");
    let json = browser.clone().json().post("/api/recover_password", &[("new_password", NEW)]).await;
    assert_eq!((json.status.as_u16(), json.error().as_str()), (409, "start_again"));
    t.browser().sign_in("anna", PASSWORD).await.assert_text("Hello, anna");
});

db_test!(a7_4_3_code_confirmed_before_the_owners_change_opens_nothing, |t| {
    t.account("anna").await;
    let mut owner = t.browser();
    owner.sign_in("anna", PASSWORD).await;
    let mut thief = t.browser();
    thief.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    thief.enter_code(&code).await.assert_text("Choose a new password");
    let fields = [("old_password", PASSWORD), ("new_password", NEW), ("new_password_again", NEW)];
    owner.submit("/api/change_password", &fields).await.assert_text("Your password was changed");
    assert!(!thief.new_password("red lamp nine").await.words().contains("Your password is new"));
    assert!(!thief.get("/recover/password").await.words().contains("Choose a new password"));
    t.browser().sign_in("anna", NEW).await.assert_text("Hello, anna");
});

db_test!(code_sent_before_the_owners_change_opens_nothing, |t| {
    t.account("anna").await;
    let mut owner = t.browser();
    owner.sign_in("anna", PASSWORD).await;
    let mut thief = t.browser();
    thief.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    let fields = [("old_password", PASSWORD), ("new_password", NEW), ("new_password_again", NEW)];
    owner.submit("/api/change_password", &fields).await;
    assert!(!thief.enter_code(&code).await.words().contains("Choose a new password"));
});

db_test!(new_password_is_set_once_and_within_fifteen_minutes, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    browser.enter_code(&code).await;
    let mut late = browser.clone();
    browser.new_password(NEW).await.assert_text("Your password is new");
    assert!(!late.new_password("red lamp nine").await.words().contains("red lamp"));
    t.browser().sign_in("anna", NEW).await.assert_text("Hello, anna");
    assert_eq!(t.count(ANNA, "password-changed").await, 1);

    t.advance(HOUR);
    let mut slow = t.browser();
    slow.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    slow.enter_code(&code).await;
    t.advance(15 * MINUTE);
    slow.new_password("red lamp nine").await.assert_text("This took longer than we can wait");
});

db_test!(flow_gets_a_new_token_with_the_right_code, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    let mut planted = browser.clone();
    let code = t.code(ANNA, "recovery-code").await;
    browser.enter_code(&code).await;
    assert_ne!(browser.cookie("flow"), planted.cookie("flow"));
    planted.new_password(NEW).await.assert_text("Please start again");
});

db_test!(the_two_passwords_must_be_the_same, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    browser.enter_code(&code).await;
    let fields = [("new_password", NEW), ("new_password_again", "blue lamp nine")];
    browser.submit("/api/recover_password", &fields).await.assert_text("The two are not the same");
    browser.new_password(NEW).await.assert_text("Your password is new");
});

db_test!(flow_that_is_over_gives_back_what_was_typed, |t| {
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    t.advance(HOUR);
    let page = browser.submit("/api/recover_email", &[]).await;
    page.assert_text("This took longer than we can wait");
    let page = browser.get("/recover/code").await;
    assert_eq!(page.location(), "/recover");
    assert!(browser.get("/recover").await.body.contains(r#"value="anna""#));
});
