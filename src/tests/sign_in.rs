//! Signing in and out, over HTTP.

use crate::{
    args,
    clock::{DAY, HOUR, MINUTE, SECOND, Timestamp},
};

use super::harness::{PASSWORD, db_test};

db_test!(login_or_address_in_any_letter_case, |t| {
    t.account_with("Анна", "Anna@mail.example", PASSWORD).await;
    for name in ["Анна", "АННА", " анна ", "anna@mail.example", "ANNA@MAIL.EXAMPLE"] {
        t.browser().sign_in(name, PASSWORD).await.assert_text("Hello, Анна");
    }
});

db_test!(json_callers_get_kinds_and_statuses, |t| {
    t.account("anna").await;
    let mut caller = t.browser().json();
    let refused =
        caller.post("/api/sign_in", &[("login", "anna"), ("password", "wrong password")]).await;
    assert_eq!((refused.status.as_u16(), refused.error().as_str()), (401, "bad_credentials"));
    let missing = caller.post("/api/sign_in", &[]).await;
    assert_eq!((missing.status.as_u16(), missing.field("login").as_str()), (422, "login_missing"));
    assert_eq!(missing.field("password"), "password_missing");
    assert_eq!(caller.get("/account").await.status, 401);
    let answer = caller.post("/api/sign_in", &[("login", "anna"), ("password", PASSWORD)]).await;
    assert_eq!((answer.status.as_u16(), answer.json()["next"].as_str()), (200, Some("/account")));
    assert_eq!(caller.get("/account").await.status, 200);
});

