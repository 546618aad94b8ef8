//! Sessions of staff: how long they last, and which of them open the console.

use super::{set_role, sign_in};
use crate::{
    clock::{HOUR, MILLISECOND, MINUTE},
    domain::{accounts::Role, client::Client, session},
    server,
    tests::harness::{PASSWORD, START, db_test},
};

db_test!(a7_3_staff_session_ends_after_half_an_hour_unused_and_after_twelve_hours, |t| {
    let anna = t.staff("anna", Role::Operator).await;
    let mut browser = t.browser();
    sign_in(&t, &mut browser, "anna").await.assert_text("Hello, anna");
    t.advance(30 * MINUTE - MILLISECOND);
    assert!(browser.is_signed_in().await);
    t.advance(30 * MINUTE);
    assert!(!browser.is_signed_in().await);
    server::sweep(&t.state).await.expect("swept");
    assert_eq!(t.number("SELECT COUNT(*) FROM sessions").await, 0);

    let mut browser = t.staff_browser(&anna).await;
    let since = t.now();
    while t.now() - since < 12 * HOUR {
        assert!(browser.is_signed_in().await);
        t.advance(20 * MINUTE);
    }
    assert!(!browser.is_signed_in().await);
});

db_test!(a7_3_1_a_screen_that_listens_keeps_nobody_signed_in, |t| {
    let anna = t.staff("anna", Role::Operator).await;
    let browser = t.staff_browser(&anna).await;
    let token = browser.cookie("session").expect("a session");
    let token = crate::security::Token::parse(&token).expect("a token");
    for _ in 0..6 {
        let listening =
            session::find_unseen(&t.state.db, &token, t.now()).await.expect("an answer");
        assert!(listening.is_some_and(|found| found.session.staff));
        t.advance(5 * MINUTE);
    }
    assert!(session::find_unseen(&t.state.db, &token, t.now()).await.expect("an answer").is_none());
});

db_test!(a7_3_a_new_password_does_not_prolong_a_staff_session, |t| {
    let anna = t.staff("anna", Role::Admin).await;
    let mut browser = t.staff_browser(&anna).await;
    for _ in 0..11 * 3 {
        t.advance(20 * MINUTE);
        assert!(browser.is_signed_in().await);
    }
    let new = "blue lamp eight";
    let fields = [("old_password", PASSWORD), ("new_password", new), ("new_password_again", new)];
    browser.submit("/api/change_password", &fields).await.assert_text("Your password was changed");
    assert_eq!(browser.get("/operator/staff").await.status, 200);
    for _ in 0..3 {
        assert!(browser.is_signed_in().await);
        t.advance(20 * MINUTE);
    }
    assert!(!browser.is_signed_in().await);
});

db_test!(a6_4_only_a_session_of_staff_opens_the_console, |t| {
    let anna = t.staff("anna", Role::Admin).await;
    let boris = t.staff("boris", Role::Operator).await;
    t.account("clara").await;
    // Signed in without a code, which no form of the application allows.
    let client = Client::command_line();
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let token = session::start(&mut tx, &t.state.random, t.now(), &anna.id, false, &client)
        .await
        .expect("a session");
    tx.commit().await.expect("a commit");
    let mut without_code = t.browser();
    without_code.set_cookie("session", &token.expose_secret());
    let operator = t.staff_browser(&boris).await;
    let mut shopper = t.browser();
    shopper.sign_in("clara", PASSWORD).await.assert_text("Hello, clara");
    for mut browser in [without_code, operator, shopper] {
        assert!(browser.is_signed_in().await);
        assert_eq!(browser.get("/operator/staff").await.status, 404);
        let fields = [("login", "clara"), ("role", "admin")];
        let answer = browser.clone().json().post("/api/staff_role", &fields).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (404, "not_found"));
    }
    let mut nobody = t.browser();
    assert_eq!(nobody.get("/operator/staff").await.location(), "/sign-in?next=%2Foperator%2Fstaff");
    assert_eq!(nobody.json().post("/api/staff_role", &[]).await.status, 401);
    assert_eq!(t.find("clara").await.role(), Role::Shopper);
    // The account page of a session without a code does not offer the console.
    assert!(!t.browser().get("/account").await.words().contains("Open the console"));
});

db_test!(a6_4_a_session_from_before_the_role_is_none_of_staff, |t| {
    let anna = t.account("anna").await;
    let mut before = t.browser();
    before.sign_in("anna", PASSWORD).await.assert_text("Hello, anna");
    set_role(&t, &anna.id, Role::Operator).await.expect("given");
    assert!(!before.is_signed_in().await);
    let mut browser = t.browser();
    sign_in(&t, &mut browser, "anna").await.assert_text("Hello, anna");
    // A session from before the role was removed is ended, too.
    set_role(&t, &anna.id, Role::Shopper).await.expect("taken");
    assert!(!browser.is_signed_in().await);
    browser.sign_in("anna", PASSWORD).await.assert_text("Hello, anna");
    let anna = t.find("anna").await;
    assert_eq!((anna.role_given_at, anna.role_given_by), (Some(START), None));
});
