//! Forgotten login.

use super::harness::{PASSWORD, db_test, spawn_app_with};
use crate::clock::{DAY, Duration, SECOND, seconds};

const ANNA: &str = "anna@mail.example";

db_test!(letter_names_the_account_that_the_address_has_or_had, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser
        .submit("/api/find_login", &[("email", "Anna@Mail.Example")])
        .await
        .assert_text("A letter is on its way");
    let message = t.email("anna@mail.example", "login-reminder").await;
    assert!(message.text.contains("anna") && message.account == "anna", "{}", message.text);

    // So that the next email is a newer one.
    t.advance(SECOND);
    let mut owner = t.browser();
    owner.sign_in_and_prove("anna", PASSWORD).await;
    owner.post("/api/email", &[("email", "anna.new@mail.example")]).await;
    let code = t.code("anna.new@mail.example", "confirm-address").await;
    owner.post("/api/email_code", &[("code", &code)]).await;
    for wait in [Duration::ZERO, 20 * DAY] {
        t.advance(wait);
        t.browser().post("/api/find_login", &[("email", ANNA)]).await;
        let message = t.email(ANNA, "login-reminder").await;
        assert!(
            message.text.contains("which has another address now") && message.text.contains("anna")
        );
        assert!(!message.text.contains("anna.new@"), "where it went is not told");
    }
    t.browser().post("/api/find_login", &[("email", "nobody@mail.example")]).await;
    let message = t.email("nobody@mail.example", "login-reminder").await;
    assert!(message.text.contains("It has none, and had none that we know of."));
});

db_test!(a6_3_8_same_answer_for_known_unknown_and_disabled, |t| {
    t.account("anna").await;
    let bert = t.account("bert").await;
    t.disable(&bert).await;
    let mut answers = Vec::new();
    for name in ["anna", "nobody", "bert"] {
        let email = format!("{name}@mail.example");
        let mut browser = t.browser();
        browser.get("/recover/login").await;
        let answer = browser.post("/api/find_login", &[("email", &email)]).await;
        let page = browser.get("/recover/login").await;
        answers.push((
            answer.status,
            answer.location().to_owned(),
            page.words().replace(&email, "*"),
        ));
        let json = t.browser().json().post("/api/find_login", &[("email", &email)]).await;
        assert_eq!(
            (json.status.as_u16(), json.body.as_str()),
            (200, r#"{"next":"/recover/login"}"#)
        );
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:#?}");
});

db_test!(a2_4_1_three_letters_a_day_whoever_asks, |t| {
    t.account("anna").await;
    for name in [ANNA, "nobody@mail.example"] {
        for n in 0..5 {
            let mut browser = t.browser().on_network(n).json();
            let answer = browser.post("/api/find_login", &[("email", name)]).await;
            let expected = if n < 3 { 200 } else { 429 };
            assert_eq!(answer.status, expected, "{name} {n}");
        }
        assert_eq!(t.count(name, "login-reminder").await, 3);
    }
    t.advance(DAY);
    assert_eq!(t.browser().json().post("/api/find_login", &[("email", ANNA)]).await.status, 200);
});

db_test!(limits_hold_for_a_network_and_for_strangers, |t| {
    for n in 0..25 {
        let email = format!("stranger{n}@mail.example");
        let answer =
            t.browser().on_network(1).json().post("/api/find_login", &[("email", &email)]).await;
        // Ten pass without a solution; after that the emails wait for their slots.
        assert_eq!(answer.status, if n < 15 { 200 } else { 429 }, "{n}");
    }
    for n in 0..60 {
        let email = format!("other{n}@mail.example");
        t.browser().on_network(100 + n).json().post("/api/find_login", &[("email", &email)]).await;
    }
    t.advance(DAY / 2);
    let sent = t.emails().await.iter().filter(|message| message.kind == "login-reminder").count();
    assert_eq!(sent, 50, "no more than that to people who have no account");
});

db_test!(a_browser_without_proof_does_not_wait_its_letter_does, |t| {
    t.account("anna").await;
    for n in 0..10 {
        let email = format!("stranger{n}@mail.example");
        t.browser().post("/api/find_login", &[("email", &email)]).await;
    }
    t.browser()
        .submit("/api/find_login", &[("email", ANNA)])
        .await
        .assert_text("A letter is on its way");
    assert_eq!(t.count(ANNA, "login-reminder").await, 0);
    t.advance(seconds(20));
    assert_eq!(t.count(ANNA, "login-reminder").await, 1);
});

db_test!(screen_says_what_to_search_for, |t| {
    let engine = t.engine();
    let t = spawn_app_with(engine, |config| {
        config.letter_senders =
            vec!["The Corner Shop <orders@shop.example>".parse().expect("a sender")];
    })
    .await;
    t.browser().get("/recover").await.assert_text("Forgot your login?");
    let page = t.browser().get("/recover/login").await;
    for words in [
        "no-reply@localhost",
        "Welcome to Corner Shop: your registration data",
        "orders@shop.example",
    ] {
        page.assert_text(words);
    }
    let answer = t.browser().submit("/api/find_login", &[("email", "anna@nowhere")]).await;
    answer.assert_text("does not look like an e-mail address");
    assert!(answer.body.contains(r#"value="anna@nowhere""#));
});
