//! The password change in the settings with a mailed code, and the advice while a password is chosen.

use super::{
    browser::Browser,
    harness::{PASSWORD, TestApp, db_test},
};
use crate::clock::MINUTE;

const ANNA: &str = "anna@mail.example";
const NEW: &str = "blue lamp eight";

async fn signed_in(t: &TestApp) -> Browser {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    browser
}

const BOTH: [(&str, &str); 2] = [("new_password", NEW), ("new_password_again", NEW)];

db_test!(password_is_changed_with_a_mailed_code, |t| {
    let mut browser = signed_in(&t).await;
    let mut other = t.browser();
    other.sign_in("anna", PASSWORD).await;
    let mut thief = browser.clone();
    browser.get("/account/settings/password").await.assert_text("Email a code");
    browser.submit("/api/settings_password_email", &[]).await.assert_text("Enter the code");
    let code = t.code(ANNA, "recovery-code").await;
    browser
        .submit("/api/settings_password_code", &[("code", "000000")])
        .await
        .assert_text("4 tries left");
    browser
        .submit("/api/settings_password_code", &[("code", &code)])
        .await
        .assert_text("New password again");
    browser.submit("/api/settings_password", &BOTH).await.assert_text("Your password was changed");
    // Still signed in afterwards, under a new token; all other sessions are ended.
    assert!(browser.is_signed_in().await);
    assert!(!other.is_signed_in().await && !thief.is_signed_in().await);
    assert_eq!(t.count(ANNA, "password-changed").await, 1);
    assert_eq!(t.browser().json().sign_in("anna", NEW).await.status, 200);
    assert_eq!(t.browser().json().sign_in("anna", PASSWORD).await.status, 401);
    // Only once.
    assert_eq!(browser.json().post("/api/settings_password", &BOTH).await.error(), "flow_expired");
});

db_test!(a2_3_1_no_step_can_be_skipped, |t| {
    let mut browser = signed_in(&t).await.json();
    assert_eq!(browser.post("/api/settings_password", &BOTH).await.error(), "flow_expired");
    browser.post("/api/settings_password_email", &[]).await;
    assert_eq!(browser.post("/api/settings_password", &BOTH).await.error(), "start_again");
    browser.html = true;
    for path in ["/account/settings/password/new", "/account/settings/password/code"] {
        let answer = t.browser().get(path).await;
        assert!(answer.location().starts_with("/sign-in"), "signed out");
    }
    assert_eq!(
        browser.get("/account/settings/password/new").await.location(),
        "/account/settings/password"
    );
    assert_eq!(t.browser().json().sign_in("anna", PASSWORD).await.status, 200, "nothing changed");
});

db_test!(a_stolen_session_alone_can_change_neither_email_nor_password_nor_delete, |t| {
    let owner = signed_in(&t).await;
    let mut thief = t.browser().on_network(7).json();
    thief.set_cookie("session", &owner.cookie("session").expect("a session"));
    assert_eq!(thief.get("/account").await.status, 200, "the session is stolen indeed");
    for (form, fields) in [
        ("/api/email", vec![("email", "thief@mail.example")]),
        ("/api/login", vec![("login", "thief")]),
        ("/api/delete", vec![("confirmation", "anna")]),
        ("/api/export", vec![]),
    ] {
        assert_eq!(thief.post(form, &fields).await.error(), "proof_needed", "{form}");
    }
    let fields = [("old_password", "a guess of mine"), BOTH[0], BOTH[1]];
    assert_eq!(
        thief.post("/api/change_password", &fields).await.field("old_password"),
        "old_password_wrong"
    );
    // The codes that the thief can request go to the owner's mailbox, and guessing ends after five tries.
    for (ask, answer, then) in [
        ("/api/settings_password_email", "/api/settings_password_code", "/api/settings_password"),
        ("/api/confirm_email", "/api/confirm_code", "/api/delete"),
    ] {
        thief.post(ask, &[]).await;
        let right = t.code(ANNA, "recovery-code").await;
        for guess in ["000001", "000002", "000003", "000004", "000005", &right] {
            let refused = thief.post(answer, &[("code", guess)]).await;
            assert_ne!(refused.status, 200, "{answer} {guess}");
        }
        assert_ne!(thief.post(then, &BOTH).await.status, 200);
        t.advance(MINUTE);
    }
    assert!(
        t.email(ANNA, "recovery-code").await.text.contains("somebody is signed in to your account")
    );
    let anna = t.find("anna").await;
    assert_eq!((anna.email.as_str(), anna.login.as_str(), anna.delete_at), (ANNA, "anna", None));
    assert_eq!(t.browser().json().sign_in("anna", PASSWORD).await.status, 200);
});

