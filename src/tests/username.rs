//! Change of the username.

use super::harness::{PASSWORD, db_test};
use crate::clock::DAY;

db_test!(login_is_changed_and_the_old_one_goes_on_signing_in, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    browser
        .submit("/api/login", &[("login", "anna-new")])
        .await
        .assert_text("Your login was changed");
    for login in ["anna", "ANNA-new", "anna@mail.example"] {
        assert_eq!(t.browser().json().sign_in(login, PASSWORD).await.status, 200, "{login}");
    }
    let email = t.email("anna@mail.example", "login-changed").await;
    assert!(email.text.contains("anna-new") && email.text.contains("The old one, anna,"));
    // Another user never gets the old one, by registering or by changing.
    let fields =
        [("login", "Anna"), ("email", "carla@mail.example"), ("password", "blue lamp eight")];
    assert_eq!(
        t.browser().json().post("/api/register", &fields).await.field("login"),
        "login_taken"
    );
    t.account("bert").await;
    let mut bert = t.browser().json();
    bert.sign_in_and_prove("bert", PASSWORD).await;
    assert_eq!(bert.post("/api/login", &[("login", "anna")]).await.field("login"), "login_taken");
    assert_eq!(t.find("bert").await.login, "bert", "nothing half done");
    assert_eq!(bert.get("/account").await.status, 200);
});

db_test!(once_in_thirty_days_and_back_to_an_old_name, |t| {
    t.account("anna").await;
    let mut browser = t.browser().json();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    assert_eq!(browser.post("/api/login", &[("login", "second")]).await.status, 200);
    let answer = browser.post("/api/login", &[("login", "third")]).await;
    assert_eq!(answer.field("login"), "login_too_soon");
    t.advance(30 * DAY);
    browser.sign_in_and_prove("anna", PASSWORD).await;
    assert_eq!(browser.post("/api/login", &[("login", "anna")]).await.status, 200);
    assert_eq!(t.find("second").await.login, "anna");
});

db_test!(two_tabs_change_the_login_once, |t| {
    t.account("anna").await;
    let mut browser = t.browser().json();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    let tries = (0..6).map(|n| {
        let mut browser = browser.clone();
        tokio::spawn(async move {
            browser.post("/api/login", &[("login", &format!("anna-{n}"))]).await.status.is_success()
        })
    });
    let mut won = 0;
    for one in tries.collect::<Vec<_>>() {
        won += usize::from(one.await.expect("an answer"));
    }
    assert_eq!(won, 1);
    assert_eq!(t.number("SELECT COUNT(*) FROM identifiers WHERE kind = 'login'").await, 2);
});

db_test!(bad_names_say_so, |t| {
    t.account("anna").await;
    t.account("bert").await;
    let mut browser = t.browser().json();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    for (typed, kind) in [
        ("", "login_missing"),
        ("ab", "login_too_short"),
        ("anna@home", "login_characters"),
        ("аnna", "login_mixed_scripts"),
        ("anna", "login_same"),
        ("BERT", "login_taken"),
    ] {
        assert_eq!(
            browser.post("/api/login", &[("login", typed)]).await.field("login"),
            kind,
            "{typed}"
        );
    }
    // The same name in another letter case still belongs to its owner.
    assert_eq!(browser.post("/api/login", &[("login", "Anna")]).await.status, 200);
    assert_eq!(t.find("anna").await.login, "Anna");
});