db_test!(refused_form_keeps_what_was_typed_but_the_password, |t| {
    let mut browser = t.browser();
    let fields = [
        ("login", "anna"),
        ("password", "my secret words"),
        ("remember", "on"),
        ("next", "/account/profile"),
    ];
    let page = browser.submit("/api/sign_in", &fields).await;
    page.assert_text("Login or password is not right");
    assert!(
        page.body.contains(r#"value="anna""#)
            && page.body.contains("checked")
            && page.body.contains("/account/profile")
    );
    assert!(!page.body.contains("my secret words"));
    assert!(page.body.contains(r#"role="alert""#));
    // Shown once: the next visit has no message.
    assert!(!browser.get("/sign-in").await.words().contains("not right"));
});

db_test!(recovery_is_offered_from_the_second_failure_with_the_login, |t| {
    let mut browser = t.browser();
    let offer = "Get back in with a code from your mail";
    assert!(!browser.sign_in("anna", "wrong password").await.words().contains(offer));
    browser.sign_in("anna", "wrong password").await.assert_text(offer);
    assert!(browser.get("/recover").await.body.contains(r#"value="anna""#));
});

db_test!(n3_2_2_waits_rise_from_the_fifth_failure, |t| {
    t.account("anna").await;
    for _ in 0..5 {
        t.browser().sign_in("anna", "wrong password").await.assert_text("not right");
    }
    t.browser().sign_in("anna", PASSWORD).await.assert_text("Please try again in 30 seconds");
    let refused = t
        .browser()
        .json()
        .post("/api/sign_in", &[("login", "Anna "), ("password", PASSWORD)])
        .await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, "30"));
    // The wait is over; the next failure makes it twice as long.
    t.advance(30 * SECOND);
    t.browser().sign_in("anna", "wrong password").await.assert_text("not right");
    t.browser().sign_in("anna", PASSWORD).await.assert_text("in 60 seconds");
    t.advance(60 * SECOND);
    t.browser().sign_in("anna", PASSWORD).await.assert_text("Hello, anna");
    // A success ends the streak.
    t.browser().sign_in("anna", "wrong password").await.assert_text("not right");
    t.browser().sign_in("anna", PASSWORD).await.assert_text("Hello, anna");
});

db_test!(n3_2_2_failures_from_all_networks_add_up, |t| {
    t.account("anna").await;
    for network in 0..5 {
        t.browser().on_network(network).sign_in("anna", "wrong password").await;
    }
    t.browser()
        .on_network(99)
        .sign_in("anna", PASSWORD)
        .await
        .assert_text("Too many tries in a row");
});

db_test!(waits_count_what_was_typed_known_or_not, |t| {
    for _ in 0..5 {
        t.browser().sign_in("nobody", "wrong password").await.assert_text("not right");
    }
    t.browser()
        .sign_in("nobody", "wrong password")
        .await
        .assert_text("Please try again in 30 seconds");
});

db_test!(parallel_tries_are_counted_before_they_are_checked, |t| {
    t.account("anna").await;
    let tries = (0..20).map(|_| {
        let mut browser = t.browser().json();
        tokio::spawn(async move {
            browser
                .post("/api/sign_in", &[("login", "anna"), ("password", "wrong password")])
                .await
                .status
                .as_u16()
        })
    });
    let mut judged = 0;
    for task in tries.collect::<Vec<_>>() {
        judged += usize::from(task.await.expect("no panic") == 401);
    }
    assert_eq!(judged, 5);
});

db_test!(a6_1_1_flood_never_locks_the_owner_out_of_a_known_browser, |t| {
    t.account("anna").await;
    let mut known = t.browser();
    assert!(known.sign_in("anna", PASSWORD).await.words().contains("Hello"));
    known.submit("/api/sign_out", &[]).await;
    for network in 0..110 {
        t.browser().on_network(network).sign_in("anna", "wrong password").await;
        t.advance(15 * MINUTE);
    }
    // A hundred in a row: the password is not accepted from unknown browsers, and the response does not show this.
    t.browser()
        .on_network(200)
        .sign_in("anna", PASSWORD)
        .await
        .assert_text("Login or password is not right");
    known.sign_in("anna", PASSWORD).await.assert_text("Hello, anna");
    // Recovery is never locked by it, and ends it.
    let mut fresh = t.browser().on_network(201);
    fresh.ask_for_code("anna").await.assert_text("Enter the code");
    let code = t.code("anna@mail.example", "recovery-code").await;
    fresh.enter_code(&code).await;
    fresh.new_password("blue lamp eight").await.assert_text("Your password is new");
    // In this browser at once; elsewhere after the wait under her name, which tells strangers nothing.
    fresh.sign_in("anna", "blue lamp eight").await.assert_text("Hello, anna");
    t.advance(15 * MINUTE);
    t.browser().on_network(202).sign_in("anna", "blue lamp eight").await.assert_text("Hello, anna");
});

db_test!(known_browser_has_its_own_count, |t| {
    t.account("anna").await;
    let mut known = t.browser();
    known.sign_in("anna", PASSWORD).await;
    known.submit("/api/sign_out", &[]).await;
    for _ in 0..5 {
        known.sign_in("anna", "wrong password").await;
    }
    known.sign_in("anna", PASSWORD).await.assert_text("Too many tries in a row");
    t.browser().sign_in("anna", PASSWORD).await.assert_text("Hello, anna");
});

db_test!(cs_one_password_over_many_accounts_slows_down, |t| {
    let mut slowed = 0;
    for number in 0..200 {
        let name = format!("user{number}");
        let fields = [("login", name.as_str()), ("password", "wrong password")];
        slowed += usize::from(t.browser().json().post("/api/sign_in", &fields).await.status == 429);
    }
    assert!(slowed >= 160, "only {slowed} of 200 were slowed down");
});

db_test!(a7_2_4_new_token_at_every_sign_in_and_the_old_one_dies, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.set_cookie("session", &"A".repeat(43));
    browser.sign_in("anna", PASSWORD).await;
    let first = browser.cookie("session").expect("a session");
    assert_ne!(first, "A".repeat(43));
    assert!(first.len() >= 43, "256 bits in base64");
    browser.sign_in("anna", PASSWORD).await;
    browser.post("/api/sign_in", &[("login", "anna"), ("password", PASSWORD)]).await;
    assert_ne!(browser.cookie("session"), Some(first.clone()));
    let mut old = t.browser();
    old.set_cookie("session", &first);
    assert!(!old.is_signed_in().await);
});

db_test!(a7_4_1_sign_out_ends_the_session_on_the_server, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    let mut thief = browser.clone().json();
    browser.submit("/api/sign_out", &[]).await.assert_text("You are signed out");
    assert!(browser.cookie("session").is_none());
    assert_eq!(thief.get("/account").await.status, 401);
    let sent = t.browser().get("/account/profile").await;
    assert_eq!(
        (sent.status.as_u16(), sent.location()),
        (302, "/sign-in?next=%2Faccount%2Fprofile")
    );
});

db_test!(a7_3_idle_and_absolute_limits, |t| {
    t.account("anna").await;
    let mut passing = t.browser();
    passing.sign_in("anna", PASSWORD).await;
    let mut staying = t.browser();
    staying
        .submit("/api/sign_in", &[("login", "anna"), ("password", PASSWORD), ("remember", "on")])
        .await;
    let mut idle = staying.clone();
    idle.submit("/api/sign_in", &[("login", "anna"), ("password", PASSWORD), ("remember", "on")])
        .await;
    staying
        .submit("/api/sign_in", &[("login", "anna"), ("password", PASSWORD), ("remember", "on")])
        .await;
    t.advance(12 * HOUR - SECOND);
    assert!(passing.is_signed_in().await);
    t.advance(SECOND);
    assert!(!passing.is_signed_in().await, "12 hours are over");
    for _ in 0..29 {
        assert!(staying.is_signed_in().await);
        t.advance(DAY);
    }
    assert!(!idle.is_signed_in().await, "14 days unused are over");
    t.advance(DAY);
    assert!(!staying.is_signed_in().await, "30 days are over");
});

db_test!(a6_2_10_passwords_do_not_expire, |t| {
    t.account("anna").await;
    t.advance(730 * DAY);
    t.browser().sign_in("anna", PASSWORD).await.assert_text("Hello, anna");
});

db_test!(a7_4_2_disabled_account_ends_its_sessions_and_tells_its_owner, |t| {
    let account = t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    t.disable(&account).await;
    assert!(!browser.is_signed_in().await);
    t.browser().sign_in("anna", PASSWORD).await.assert_text("Login or password is not right");
    assert_eq!(t.count("anna@mail.example", "account-disabled").await, 1);
    t.browser().sign_in("anna", PASSWORD).await;
    assert_eq!(t.count("anna@mail.example", "account-disabled").await, 1, "once a day");
});

db_test!(a11_4_2_stored_as_argon2id_and_rehashed_when_parameters_rise, |t| {
    let account = t.account("anna").await;
    assert!(
        account.password_hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{}",
        account.password_hash
    );
    // The same password, hashed with weaker parameters.
    let weak = {
        use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
        let params = Params::new(8192, 1, 1, None).expect("parameters");
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_with_salt(PASSWORD.as_bytes(), b"0123456789abcdef")
            .expect("a hash")
            .to_string()
    };
    let mut tx = t.state.db.begin().await.expect("a transaction");
    tx.execute("UPDATE accounts SET password_hash = $2 WHERE id = $1", args![&account.id, &weak])
        .await
        .expect("done");
    tx.commit().await.expect("a commit");
    t.browser().sign_in("anna", PASSWORD).await.assert_text("Hello, anna");
    let hash = t.find("anna").await.password_hash;
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    t.browser().sign_in("anna", PASSWORD).await.assert_text("Hello, anna");
});

db_test!(a16_2_sign_ins_and_failures_are_recorded, |t| {
    t.account("anna").await;
    let mut browser = t.browser().on_network(7);
    browser.sign_in("anna", "wrong password").await;
    t.advance(SECOND);
    browser.sign_in("anna", PASSWORD).await;
    t.advance(SECOND);
    browser.submit("/api/sign_out", &[]).await;
    let rows: Vec<(String, String, Timestamp)> = t
        .state
        .db
        .fetch_all(
            "SELECT kind, network, at FROM events WHERE account_id IS NOT NULL ORDER BY at",
            args![],
        )
        .await
        .expect("events");
    let kinds: Vec<&str> = rows.iter().map(|(kind, ..)| kind.as_str()).collect();
    assert_eq!(kinds, ["sign_in_refused", "signed_in", "signed_out"]);
    assert!(rows.iter().all(|(_, network, _)| network == "11.0.7.0/24"));
    assert_eq!(rows.last().map(|(.., at)| *at), Some(t.now()));
});

db_test!(signed_in_shopper_is_not_asked_again, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    assert_eq!(browser.get("/").await.location(), "/account");
    assert_eq!(browser.get("/sign-in").await.location(), "/account");
    assert_eq!(browser.get("/sign-in?next=/account/profile").await.location(), "/account/profile");
    assert_eq!(t.browser().get("/").await.location(), "/sign-in");
});

db_test!(a7_4_3_old_password_in_flight_does_not_outlive_the_change, |t| {
    let account = t.account("anna").await;
    // The password is changed between the comparison and the session: many attempts in flight, one change.
    let tries: Vec<_> = (0..6)
        .map(|network| {
            let mut browser = t.browser().on_network(network);
            tokio::spawn(async move {
                browser.sign_in("anna@mail.example", PASSWORD).await;
                browser
            })
        })
        .collect();
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let client =
        crate::domain::client::Client { network: String::new(), user_agent: String::new() };
    let kind = crate::domain::audit::EventKind::PasswordChanged;
    crate::domain::passwords::set(
        &t.state,
        &mut tx,
        &account,
        "$argon2id$other",
        kind,
        None,
        &client,
    )
    .await
    .expect("set");
    tx.commit().await.expect("a commit");
    for task in tries {
        assert!(!task.await.expect("no panic").is_signed_in().await);
    }
});
