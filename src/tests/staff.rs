//! Staff: how operators and admins sign in, and who assigns roles.

use super::{
    browser::{Answer, Browser},
    harness::{PASSWORD, START, TestApp, db_test},
};
use crate::{
    clock::{HOUR, MILLISECOND, MINUTE, seconds},
    domain::{
        accounts::{self, Account, Role},
        client::Client,
        ids::AccountId,
        roles::{self, GiveError, RoleRequest},
        session,
    },
    server,
};

const ANNA: &str = "anna@mail.example";
const BORIS: &str = "boris@mail.example";
const CLARA: &str = "clara@mail.example";

/// Signs in with both steps in this browser.
async fn sign_in(t: &TestApp, browser: &mut Browser, login: &str) -> Answer {
    browser.sign_in(login, PASSWORD).await.assert_text("Enter the code from the letter");
    let code = t.code(&format!("{login}@mail.example"), "staff-code").await;
    browser.submit("/api/sign_in_code", &[("code", &code)]).await
}

/// Returns the browser of an admin who has just signed in and reauthenticated.
async fn proved(t: &TestApp, admin: &Account) -> Browser {
    let mut browser = t.staff_browser(admin).await;
    browser.prove(PASSWORD).await;
    browser
}

async fn give(browser: &mut Browser, login: &str, role: &str) -> Answer {
    browser.submit("/api/staff_role", &[("login", login), ("role", role)]).await
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

db_test!(a6_4_roles_that_are_given_are_mailed_to_all_admins, |t| {
    let anna = t.staff("anna", Role::Admin).await;
    t.staff("boris", Role::Admin).await;
    t.staff("clara", Role::Operator).await;
    t.account("dora").await;
    let mut browser = proved(&t, &anna).await;
    give(&mut browser, "Dora", "operator").await.assert_text("dora has a new role: Operator.");
    for admin in [ANNA, BORIS] {
        let email = t.email(admin, "role-changed").await;
        assert!(email.subject.contains("dora"), "{}", email.subject);
        for words in ["Operator", "Changed by: anna", "Network", "Undo it at once"] {
            assert!(email.text.contains(words), "{words}: {}", email.text);
        }
        assert!(email.text.contains("/operator/staff"));
    }
    let own = t.email("dora@mail.example", "role-changed").await;
    assert!(own.text.contains("Changed by: anna") && !own.text.contains("Network"), "{}", own.text);
    assert_eq!(t.count(CLARA, "role-changed").await, 0);
    let dora = t.find("dora").await;
    assert_eq!((dora.role(), dora.role_given_by.as_deref()), (Role::Operator, Some(&*anna.id)));
    browser.get("/operator/staff").await.assert_text("given by: anna");

    // On the command line, too.
    t.advance(MINUTE);
    set_role(&t, &dora.id, Role::Shopper).await.expect("taken");
    let email = t.email(BORIS, "role-changed").await;
    assert!(email.text.contains("a command on the shop's server"), "{}", email.text);
    assert!(t.email("dora@mail.example", "role-changed").await.text.contains("no longer"));
    let mut dora = t.browser();
    dora.sign_in("dora", PASSWORD).await;
    dora.get("/account/activity").await.assert_text("Role changed: Operator");
});

db_test!(roles_are_given_behind_a_fresh_proof, |t| {
    let anna = t.staff("anna", Role::Admin).await;
    t.account("boris").await;
    let mut browser = t.staff_browser(&anna).await;
    let fields = [("login", "boris"), ("role", "admin")];
    let answer = browser.clone().json().post("/api/staff_role", &fields).await;
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (403, "proof_needed"));
    let answer = browser.post("/api/staff_role", &fields).await;
    assert_eq!(answer.location(), "/account/confirm?next=%2Foperator%2Fstaff");
    let proof = [("password", PASSWORD), ("next", "/operator/staff")];
    let page = browser.submit("/api/confirm", &proof).await;
    // What was typed is restored; and the session that continues is a staff session.
    assert!(page.body.contains(r#"value="boris""#), "{}", page.body);
    assert_eq!(t.find("boris").await.role(), Role::Shopper);
    give(&mut browser, "boris", "admin").await.assert_text("boris has a new role: Admin.");
    assert_eq!(t.find("boris").await.role(), Role::Admin);
});

db_test!(nobody_changes_his_own_role, |t| {
    let anna = t.staff("anna", Role::Admin).await;
    let mut browser = proved(&t, &anna).await;
    for role in ["shopper", "operator", "admin"] {
        give(&mut browser, "anna", role).await.assert_text("Nobody changes their own role");
    }
    assert_eq!(
        (t.find("anna").await.role(), t.count(ANNA, "role-changed").await),
        (Role::Admin, 0)
    );
});

db_test!(two_admins_cannot_take_the_role_from_each_other, |t| {
    let anna = t.staff("anna", Role::Admin).await;
    let boris = t.staff("boris", Role::Admin).await;
    let mut first = proved(&t, &anna).await;
    let mut second = proved(&t, &boris).await;
    let tasks = [
        tokio::spawn(async move { give(&mut first, "boris", "shopper").await.status }),
        tokio::spawn(async move { give(&mut second, "anna", "shopper").await.status }),
    ];
    for task in tasks {
        assert_eq!(task.await.expect("no panic"), 200);
    }
    assert_eq!(t.number("SELECT COUNT(*) FROM accounts WHERE role = 'admin'").await, 1);
});

db_test!(what_cannot_be_given_is_said_beside_the_field, |t| {
    let anna = t.staff("anna", Role::Admin).await;
    t.staff("boris", Role::Operator).await;
    let clara = t.account("clara").await;
    t.disable(&clara).await;
    t.account("dora").await;
    let mut dora = t.browser();
    dora.sign_in_and_prove("dora", PASSWORD).await;
    dora.submit("/api/delete", &[("confirmation", "dora")]).await;
    let mut browser = proved(&t, &anna).await.json();
    for (login, role, field, kind) in [
        ("", "operator", "login", "login_missing"),
        ("nobody", "operator", "login", "login_unknown"),
        // This form must not reveal which addresses have an account.
        (BORIS, "admin", "login", "login_unknown"),
        ("boris", "operator", "role", "role_same"),
        ("boris", "owner", "role", "role_unknown"),
        ("clara", "operator", "login", "role_unfit"),
        ("dora", "operator", "login", "role_unfit"),
    ] {
        let fields = [("login", login), ("role", role)];
        let answer = browser.post("/api/staff_role", &fields).await;
        assert_eq!((answer.status.as_u16(), answer.field(field).as_str()), (422, kind), "{login}");
    }
    assert_eq!(t.count(ANNA, "role-changed").await, 0);
    let same = set_role(&t, &t.find("boris").await.id, Role::Operator).await;
    assert!(matches!(same, Err(GiveError::Same)));
});

db_test!(the_list_of_staff_says_who_since_when_and_by_whom, |t| {
    let anna = t.staff("anna", Role::Admin).await;
    let boris = t.account("boris").await;
    let clara = t.account("clara").await;
    let mut browser = proved(&t, &anna).await;
    give(&mut browser, "boris", "admin").await.assert_text("boris has a new role");
    let mut second = proved(&t, &t.find("boris").await).await;
    give(&mut second, "clara", "operator").await.assert_text("clara has a new role");
    let page = browser.get("/operator/staff").await;
    for words in [
        "anna · Admin you",
        "boris · Admin",
        "Since 13 November 2026, given by: anna",
        "clara · Operator",
        "given by: boris",
        "Last seen on 13 November 2026",
        "Not seen yet",
    ] {
        page.assert_text(words);
    }
    let mut tx = t.state.db.begin().await.expect("a transaction");
    accounts::delete(&mut tx, &boris.id).await.expect("deleted");
    tx.commit().await.expect("a commit");
    t.disable(&clara).await;
    let page = browser.get("/operator/staff").await;
    page.assert_text("given by: a deleted account");
    page.assert_text("clara · Operator disabled");
});

db_test!(staff_does_not_delete_its_account_while_it_has_the_role, |t| {
    let anna = t.staff("anna", Role::Operator).await;
    let mut browser = proved(&t, &anna).await;
    browser
        .get("/account/settings/delete")
        .await
        .assert_text("Ask an admin to take the role away first");
    let answer = browser.clone().json().post("/api/delete", &[("confirmation", "anna")]).await;
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (422, "staff_stays"));
    assert_eq!(t.find("anna").await.delete_at, None);
    // Login and address can still be changed.
    browser.submit("/api/login", &[("login", "anna-new")]).await.assert_text("anna-new");
    set_role(&t, &anna.id, Role::Shopper).await.expect("taken");
    let mut browser = t.browser();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    browser.submit("/api/delete", &[("confirmation", "anna-new")]).await;
    assert!(t.find("anna").await.delete_at.is_some());
});
