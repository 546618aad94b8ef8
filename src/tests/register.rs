//! Registration, over HTTP.

use super::{
    browser::{Answer, Browser},
    harness::{PASSWORD, db_test},
};
use crate::{
    app,
    clock::{HOUR, MILLISECOND, seconds},
    domain::values::UsernameProblem,
    error::AppError,
    i18n::Locale,
};

async fn register(browser: &mut Browser, login: &str, email: &str, password: &str) -> Answer {
    browser
        .submit("/api/register", &[("login", login), ("email", email), ("password", password)])
        .await
}

db_test!(account_exists_only_when_the_address_is_confirmed, |t| {
    let mut browser = t.browser();
    register(&mut browser, "Anna", "Anna@Mail.example", PASSWORD)
        .await
        .assert_text("Confirm your e-mail");
    assert_eq!(t.number("SELECT COUNT(*) FROM accounts").await, 0);
    assert!(t.browser().sign_in("anna", PASSWORD).await.words().contains("not right"));

    let code = t.code("Anna@mail.example", "confirm-address").await;
    let answer = browser.submit("/api/register_code", &[("code", &code)]).await;
    answer.assert_text("Hello, Anna");
    answer.assert_text("Anna@mail.example");
    let welcome = t.email("Anna@mail.example", "welcome").await;
    assert_eq!(welcome.account, "Anna");
    for data in ["Anna", "Anna@mail.example", "13 November 2026"] {
        assert!(welcome.text.contains(data), "{data} is missing: {}", welcome.text);
    }
    assert!(!welcome.text.contains(PASSWORD) && !welcome.html.contains(PASSWORD));
    t.browser().sign_in("ANNA", PASSWORD).await.assert_text("Hello, Anna");
    t.browser().sign_in("anna@MAIL.example", PASSWORD).await.assert_text("Hello, Anna");
});

db_test!(pending_registration_reserves_nothing, |t| {
    let (mut first, mut second) = (t.browser(), t.browser());
    register(&mut first, "anna", "one@mail.example", PASSWORD).await;
    register(&mut second, "anna", "two@mail.example", PASSWORD).await;
    let (one, two) = (
        t.code("one@mail.example", "confirm-address").await,
        t.code("two@mail.example", "confirm-address").await,
    );
    second.submit("/api/register_code", &[("code", &two)]).await.assert_text("Hello, anna");
    // Too late for the first: the page reports it, and nothing that was typed is lost.
    let late = first.submit("/api/register_code", &[("code", &one)]).await;
    late.assert_text("This login is taken");
    assert!(late.body.contains("one@mail.example"));
    assert_eq!(t.number("SELECT COUNT(*) FROM accounts").await, 1);
    // With another login a new email is sent.
    register(&mut first, "anna2", "one@mail.example", PASSWORD)
        .await
        .assert_text("Confirm your e-mail");
});

db_test!(au_taken_address_looks_the_same_and_its_owner_gets_a_letter, |t| {
    t.account("anna").await;
    let (mut free, mut taken) = (t.browser(), t.browser());
    let free_page = register(&mut free, "bert", "bert@mail.example", PASSWORD).await;
    let taken_page = register(&mut taken, "carl", "ANNA@mail.example", PASSWORD).await;
    assert_eq!(
        free_page.words().replace("bert@mail.example", "X"),
        taken_page.words().replace("ANNA@mail.example", "X")
    );
    assert_eq!(t.count("anna@mail.example", "address-in-use").await, 1);
    assert_eq!(t.count("anna@mail.example", "confirm-address").await, 0);
    // No code opens it, and the tries are counted as for everyone.
    taken.submit("/api/register_code", &[("code", "123456")]).await.assert_text("4 tries left");
    // Pressing "Get code" does not fill the owner's mailbox.
    t.advance(seconds(61));
    taken.submit("/api/register_resend", &[]).await.assert_text("A new letter is on its way");
    assert_eq!(t.count("anna@mail.example", "address-in-use").await, 1);
});