db_test!(a7_4_3_a_code_confirmed_before_the_owners_change_cannot_be_used_after_it, |t| {
    let mut browser = signed_in(&t).await.json();
    let mut owner = t.browser().json();
    owner.sign_in("anna", PASSWORD).await;
    browser.post("/api/settings_password_email", &[]).await;
    let code = t.code(ANNA, "recovery-code").await;
    assert_eq!(browser.post("/api/settings_password_code", &[("code", &code)]).await.status, 200);
    let fields = [
        ("old_password", PASSWORD),
        ("new_password", "yellow lamp nine"),
        ("new_password_again", "yellow lamp nine"),
    ];
    assert_eq!(owner.post("/api/change_password", &fields).await.status, 200);
    assert_eq!(browser.post("/api/settings_password", &BOTH).await.status, 401);
    assert_eq!(t.browser().json().sign_in("anna", "yellow lamp nine").await.status, 200);
});

db_test!(resend_waits_a_minute_and_the_old_code_ends, |t| {
    let mut browser = signed_in(&t).await;
    browser.submit("/api/settings_password_email", &[]).await;
    let first = t.code(ANNA, "recovery-code").await;
    browser
        .submit("/api/settings_password_email", &[])
        .await
        .assert_text("A code was sent a moment ago");
    t.advance(MINUTE);
    browser
        .submit("/api/settings_password_email", &[])
        .await
        .assert_text("A new letter is on its way");
    browser
        .submit("/api/settings_password_code", &[("code", &first)])
        .await
        .assert_text("replaced by a newer one");
});

db_test!(a6_2_4_help_while_choosing_explains_by_the_rules_that_refuse, |t| {
    let mut browser = t.browser().json();
    let mut help = async |password: &str| {
        let fields =
            [("password", password), ("login", "annabel"), ("email", "arbat@mail.example")];
        let answer = browser.post("/api/password_help", &fields).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        let json = answer.json();
        (
            json["score"].as_i64().expect("a score"),
            json["words"].as_str().expect("words").to_owned(),
        )
    };
    assert_eq!(help("").await, (0, String::new()));
    assert_eq!(help("short").await, (0, "Too short so far: at least 10 characters.".to_owned()));
    assert!(help("1234567890").await.1.starts_with("Many people use this password"));
    assert!(help("annabel1234").await.1.starts_with("This is little more than your login"));
    let (weak, words) = help("aaaaaaaaaaaaaaa").await;
    assert!(weak == 1 && words.starts_with("Allowed, but easy to guess."), "{words}");
    let (strong, words) = help("violet kettle 9 moonshine").await;
    assert_eq!((strong, words.as_str()), (4, "Very good."));
    // What the estimate allows is accepted, what it refuses is not: the rules are in one place.
    let mut register = t.browser().json();
    for (password, refused) in
        [("aaaaaaaaaaaaaaa", false), ("1234567890", true), ("annabel1234", true)]
    {
        let fields =
            [("login", "annabel"), ("email", "arbat@mail.example"), ("password", password)];
        let answer = register.post("/api/register", &fields).await;
        assert_eq!(!answer.status.is_success(), refused, "{password}");
    }
    let long = "x".repeat(5000);
    assert_eq!(help(&long).await, (0, "A password may have 128 characters at most.".to_owned()));
});

db_test!(a6_3_7_n4_6_every_new_password_is_told_and_the_letter_says_how_to_object, |t| {
    let mut browser = signed_in(&t).await;
    let with_old = [("old_password", PASSWORD), BOTH[0], BOTH[1]];
    browser
        .submit("/api/change_password", &with_old)
        .await
        .assert_text("Your password was changed");
    assert_eq!(t.count(ANNA, "password-changed").await, 1);

    browser.submit("/api/settings_password_email", &[]).await;
    let code = t.code(ANNA, "recovery-code").await;
    browser.submit("/api/settings_password_code", &[("code", &code)]).await;
    let third = [("new_password", "yellow lamp nine"), ("new_password_again", "yellow lamp nine")];
    browser.submit("/api/settings_password", &third).await.assert_text("Your password was changed");
    assert_eq!(t.count(ANNA, "password-changed").await, 2);

    t.advance(MINUTE);
    let mut recovering = t.browser();
    recovering.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    recovering.enter_code(&code).await;
    recovering.new_password("silver lamp ten").await.assert_text("Your password is new");
    assert_eq!(t.count(ANNA, "password-changed").await, 3);

    let emails = t.emails().await;
    for message in emails.iter().filter(|message| message.kind == "password-changed") {
        for words in ["anna", "13 November 2026", "127.0.0.0/24", "It was not you?", "/recover"] {
            assert!(message.text.contains(words), "{words:?}: {}", message.text);
        }
    }
});
