//! Recovery, over HTTP.

mod limits;
mod steps;

use super::harness::{PASSWORD, db_test};
use crate::clock::{DAY, MILLISECOND, MINUTE};

const NEW: &str = "blue lamp eight";
const ANNA: &str = "anna@mail.example";

db_test!(the_whole_way, |t| {
    t.account("anna").await;
    let mut old = t.browser();
    old.sign_in("anna", PASSWORD).await;
    let mut browser = t.browser().on_network(9);
    browser.headers.push(("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0".to_owned()));
    browser.get("/recover?next=/account/profile").await.assert_text("Tell us your login or e-mail");
    let fields = [("login", "anna"), ("next", "/account/profile")];
    browser.submit("/api/recover", &fields).await.assert_text("How shall we check that it is you?");
    let page = browser.submit("/api/recover_email", &[]).await;
    page.assert_text("If there is an account anna, a letter with a code is on its way");
    let email = t.email(ANNA, "recovery-code").await;
    let code = crate::tests::harness::code_in(&email.text);
    assert!(email.subject.contains(&code) && email.account == "anna");
    for words in [
        "anna",
        "13 November 2026, 14:03 UTC",
        "11.0.9.0/24",
        "Chrome, Linux",
        "Never tell anyone this code",
    ] {
        assert!(email.text.contains(words), "{words} is missing: {}", email.text);
    }
    // Asking changes nothing (FP): the password and the sessions stay valid.
    assert!(old.is_signed_in().await);
    let page = browser.enter_code(&format!(" {} {} ", &code[..3], &code[3..])).await;
    page.assert_text("Choose a new password");
    assert!(
        page.body.contains(r#"autocomplete="username" value="anna" readonly"#)
            || page.body.contains("readonly")
    );
    // The flow opens nothing else, and signs nobody in.
    assert!(!browser.is_signed_in().await);
    let done = browser.new_password(NEW).await;
    done.assert_text("Your password is new");
    assert!(
        done.body.contains("/sign-in?next=%2Faccount%2Fprofile")
            && done.body.contains("https://shop.example/")
    );
    assert!(!browser.is_signed_in().await && !old.is_signed_in().await);
    let email = t.email(ANNA, "password-changed").await;
    for words in ["anna", "13 November 2026, 14:03 UTC", "11.0.9.0/24", "/recover"] {
        assert!(email.text.contains(words), "{words} is missing: {}", email.text);
    }
    t.browser().sign_in("anna", PASSWORD).await.assert_text("not right");
    t.browser().sign_in("anna", NEW).await.assert_text("Hello, anna");
});

db_test!(recovery_by_address_shows_it_as_typed, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    let page = browser.ask_for_code("ANNA@Mail.Example").await;
    page.assert_text("ANNA@Mail.Example");
    assert!(!page.body.contains(ANNA));
    // The email goes to the stored address.
    assert_eq!(t.count(ANNA, "recovery-code").await, 1);
});

db_test!(a6_5_5_ten_minutes, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    t.advance(10 * MINUTE - MILLISECOND);
    let mut other = browser.clone();
    t.advance(MILLISECOND);
    browser.enter_code(&code).await.assert_text("That code has expired");
    t.state.clock.advance(-MILLISECOND);
    other.enter_code(&code).await.assert_text("Choose a new password");
});

db_test!(a6_5_1_fifty_parallel_right_codes_one_wins, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    let tries = (0..50).map(|_| {
        let (mut browser, code) = (browser.clone(), code.clone());
        tokio::spawn(async move {
            browser.post("/api/recover_code", &[("code", &code)]).await.location().to_owned()
        })
    });
    let mut won = 0;
    for task in tries.collect::<Vec<_>>() {
        won += usize::from(task.await.expect("no panic") == "/recover/password");
    }
    assert_eq!(won, 1);
});

db_test!(a6_6_3_five_tries_the_sixth_fails, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    let wrong = if code == "000000" { "111111" } else { "000000" };
    for left in ["4 tries left", "3 tries left", "2 tries left", "1 try left"] {
        browser.enter_code(wrong).await.assert_text(left);
    }
    browser.enter_code(wrong).await.assert_text("That code had all its tries");
    browser.enter_code(&code).await.assert_text("That code had all its tries");
    browser.enter_code(" ").await.assert_text("Please fill in the code");
    // Input that is no code at all costs no try, and what was typed is not shown again.
    t.advance(MINUTE);
    browser.submit("/api/recover_email", &[]).await;
    let code = t.code(ANNA, "recovery-code").await;
    for nonsense in ["12345", "abc", "1234567"] {
        browser.enter_code(nonsense).await.assert_text("has six digits");
    }
    browser.enter_code(&code).await.assert_text("Choose a new password");
});

