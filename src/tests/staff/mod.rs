//! Staff: how operators and admins sign in, and who assigns roles.

mod role_changes;
mod sessions;

use super::{
    browser::{Answer, Browser},
    harness::{PASSWORD, TestApp, db_test},
};
use crate::{
    clock::{HOUR, MINUTE, seconds},
    domain::{
        accounts::{Account, Role},
        client::Client,
        ids::AccountId,
        roles::{self, GiveError, RoleRequest},
    },
};

const ANNA: &str = "anna@mail.example";

/// Signs in with both steps in this browser.
async fn sign_in(t: &TestApp, browser: &mut Browser, login: &str) -> Answer {
    browser.sign_in(login, PASSWORD).await.assert_text("Enter the code from the letter");
    let code = t.code(&format!("{login}@mail.example"), "staff-code").await;
    browser.submit("/api/sign_in_code", &[("code", &code)]).await
}

/// Sets a role as the command line does.
async fn set_role(t: &TestApp, id: &AccountId, role: Role) -> Result<Account, GiveError> {
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let giving = RoleRequest { role, by: None, client: &Client::command_line() };
    let done = roles::give(&t.state, &mut tx, id, &giving).await?;
    tx.commit().await.expect("a commit");
    Ok(done)
}

db_test!(a6_4_staff_signs_in_with_password_and_mailed_code, |t| {
    t.staff("anna", Role::Admin).await;
    let mut browser = t.browser();
    let fields = [("login", "anna"), ("password", PASSWORD), ("remember", "on")];
    let answer = browser.submit("/api/sign_in", &fields).await;
    answer.assert_text("Enter the code from the letter");
    assert!(!answer.body.contains(ANNA), "the address is told to whoever has the mailbox only");
    assert!(!browser.is_signed_in().await);
    assert_eq!(browser.get("/operator/staff").await.status, 302);
    assert_eq!(t.number("SELECT COUNT(*) FROM sessions").await, 0);

    let email = t.email(ANNA, "staff-code").await;
    assert!(email.text.contains("somebody knows your password"));
    let code = t.code(ANNA, "staff-code").await;
    let answer = browser.post("/api/sign_in_code", &[("code", &code)]).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/account"));
    // "Stay signed in" is not for staff: the cookie ends with the browser session.
    let cookies: Vec<&str> =
        answer.headers.get_all("set-cookie").iter().filter_map(|v| v.to_str().ok()).collect();
    assert!(cookies.iter().any(|c| c.starts_with("session=") && !c.contains("Max-Age")));
    // The console, and My account.
    browser.get("/operator/staff").await.assert_text("Who answers in the support chat");
    browser.get("/account").await.assert_text("Open the console");
    browser.get("/account/devices").await.assert_text("this device");
    browser.get("/account/activity").await.assert_text("Right code");
    assert_eq!(t.count(ANNA, "new-device").await, 1);
});

db_test!(a6_4_the_code_is_asked_for_each_time_in_a_known_browser_too, |t| {
    t.staff("anna", Role::Operator).await;
    let mut browser = t.browser();
    for _ in 0..2 {
        sign_in(&t, &mut browser, "anna").await.assert_text("Hello, anna");
        browser.submit("/api/sign_out", &[]).await.assert_text("You are signed out");
        t.advance(MINUTE);
    }
    assert_eq!((t.count(ANNA, "staff-code").await, t.count(ANNA, "new-device").await), (2, 1));
});

db_test!(a6_4_next_is_kept_over_both_steps, |t| {
    t.staff("anna", Role::Operator).await;
    let mut caller = t.browser().json();
    let fields = [("login", "anna"), ("password", PASSWORD), ("next", "/account/settings")];
    let answer = caller.post("/api/sign_in", &fields).await;
    assert_eq!(answer.json()["next"], "/sign-in/code?next=%2Faccount%2Fsettings");
    let code = t.code(ANNA, "staff-code").await;
    let wrong = caller.post("/api/sign_in_code", &[("code", "")]).await;
    assert_eq!((wrong.status.as_u16(), wrong.field("code").as_str()), (422, "code_missing"));
    let answer = caller.post("/api/sign_in_code", &[("code", &code)]).await;
    assert_eq!(answer.json()["next"], "/account/settings");
});

db_test!(a6_3_8_wrong_password_does_not_tell_who_is_staff, |t| {
    t.staff("anna", Role::Admin).await;
    t.account("boris").await;
    let mut seen = Vec::new();
    for login in ["anna", "boris", "nobody"] {
        let mut browser = t.browser().json();
        let fields = [("login", login), ("password", "wrong password")];
        let answer = browser.post("/api/sign_in", &fields).await;
        seen.push((answer.status, answer.body, browser.cookies));
    }
    assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
    assert_eq!(t.count(ANNA, "staff-code").await, 0);
    // Nor does the page of the code.
    let answer = t.browser().get("/sign-in/code").await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/sign-in"));
});

