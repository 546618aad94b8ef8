//! Two tabs of one browser: a flow that begins in one does not end a flow in the other.

use super::harness::{PASSWORD, db_test};
use crate::clock::{SECOND, seconds};

db_test!(registration_and_recovery_go_on_side_by_side, |t| {
    t.account("bert").await;
    let mut browser = t.browser();
    let fields = [("login", "anna"), ("email", "anna@mail.example"), ("password", PASSWORD)];
    browser.submit("/api/register", &fields).await.assert_text("Confirm your e-mail");
    browser.ask_for_code("bert").await;
    let code = t.code("anna@mail.example", "confirm-address").await;
    browser.submit("/api/register_code", &[("code", &code)]).await.assert_text("Hello, anna");
    let code = t.code("bert@mail.example", "recovery-code").await;
    browser.enter_code(&code).await.assert_text("Choose a new password");
    browser.new_password("blue lamp eight").await.assert_text("Your password is new");
});

db_test!(every_purpose_has_a_cookie_of_its_own, |t| {
    use crate::{domain::verification::flows::FlowKind, http::cookies::CookieName};
    let cookie = |kind: FlowKind| CookieName::Flow(kind).as_str();
    let mut names: Vec<&str> = FlowKind::ALL.into_iter().map(cookie).collect();
    assert!(names.iter().all(|name| name.len() <= 16));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), FlowKind::ALL.len());
    assert_eq!(cookie(FlowKind::Recover), "flow");
    let _ = t;
});

db_test!(new_password_fresh_proof_and_new_address_go_on_side_by_side, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    browser.submit("/api/settings_password_email", &[]).await;
    let password = t.code("anna@mail.example", "recovery-code").await;
    // So that this email is the newest, which is the one that is read.
    t.advance(SECOND);
    browser.submit("/api/confirm_email", &[]).await;
    let proof = t.code("anna@mail.example", "recovery-code").await;
    browser.submit("/api/confirm_code", &[("code", &proof)]).await;
    browser
        .submit("/api/email", &[("email", "new@mail.example")])
        .await
        .assert_text("new@mail.example");
    let address = t.code("new@mail.example", "confirm-address").await;
    browser
        .submit("/api/settings_password_code", &[("code", &password)])
        .await
        .assert_text("Choose a new password");
    browser
        .submit("/api/email_code", &[("code", &address)])
        .await
        .assert_text("Your e-mail was changed");
});

db_test!(flow_that_begins_or_ends_leaves_the_sliders_of_other_tabs_good, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.get("/register").await;
    let before = browser.cookie("browser").expect("a cookie of its own");
    browser.ask_for_code("anna").await;
    let code = t.code("anna@mail.example", "recovery-code").await;
    browser.enter_code(&code).await;
    browser.new_password("blue lamp eight").await;
    browser.sign_in("anna", "blue lamp eight").await;
    assert_eq!(browser.cookie("browser"), Some(before));
});

db_test!(language_switch_is_followed_by_every_letter_under_way, |t| {
    let mut browser = t.browser();
    let fields = [("login", "anna"), ("email", "anna@mail.example"), ("password", PASSWORD)];
    browser.submit("/api/register", &fields).await;
    browser.post("/api/recover", &[("login", "somebody@mail.example")]).await;
    browser.post("/api/language", &[("lang", "ru"), ("screen", "/register/code")]).await;
    t.advance(seconds(61));
    browser.submit("/api/register_resend", &[]).await;
    let email = t.email("anna@mail.example", "confirm-address").await;
    assert!(email.subject.contains("код"), "{}", email.subject);
});
