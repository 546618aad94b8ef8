//! Reauthentication.

use super::{
    browser::Browser,
    harness::{PASSWORD, TestApp, db_test},
};
use crate::{
    clock::{MILLISECOND, MINUTE},
    domain::session::PROOF,
};

pub(super) const ANNA: &str = "anna@mail.example";
/// What requires reauthentication: the page, and the form behind it.
pub(super) const GUARDED: [(&str, &str, (&str, &str)); 5] = [
    ("/account/settings/email", "/api/email", ("email", "new@mail.example")),
    ("/account/settings/login", "/api/login", ("login", "anna-new")),
    ("/account/settings/export", "/api/export", ("", "")),
    ("/account/settings/codes", "/account/settings/codes", ("", "")),
    ("/account/settings/delete", "/api/delete", ("confirmation", "anna")),
];

pub(super) async fn signed_in(t: &TestApp) -> Browser {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    browser
}

db_test!(a7_5_1_old_session_is_refused_before_email_login_deletion_and_export, |t| {
    let mut browser = signed_in(&t).await;
    for (screen, form, field) in GUARDED {
        let answer = browser.get(screen).await;
        assert_eq!(answer.status, 302);
        assert!(answer.location().starts_with("/account/confirm?next="), "{}", answer.location());
        let answer = browser.post(form, &[field]).await;
        assert_eq!(answer.status, 303);
        assert!(answer.location().starts_with("/account/confirm?next="), "{}", answer.location());
        let answer = browser.clone().json().post(form, &[field]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.error().as_str()),
            (403, "proof_needed"),
            "{form}"
        );
    }
    let anna = t.find("anna").await;
    assert_eq!((anna.email.as_str(), anna.login.as_str(), anna.delete_at), (ANNA, "anna", None));
});

db_test!(a7_5_1_proof_is_good_for_ten_minutes, |t| {
    let mut browser = signed_in(&t).await;
    let answer = browser.get("/account/settings/email").await;
    let confirm = answer.location().to_owned();
    browser.get(&confirm).await.assert_text("Is it you?");
    let fields = [("password", PASSWORD), ("next", "/account/settings/email")];
    let answer = browser.submit("/api/confirm", &fields).await;
    answer.assert_text("New e-mail");
    t.advance(PROOF - MILLISECOND);
    assert_eq!(browser.get("/account/settings/email").await.status, 200);
    t.advance(MILLISECOND);
    assert_eq!(browser.get("/account/settings/email").await.status, 302);
});

db_test!(a7_5_1_proof_counts_in_its_own_session_only, |t| {
    let mut browser = signed_in(&t).await;
    let mut other = t.browser();
    other.sign_in("anna", PASSWORD).await;
    browser.prove(PASSWORD).await;
    assert_eq!(browser.get("/account/settings/export").await.status, 200);
    assert_eq!(other.get("/account/settings/export").await.status, 302);
});

db_test!(a7_2_4_step_up_gives_a_new_token_and_the_old_one_dies, |t| {
    let mut browser = signed_in(&t).await;
    let mut thief = browser.clone();
    let before = browser.cookie("session");
    browser.prove(PASSWORD).await;
    assert_ne!(browser.cookie("session"), before);
    assert!(browser.is_signed_in().await && !thief.is_signed_in().await);
});

db_test!(a7_4_3_proof_dies_with_the_version, |t| {
    let mut browser = signed_in(&t).await;
    browser.prove(PASSWORD).await;
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let id = t.find("anna").await.id;
    let sql = "UPDATE accounts SET credential_version = credential_version + 1 WHERE id = $1";
    tx.execute(sql, crate::args![id]).await.expect("done");
    tx.commit().await.expect("a commit");
    assert_eq!(browser.get("/account/settings/export").await.status, 302);
});

