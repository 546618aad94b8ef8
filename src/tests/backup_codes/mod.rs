//! Backup codes.

mod changes;
mod making;
mod tries;

use super::{
    browser::{Answer, Browser},
    harness::{PASSWORD, TestApp, db_test},
};
use crate::clock::{SECOND, minutes};

const ANNA: &str = "anna@mail.example";
const NEW: &str = "blue lamp eight";
const PAGE: &str = "/account/settings/codes";

/// Has the format of a backup code, but belongs to no account.
const WRONG: &str = "0000-0000-0000-0000";

/// Returns the codes on a page.
fn codes_on(page: &Answer) -> Vec<String> {
    let is_code = |word: &&str| word.len() == 19 && word.matches('-').count() == 3;
    page.words().split(' ').filter(is_code).map(str::to_owned).collect()
}

/// Makes codes in a browser that is signed in and has just reauthenticated.
async fn make(browser: &mut Browser) -> Vec<String> {
    let codes = codes_on(&browser.post(PAGE, &[]).await);
    assert_eq!(codes.len(), 10);
    codes
}

/// Creates an account with backup codes.
async fn with_codes(t: &TestApp, login: &str) -> Vec<String> {
    t.account(login).await;
    let mut browser = t.browser();
    browser.sign_in_and_prove(login, PASSWORD).await;
    let codes = make(&mut browser).await;
    browser.submit("/api/sign_out", &[]).await;
    codes
}

/// Begins a recovery.
async fn recovering(t: &TestApp, typed: &str, network: u32) -> Browser {
    let mut browser = t.browser().on_network(network);
    browser.post("/api/recover", &[("login", typed)]).await;
    browser
}

async fn enter(browser: &mut Browser, code: &str) -> Answer {
    browser.submit("/api/recover_saved_code", &[("saved_code", code)]).await
}