db_test!(taken_login_is_said_behind_the_check, |t| {
    t.account("anna").await;
    let answer = register(&mut t.browser().json(), "ANNA", "new@mail.example", PASSWORD).await;
    assert_eq!((answer.status.as_u16(), answer.field("login").as_str()), (422, "login_taken"));
    let page = register(&mut t.browser(), "anna", "new@mail.example", PASSWORD).await;
    page.assert_text("This login is taken");
    assert!(
        page.body.contains(r#"aria-describedby="login-why"#)
            || page.body.contains("login-why login-hint")
    );
    assert!(page.body.contains("new@mail.example") && !page.body.contains(PASSWORD));
});

db_test!(every_field_says_what_is_wrong_with_it, |t| {
    let mut browser = t.browser().json();
    for (login, email, password, field, kind) in [
        ("", "a@b.example", PASSWORD, "login", "login_missing"),
        ("ab", "a@b.example", PASSWORD, "login", "login_too_short"),
        (&"a".repeat(33), "a@b.example", PASSWORD, "login", "login_too_long"),
        ("a b c", "a@b.example", PASSWORD, "login", "login_characters"),
        ("me@home", "a@b.example", PASSWORD, "login", "login_characters"),
        ("аdmin", "a@b.example", PASSWORD, "login", "login_mixed_scripts"),
        ("anna", "", PASSWORD, "email", "email_missing"),
        ("anna", "anna", PASSWORD, "email", "email_malformed"),
        ("anna", "anna@localhost", PASSWORD, "email", "email_malformed"),
        ("anna", "a@b.example", "", "password", "password_missing"),
    ] {
        let answer = register(&mut browser, login, email, password).await;
        assert_eq!(
            (answer.status.as_u16(), answer.field(field).as_str()),
            (422, kind),
            "{login} {email}"
        );
    }
    let all = register(&mut browser, "", "", "").await;
    assert_eq!(all.error(), "check_fields");
    assert_eq!(all.json()["fields"].as_object().map(serde_json::Map::len), Some(3));
});

db_test!(fields_are_judged_while_they_are_typed_by_the_judge_of_the_form, |t| {
    let mut browser = t.browser().json();
    let long = "a".repeat(33);
    let problems = app::problems();
    for (field, value, is_unfinished) in [
        ("login", "", true),
        ("login", "an", true),
        ("login", &long, false),
        ("login", "a b c", false),
        ("login", "аdmin", false),
        ("login", "support", false),
        ("login", "Corner-Shop", false),
        ("login", "anna", false),
        ("email", "", true),
        ("email", "anna", true),
        ("email", "anna@localhost", true),
        ("email", "anna@192.0.2.1", true),
        ("email", "anna@mail.example", false),
    ] {
        let asked = [("field", field), ("value", value)];
        let verdict = browser.post("/api/check_registration_field", &asked).await;
        assert_eq!(verdict.header("cache-control"), "no-store");
        let verdict = verdict.json();
        // Without a password nothing is sent, and the other fields are still checked.
        let (login, email) =
            if field == "login" { (value, "a@b.example") } else { ("anna", value) };
        let kind = register(&mut browser, login, email, "").await.field(field);
        let problem = problems.get(&kind).cloned();
        let reason = problem.map(|problem| AppError::new(problem).summary(Locale::En));
        assert_eq!(verdict["reason"].as_str(), reason.as_deref(), "{field} {value}");
        assert_eq!(verdict["is_unfinished"], is_unfinished, "{field} {value}");
        assert!(verdict["meant"].is_null(), "{field} {value}");
    }
    // In the reader's language; for an unknown field there is no message.
    let mut browser = t.browser();
    browser.post("/api/language", &[("lang", "ru"), ("screen", "/register")]).await;
    let mut browser = browser.json();
    let asked = [("field", "login"), ("value", "an")];
    let verdict = browser.post("/api/check_registration_field", &asked).await.json();
    assert_eq!(verdict["reason"], AppError::new(UsernameProblem::TooShort).summary(Locale::Ru));
    let asked = [("field", "password"), ("value", "an")];
    let verdict = browser.post("/api/check_registration_field", &asked).await.json();
    assert!(verdict["reason"].is_null());
});

db_test!(what_was_meant_perhaps_is_offered_while_typing_and_beside_the_code, |t| {
    let asked = [("field", "email"), ("value", "Anna@gmial.com")];
    let verdict = t.browser().json().post("/api/check_registration_field", &asked).await.json();
    assert!(verdict["reason"].is_null(), "it is an address all the same: {verdict}");
    assert_eq!(verdict["meant"][0], "Anna@gmail.com");
    assert_eq!(verdict["meant"][1], "Did you mean Anna@gmail.com?");
    let page = register(&mut t.browser(), "anna", "anna@gmial.com", PASSWORD).await;
    page.assert_text("Did you mean anna@gmail.com?");
    let page = register(&mut t.browser(), "bert", "bert@mail.example", PASSWORD).await;
    assert!(!page.words().contains("Did you mean"));
});

db_test!(next_is_kept_through_registration, |t| {
    let mut browser = t.browser();
    assert!(
        browser
            .get("/register?next=https%3A%2F%2Fshop.example%2Fcart")
            .await
            .body
            .contains("https://shop.example/cart")
    );
    let fields = [
        ("login", "anna"),
        ("email", "anna@mail.example"),
        ("password", PASSWORD),
        ("next", "https://shop.example/cart"),
    ];
    browser.submit("/api/register", &fields).await;
    let code = t.code("anna@mail.example", "confirm-address").await;
    let answer = browser.post("/api/register_code", &[("code", &code)]).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "https://shop.example/cart"));
});