db_test!(mailed_code_proves_as_well_as_the_password, |t| {
    let mut browser = signed_in(&t).await;
    let next = ("next", "/account/settings/login");
    browser.submit("/api/confirm_email", &[next]).await.assert_text("Enter the code");
    let message = t.email(ANNA, "recovery-code").await;
    assert!(message.text.contains("change something important"), "{}", message.text);
    let wrong = browser.submit("/api/confirm_code", &[("code", "000000")]).await;
    wrong.assert_text("4 tries left");
    let code = t.code(ANNA, "recovery-code").await;
    browser.submit("/api/confirm_code", &[("code", &code)]).await.assert_text("New login");
    // Works once.
    t.advance(PROOF);
    let again = browser.clone().json().post("/api/confirm_code", &[("code", &code)]).await;
    assert_eq!(again.error(), "flow_expired");
});

db_test!(a_code_for_one_purpose_opens_no_other, |t| {
    let mut browser = signed_in(&t).await;
    browser.post("/api/confirm_email", &[]).await;
    let code = t.code(ANNA, "recovery-code").await;
    // A later recovery in the same browser does not accept the code of the reauthentication; nor does a password
    // change.
    let mut recovering = browser.clone().json();
    recovering.ask_for_code("anna").await;
    assert_ne!(recovering.post("/api/recover_code", &[("code", &code)]).await.status, 200);
    let mut changing = browser.json();
    assert_ne!(changing.post("/api/settings_password_code", &[("code", &code)]).await.status, 200);
});

db_test!(n3_2_2_wrong_passwords_wait_and_are_recorded, |t| {
    let mut browser = signed_in(&t).await.json();
    let wrong = [("password", "wrong password")];
    for _ in 0..5 {
        let answer = browser.post("/api/confirm", &wrong).await;
        assert_eq!(answer.field("password"), "password_wrong");
    }
    let answer = browser.post("/api/confirm", &[("password", PASSWORD)]).await;
    assert_eq!(answer.error(), "too_many_tries");
    // The same count as for changing the password: no second place to guess at.
    let fields = [
        ("old_password", PASSWORD),
        ("new_password", "blue lamp eight"),
        ("new_password_again", "blue lamp eight"),
    ];
    assert_eq!(browser.post("/api/change_password", &fields).await.error(), "too_many_tries");
    assert_eq!(t.number("SELECT COUNT(*) FROM events WHERE kind = 'confirm_refused'").await, 5);
    t.advance(MINUTE);
    assert_eq!(browser.post("/api/confirm", &[("password", PASSWORD)]).await.status, 200);
});

db_test!(n3_2_2_a_hundred_in_a_row_take_the_password_until_a_code_proves_it, |t| {
    let mut browser = signed_in(&t).await.json();
    for n in 0..100 {
        // Slowly, over days: the waits alone would allow this forever.
        t.advance(16 * MINUTE);
        if n % 40 == 39 {
            browser.sign_in("anna", PASSWORD).await;
        }
        let answer = browser.post("/api/confirm", &[("password", "wrong password")]).await;
        assert_eq!(answer.field("password"), "password_wrong", "{n}");
    }
    t.advance(16 * MINUTE);
    let answer = browser.post("/api/confirm", &[("password", PASSWORD)]).await;
    assert_eq!(answer.field("password"), "password_use_code");
    let fields = [
        ("old_password", PASSWORD),
        ("new_password", "blue lamp eight"),
        ("new_password_again", "blue lamp eight"),
    ];
    assert_eq!(
        browser.post("/api/change_password", &fields).await.field("old_password"),
        "password_use_code"
    );
    browser.post("/api/confirm_email", &[]).await;
    let code = t.code(ANNA, "recovery-code").await;
    assert_eq!(browser.post("/api/confirm_code", &[("code", &code)]).await.status, 200);
});

db_test!(what_was_typed_is_there_again_after_the_proof, |t| {
    let mut browser = signed_in(&t).await;
    let answer = browser.post("/api/email", &[("email", "new@mail.example")]).await;
    let confirm = answer.location().to_owned();
    browser.get(&confirm).await;
    let fields = [("password", PASSWORD), ("next", "/account/settings/email")];
    let answer = browser.submit("/api/confirm", &fields).await;
    assert!(answer.body.contains(r#"value="new@mail.example""#), "{}", answer.body);
});

db_test!(next_leads_nowhere_else, |t| {
    let mut browser = signed_in(&t).await;
    let fields = [("password", PASSWORD), ("next", "https://evil.example/")];
    assert_eq!(browser.post("/api/confirm", &fields).await.location(), "/account/settings");
});