db_test!(the_whole_way, |t| {
    let codes = with_codes(&t, "anna").await;
    let mut browser = recovering(&t, "anna", 9).await;
    browser.get("/recover/method").await.assert_text("Use a saved code");
    let page = browser.get("/recover/saved-code").await;
    page.assert_text("Enter a saved code");
    assert!(
        page.body.contains(r#"name="saved_code""#) && page.body.contains(r#"autocomplete="off""#)
    );
    let before = browser.cookie("flow");
    // As users type: lower case, spaces, look-alikes.
    let typed = codes[3].to_lowercase().replace('-', " ").replace('0', "o").replace('1', "L");
    enter(&mut browser, &format!(" {typed} ")).await.assert_text("Choose a new password");
    assert_ne!(browser.cookie("flow"), before, "a new token");
    // The flow opens nothing else, and signs nobody in.
    assert!(!browser.is_signed_in().await);
    let email = t.email(ANNA, "saved-code-used").await;
    for words in
        ["9 saved codes are left", "11.0.9.0/24", "all of these codes stop working", "/recover"]
    {
        assert!(email.text.contains(words), "{words} is missing: {}", email.text);
    }
    assert!(codes.iter().all(|code| !email.text.contains(code)));
    browser.new_password(NEW).await.assert_text("Your password is new");
    let mut anna = t.browser();
    anna.sign_in_and_prove("anna", NEW).await;
    // A recovery invalidates the remaining codes.
    anna.get(PAGE).await.assert_text("You have no saved codes");
    anna.get("/account/activity").await.assert_text("A saved code was used");
});

db_test!(a_flow_that_asked_for_a_mailed_code_first_takes_one_too, |t| {
    let codes = with_codes(&t, "anna").await;
    let mut browser = t.browser();
    browser.ask_for_code("anna").await;
    enter(&mut browser, &codes[0]).await.assert_text("Choose a new password");
    // Fifteen minutes, as after a mailed code.
    t.advance(minutes(15));
    browser.new_password(NEW).await.assert_text("This took longer than we can wait");
});

db_test!(owner_of_a_disabled_account_learns_it_by_mail, |t| {
    let codes = with_codes(&t, "anna").await;
    t.disable(&t.find("anna").await).await;
    let mut browser = recovering(&t, "anna", 1).await;
    enter(&mut browser, WRONG).await.assert_text("4 tries left");
    assert_eq!(t.count(ANNA, "account-disabled").await, 0);
    for _ in 0..2 {
        enter(&mut browser, &codes[0]).await.assert_text("left");
    }
    assert_eq!(t.count(ANNA, "account-disabled").await, 1, "once a day");
    assert_eq!(t.number("SELECT COUNT(*) FROM saved_codes").await, 10);
});

db_test!(codes_are_good_for_their_own_account_only, |t| {
    let codes = with_codes(&t, "anna").await;
    with_codes(&t, "bert").await;
    let mut browser = recovering(&t, "bert", 1).await;
    enter(&mut browser, &codes[0]).await.assert_text("4 tries left");
});

db_test!(a2_3_1_no_step_can_be_skipped, |t| {
    let codes = with_codes(&t, "anna").await;
    enter(&mut t.browser(), &codes[0]).await.assert_text("Forgot your password?");
    assert_eq!(t.browser().get("/recover/saved-code").await.location(), "/recover");
    let mut browser = recovering(&t, "anna", 1).await;
    browser.get("/recover/saved-code").await;
    browser.new_password(NEW).await.assert_text("How shall we check that it is you?");
    // A used code is used in every flow.
    enter(&mut browser, &codes[0]).await.assert_text("Choose a new password");
    let mut other = recovering(&t, "anna", 2).await;
    enter(&mut other, &codes[0]).await.assert_text("4 tries left");
    assert_eq!(t.number("SELECT COUNT(*) FROM saved_codes").await, 9);
});

db_test!(codes_travel_in_no_draft, |t| {
    let codes = with_codes(&t, "anna").await;
    let mut browser = recovering(&t, "anna", 1).await;
    let typed =
        [("lang", "ru"), ("screen", "/recover/saved-code"), ("saved_code", codes[0].as_str())];
    let page = browser.submit("/api/language", &typed).await;
    page.assert_text("Введите резервный код");
    assert!(!page.body.contains(&codes[0]));
    enter(&mut browser, &codes[0]).await.assert_text("Придумайте новый пароль");
});

db_test!(few_codes_are_a_reason_to_replace_them, |t| {
    let codes = with_codes(&t, "anna").await;
    for (network, code) in codes.iter().take(7).enumerate() {
        let mut browser = recovering(&t, "anna", u32::try_from(network).expect("small")).await;
        enter(&mut browser, code).await.assert_text("Choose a new password");
    }
    let mut browser = t.browser();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    let page = browser.get(PAGE).await;
    page.assert_text("3 codes are left");
    page.assert_text("These are only a few");
    page.assert_text("Replace all codes");
    for code in &codes[7..] {
        t.advance(SECOND);
        let mut browser = recovering(&t, "anna", 80).await;
        enter(&mut browser, code).await;
    }
    assert!(t.email(ANNA, "saved-code-used").await.text.contains("It was the last one"));
    browser.get(PAGE).await.assert_text("You have no saved codes");
});

db_test!(a16_5_a_code_whose_letter_cannot_be_written_is_not_used_up, |t| {
    let codes = with_codes(&t, "anna").await;
    let mut browser = recovering(&t, "anna", 1).await;
    let rename = async |sql: &'static str| {
        let mut tx = t.state.db.begin().await.expect("a transaction");
        tx.execute(sql, crate::args![]).await.expect("done");
        tx.commit().await.expect("a commit");
    };
    rename("ALTER TABLE outbox RENAME TO outbox_away").await;
    let fields = [("saved_code", codes[0].as_str())];
    let answer = browser.clone().json().post("/api/recover_saved_code", &fields).await;
    assert_eq!(answer.status, 503);
    rename("ALTER TABLE outbox_away RENAME TO outbox").await;
    enter(&mut browser, &codes[0]).await.assert_text("Choose a new password");
});