db_test!(a6_6_3_parallel_tries_are_all_counted, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    let tries = (0..30).map(|number: u32| {
        let mut browser = browser.clone().json();
        let wrong = format!("{:06}", number);
        tokio::spawn(async move {
            browser.post("/api/recover_code", &[("code", &wrong)]).await.json()["left"].as_i64()
        })
    });
    let mut lefts = Vec::new();
    for task in tries.collect::<Vec<_>>() {
        lefts.extend(task.await.expect("no panic"));
    }
    lefts.sort_unstable();
    assert_eq!(lefts, [1, 2, 3, 4], "each number of tries left was said once");
    assert!(!browser.enter_code(&code).await.words().contains("Choose a new password"));
});

db_test!(a6_6_2_code_is_bound_to_the_browser, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    // Without the flow's cookie, and in another flow.
    t.browser().enter_code(&code).await.assert_text("Please start again");
    t.advance(MINUTE);
    let mut other = t.browser();
    other.ask_for_code("anna").await;
    other.enter_code(&code).await.assert_text("That code is not right");
    browser.enter_code(&code).await.assert_text("Choose a new password");
});

db_test!(new_code_ends_the_old_one_and_says_so, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    let old = t.code(ANNA, "recovery-code").await;
    t.advance(MINUTE);
    browser.submit("/api/recover_email", &[]).await.assert_text("Only its code works now");
    let new = t.code(ANNA, "recovery-code").await;
    assert_ne!(old, new);
    for _ in 0..7 {
        // An old code costs no try.
        let page = browser.enter_code(&old).await;
        page.assert_text("That code was replaced by a newer one");
        page.assert_text("14:04 UTC");
    }
    browser.enter_code(&new).await.assert_text("Choose a new password");
});

db_test!(unknown_address_gets_one_letter_a_month, |t| {
    let mail = "stranger@mail.example";
    t.browser()
        .ask_for_code(mail)
        .await
        .assert_text("If stranger@mail.example has an account here");
    let email = t.email(mail, "unknown-address").await;
    assert!(email.text.contains(mail) && email.account.is_empty());
    t.advance(29 * DAY);
    t.browser().ask_for_code(mail).await;
    assert_eq!(t.count(mail, "unknown-address").await, 1);
    t.advance(2 * DAY);
    t.browser().ask_for_code(mail).await;
    assert_eq!(t.count(mail, "unknown-address").await, 2);
    // A name that is not an address gets no email.
    t.browser().ask_for_code("stranger").await.assert_text("If there is an account stranger");
    assert_eq!(t.emails().await.len(), 2);
});

db_test!(disabled_account_looks_like_any_other_and_its_owner_is_told, |t| {
    let account = t.account("anna").await;
    t.disable(&account).await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await.assert_text("a letter with a code is on its way");
    assert_eq!(
        (t.count(ANNA, "account-disabled").await, t.count(ANNA, "recovery-code").await),
        (1, 0)
    );
    browser.enter_code("000000").await.assert_text("4 tries left");
});

db_test!(empty_name_says_so, |t| {
    let answer = t.browser().json().post("/api/recover", &[("login", "  ")]).await;
    assert_eq!((answer.status.as_u16(), answer.field("login").as_str()), (422, "login_missing"));
});

db_test!(letter_is_in_the_accounts_language, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    let screen = [("lang", "ru"), ("screen", "/account")];
    browser.submit("/api/language", &screen).await.assert_text("Здравствуйте, anna!");
    t.browser().ask_for_code("anna").await.assert_text("Enter the code");
    let email = t.email(ANNA, "recovery-code").await;
    assert!(email.text.contains("Код действует до 14:13 UTC"), "{}", email.text);
});

db_test!(field_of_a_long_code_takes_letters_on_a_phone, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    let page = browser.ask_for_code("anna").await;
    assert!(page.body.contains(r#"inputmode="numeric""#));
    // The page has a link for a longer code from an earlier email.
    page.assert_text("My code has letters");
    assert!(!browser.get("/recover/code?letters").await.body.contains("inputmode"));
});