db_test!(expired_registration_says_so, |t| {
    let mut browser = t.browser();
    register(&mut browser, "anna", "anna@mail.example", PASSWORD).await;
    let code = t.code("anna@mail.example", "confirm-address").await;
    t.advance(HOUR + MILLISECOND);
    browser
        .submit("/api/register_code", &[("code", &code)])
        .await
        .assert_text("Please start again");
    assert_eq!(t.number("SELECT COUNT(*) FROM accounts").await, 0);
});

db_test!(a1_3_11_line_breaks_reach_no_header, |t| {
    let mut browser = t.browser().json();
    for evil in ["anna\r\nBcc: x@y.example", "anna\nX: y"] {
        assert_eq!(register(&mut browser, evil, "a@b.example", PASSWORD).await.status, 422);
        let email = format!("a@b.example\r\nBcc: {evil}@y.example");
        assert_eq!(register(&mut browser, "anna", &email, PASSWORD).await.status, 422);
    }
    assert!(t.emails().await.is_empty());
});

db_test!(as_many_parallel_confirmations_as_one_likes_make_one_account, |t| {
    let mut browser = t.browser();
    register(&mut browser, "anna", "anna@mail.example", PASSWORD).await;
    let code = t.code("anna@mail.example", "confirm-address").await;
    let tries = (0..10).map(|_| {
        let (mut browser, code) = (browser.clone(), code.clone());
        tokio::spawn(async move {
            browser.post("/api/register_code", &[("code", &code)]).await.location().to_owned()
        })
    });
    let mut won = 0;
    for task in tries.collect::<Vec<_>>() {
        won += usize::from(task.await.expect("no panic") == "/account");
    }
    assert_eq!(won, 1);
    assert_eq!(t.number("SELECT COUNT(*) FROM accounts").await, 1);
    assert_eq!(t.count("anna@mail.example", "welcome").await, 1);
});

db_test!(posting_the_form_twice_leaves_the_first_letter_good, |t| {
    let mut browser = t.browser();
    register(&mut browser, "anna", "anna@mail.example", PASSWORD).await;
    let code = t.code("anna@mail.example", "confirm-address").await;
    // Back, another password, and again within the minute.
    register(&mut browser, "anna", "anna@mail.example", "blue lamp eight")
        .await
        .assert_text("Confirm your e-mail");
    assert_eq!(t.count("anna@mail.example", "confirm-address").await, 1);
    browser.submit("/api/register_code", &[("code", &code)]).await.assert_text("Hello, anna");
    t.browser().sign_in("anna", "blue lamp eight").await.assert_text("Hello, anna");
});

db_test!(corrected_registration_is_confirmed_by_a_letter_that_names_the_newest, |t| {
    let mut browser = t.browser();
    register(&mut browser, "ana", "anna@mail.example", PASSWORD).await;
    let first = t.code("anna@mail.example", "confirm-address").await;
    // Back, another login, another letter case, another language, and again within the minute.
    browser.post("/api/language", &[("lang", "ru"), ("screen", "/register")]).await;
    register(&mut browser, "Anna", "Anna@mail.example", PASSWORD)
        .await
        .assert_text("Anna@mail.example");
    let message = t.email("Anna@mail.example", "confirm-address").await;
    assert_eq!(message.account, "Anna");
    assert!(message.subject.contains("код"), "{}", message.subject);
    // The earlier email names outdated values: its code points to the newer one, and costs no try.
    browser
        .submit("/api/register_code", &[("code", &first)])
        .await
        .assert_text("Этот код заменён новым");
    let code = super::super::harness::code_in(&message.text);
    browser.submit("/api/register_code", &[("code", &code)]).await.assert_text("Anna");
    let anna = t.find("anna").await;
    assert_eq!((anna.login.as_str(), anna.email.as_str()), ("Anna", "Anna@mail.example"));
    assert_eq!(anna.locale().tag(), "ru");
});

db_test!(corrections_send_no_more_letters_than_the_hour_allows, |t| {
    let mut browser = t.browser();
    for number in 0..9 {
        register(&mut browser, &format!("anna{number}"), "anna@mail.example", PASSWORD).await;
    }
    // A mailbox gets five an hour; the last one is reserved for a recovery.
    assert_eq!(t.count("anna@mail.example", "confirm-address").await, 4);
});

db_test!(login_names_cannot_be_listed_without_proof, |t| {
    t.account("anna").await;
    let mut told = 0;
    for number in 0..40 {
        let email = format!("thief{number}@mail.example");
        let mut browser = t.browser().json();
        let answer = register(&mut browser, "anna", &email, PASSWORD).await;
        told += usize::from(answer.status == 422 && answer.field("login") == "login_taken");
    }
    assert_eq!(told, 10, "the small quota of browsers without proof");
});