db_test!(a6_6_2_code_is_bound_to_the_browser_that_typed_the_password, |t| {
    t.staff("anna", Role::Operator).await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    let code = t.code(ANNA, "staff-code").await;
    // Without the password there is no flow to enter it in …
    let mut stranger = t.browser().json();
    let answer = stranger.post("/api/sign_in_code", &[("code", &code)]).await;
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (409, "flow_expired"));
    // … and with it, another browser has a code of its own.
    t.advance(MINUTE);
    stranger.sign_in("anna", PASSWORD).await;
    let answer = stranger.post("/api/sign_in_code", &[("code", &code)]).await;
    assert_eq!(answer.field("code"), "code_wrong");
    browser.submit("/api/sign_in_code", &[("code", &code)]).await.assert_text("Hello, anna");
});

db_test!(a6_6_3_five_tries_and_one_use, |t| {
    t.staff("anna", Role::Operator).await;
    let mut browser = t.browser().json();
    browser.sign_in("anna", PASSWORD).await;
    let code = t.code(ANNA, "staff-code").await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let used = browser.clone();
    for _ in 0..5 {
        let answer = browser.post("/api/sign_in_code", &[("code", wrong)]).await;
        assert_eq!(answer.status, 422);
    }
    let answer = browser.post("/api/sign_in_code", &[("code", &code)]).await;
    assert_eq!(answer.field("code"), "code_exhausted");
    // "Get code": a new one, that works once.
    t.advance(MINUTE);
    assert_eq!(browser.post("/api/sign_in_email", &[]).await.status, 200);
    let code = t.code(ANNA, "staff-code").await;
    let tries = (0..8).map(|_| {
        let (mut browser, code) = (used.clone(), code.clone());
        tokio::spawn(async move {
            browser.post("/api/sign_in_code", &[("code", &code)]).await.status.as_u16()
        })
    });
    let mut entered = 0;
    for task in tries.collect::<Vec<_>>() {
        entered += usize::from(task.await.expect("no panic") == 200);
    }
    assert_eq!((entered, t.number("SELECT COUNT(*) FROM sessions").await), (1, 1));
});

db_test!(a6_5_5_code_expires_and_so_does_the_way, |t| {
    t.staff("anna", Role::Operator).await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    let code = t.code(ANNA, "staff-code").await;
    t.advance(10 * MINUTE);
    browser
        .submit("/api/sign_in_code", &[("code", &code)])
        .await
        .assert_text("That code has expired");
    t.advance(HOUR);
    browser.get("/sign-in/code").await;
    browser.get("/sign-in").await.assert_text("longer than we can wait");
});

db_test!(whoever_goes_back_and_types_the_password_again_can_use_the_first_letter, |t| {
    t.staff("anna", Role::Operator).await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    t.advance(seconds(10));
    sign_in(&t, &mut browser, "anna").await.assert_text("Hello, anna");
    assert_eq!(t.count(ANNA, "staff-code").await, 1);
});

db_test!(a7_4_3_a_change_between_password_and_code_ends_the_way, |t| {
    let anna = t.staff("anna", Role::Admin).await;
    let mut browser = t.browser().json();
    browser.sign_in("anna", PASSWORD).await;
    let code = t.code(ANNA, "staff-code").await;
    set_role(&t, &anna.id, Role::Operator).await.expect("given");
    let answer = browser.post("/api/sign_in_code", &[("code", &code)]).await;
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (409, "flow_expired"));
    t.advance(MINUTE);
    browser.sign_in("anna", PASSWORD).await;
    let code = t.code(ANNA, "staff-code").await;
    t.disable(&anna).await;
    let answer = browser.post("/api/sign_in_code", &[("code", &code)]).await;
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (409, "start_again"));
    assert_eq!(t.number("SELECT COUNT(*) FROM sessions").await, 0);
});

db_test!(a6_4_3_recovery_signs_no_staff_in, |t| {
    t.staff("anna", Role::Admin).await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    browser.enter_code(&code).await;
    browser.new_password("blue lamp eight").await.assert_text("Your password");
    assert!(!browser.is_signed_in().await);
    browser.sign_in("anna", "blue lamp eight").await.assert_text("Enter the code from the letter");
    assert_eq!(t.number("SELECT COUNT(*) FROM sessions").await, 0);
});
