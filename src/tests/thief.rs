//! Thief, then owner, then thief: what a thief set up in an account is removed by its owner's recovery, and the owner
//! is told what it was (ASVS 6.4).

use super::{
    browser::{Answer, Browser},
    harness::{PASSWORD, TestApp, db_test},
};
use crate::clock::{DAY, MINUTE, SECOND, minutes};

const ANNA: &str = "anna@mail.example";
const THIEF: &str = "thief@mail.example";
const NEW: &str = "blue lamp eight";
const THIEFS: &str = "silver lamp ten";
const CODES: &str = "/account/settings/codes";

/// Makes backup codes in a browser that is signed in and has just reauthenticated.
async fn make_codes(browser: &mut Browser) -> Vec<String> {
    let page = browser.post(CODES, &[]).await;
    let is_code = |word: &&str| word.len() == 19 && word.matches('-').count() == 3;
    let codes: Vec<String> = page.words().split(' ').filter(is_code).map(str::to_owned).collect();
    assert_eq!(codes.len(), 10);
    codes
}

/// Returns the browser of a thief who knows the password: signed in on another network, and reauthenticated.
async fn thief(t: &TestApp) -> Browser {
    let mut thief = t.browser().on_network(66);
    thief.sign_in_and_prove("anna", PASSWORD).await;
    thief
}

/// Recovers by the mailbox as the owner, to the last page.
async fn recover(t: &TestApp, owner: &mut Browser) -> Answer {
    owner.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    owner.enter_code(&code).await.assert_text("Choose a new password");
    let done = owner.new_password(NEW).await;
    done.assert_text("Your password is new");
    done
}

/// Tries a backup code in a new recovery.
async fn try_saved_code(t: &TestApp, network: u32, code: &str) -> Answer {
    let mut browser = t.browser().on_network(network);
    browser.post("/api/recover", &[("login", "anna")]).await;
    browser.submit("/api/recover_saved_code", &[("saved_code", code)]).await
}

/// Returns the path of the link in the newest email of this kind.
async fn link(t: &TestApp, to: &str, kind: &str) -> String {
    let message = t.email(to, kind).await;
    let at = message.text.find("/letter/").unwrap_or_else(|| panic!("{}", message.text));
    message.text[at..].chars().take_while(|c| !c.is_whitespace()).collect()
}

/// Follows a link, checks its page, and presses the button.
async fn object(browser: &mut Browser, path: &str) -> (Answer, Answer) {
    browser.get(path).await;
    let page = browser.get("/letter").await;
    page.assert_text("This was not me");
    (page, browser.submit("/api/object", &[]).await)
}

async fn backup_codes(t: &TestApp) -> i64 {
    t.number("SELECT COUNT(*) FROM saved_codes").await
}

db_test!(a6_4_a_recovery_voids_saved_codes_and_says_so_on_its_last_screen_and_in_the_letter, |t| {
    t.account("anna").await;
    let codes = make_codes(&mut thief(&t).await).await;
    let mut owner = t.browser();
    let done = recover(&t, &mut owner).await;
    done.assert_text("10 saved codes, made on 13 November 2026, do not work any more");
    assert!(
        done.body.contains(&format!(r#"href="{CODES}""#)),
        "the way to new ones: {}",
        done.body
    );
    // It is still shown after a reload.
    owner.get("/recover/done").await.assert_text("10 saved codes, made on 13 November 2026");
    let message = t.email(ANNA, "password-changed").await;
    for words in ["10 saved codes, made on 13 November 2026, do not work any more", CODES] {
        assert!(message.text.contains(words), "{words} is missing: {}", message.text);
    }
    try_saved_code(&t, 66, &codes[0]).await.assert_text("That code is not right");
    assert_eq!(backup_codes(&t).await, 0);
    owner.sign_in("anna", NEW).await;
    owner.get("/account/activity").await.assert_text("Saved codes were made void");
});

db_test!(a6_4_a_recovery_with_a_saved_code_voids_the_rest_of_them, |t| {
    t.account("anna").await;
    let codes = make_codes(&mut thief(&t).await).await;
    let mut owner = t.browser();
    owner.post("/api/recover", &[("login", "anna")]).await;
    owner.submit("/api/recover_saved_code", &[("saved_code", &codes[0])]).await;
    let message = t.email(ANNA, "saved-code-used").await;
    assert!(message.text.contains("9 saved codes are left"), "{}", message.text);
    // Not before the new password is saved: an owner who stops here still needs them.
    assert_eq!(backup_codes(&t).await, 9);
    let done = owner.new_password(NEW).await;
    done.assert_text("9 saved codes, made on 13 November 2026, do not work any more");
    try_saved_code(&t, 66, &codes[1]).await.assert_text("That code is not right");
});

db_test!(a_recovery_without_saved_codes_says_nothing_of_them, |t| {
    t.account("anna").await;
    let done = recover(&t, &mut t.browser()).await;
    assert!(!done.words().contains("saved code"), "{}", done.words());
    let message = t.email(ANNA, "password-changed").await;
    assert!(!message.text.contains("made on"), "{}", message.text);
    assert_eq!(t.number("SELECT COUNT(*) FROM events WHERE kind = 'saved_codes_voided'").await, 0);
});

db_test!(a6_4_after_a_change_with_the_old_password_screen_and_letter_name_the_saved_codes, |t| {
    t.account("anna").await;
    let mut owner = t.browser();
    owner.sign_in_and_prove("anna", PASSWORD).await;
    let change = [("old_password", PASSWORD), ("new_password", NEW), ("new_password_again", NEW)];
    let page = owner.clone().submit("/api/change_password", &change).await;
    assert!(!page.words().contains("saved code"), "none, and nothing of them: {}", page.words());

    t.advance(SECOND);
    owner.sign_in_and_prove("anna", NEW).await;
    make_codes(&mut owner).await;
    let back =
        [("old_password", NEW), ("new_password", PASSWORD), ("new_password_again", PASSWORD)];
    let page = owner.submit("/api/change_password", &back).await;
    page.assert_text("Your password was changed");
    page.assert_text("10 saved codes, made on 13 November 2026, still work");
    assert!(page.body.contains(&format!(r#"href="{CODES}""#)), "{}", page.body);
    let message = t.email(ANNA, "password-changed").await;
    for words in ["10 saved codes, made on 13 November 2026, still work", CODES, "This was not me"]
    {
        assert!(message.text.contains(words), "{words} is missing: {}", message.text);
    }
    assert_eq!(backup_codes(&t).await, 10);

    // With a mailed code instead of the old password, the settings report it.
    owner.submit("/api/settings_password_email", &[]).await;
    let code = t.code(ANNA, "recovery-code").await;
    owner.submit("/api/settings_password_code", &[("code", &code)]).await;
    let by_code = [("new_password", NEW), ("new_password_again", NEW)];
    let page = owner.submit("/api/settings_password", &by_code).await;
    page.assert_text("10 saved codes, made on 13 November 2026, still work");
});

db_test!(a6_4_this_was_not_me_in_the_letter_of_a_new_password_voids_what_the_thief_made, |t| {
    t.account("anna").await;
    let mut thief = thief(&t).await;
    let codes = make_codes(&mut thief).await;
    let change =
        [("old_password", PASSWORD), ("new_password", THIEFS), ("new_password_again", THIEFS)];
    thief.submit("/api/change_password", &change).await.assert_text("Your password was changed");
    let path = link(&t, ANNA, "password-changed").await;
    let mut owner = t.browser();
    let (page, after) = object(&mut owner, &path).await;
    for words in ["The password of the account anna was changed", ANNA, "Saved codes do not work"] {
        page.assert_text(words);
    }
    assert!(!page.words().contains("The account gets back the oldest address"));
    after.assert_text("The account is yours again");
    assert_eq!(backup_codes(&t).await, 0);
    assert!(!thief.is_signed_in().await);
    assert_eq!(thief.clone().json().sign_in("anna", THIEFS).await.status, 401);
    try_saved_code(&t, 66, &codes[0]).await.assert_text("That code is not right");
    // It continues with a mailed code, and the link is used up.
    owner.submit("/api/recover_email", &[]).await.assert_text("Enter the code");
    let code = t.code(ANNA, "recovery-code").await;
    owner.enter_code(&code).await;
    owner.new_password(NEW).await.assert_text("Your password is new");
    let mut again = t.browser();
    again.get(&path).await;
    assert_eq!(again.get("/letter").await.status, 410);
    owner.sign_in("anna", NEW).await.assert_text("Hello, anna");
    owner.get("/account/activity").await.assert_text("not theirs");
});

db_test!(this_was_not_me_leaves_the_address_alone_unless_it_was_changed_since, |t| {
    t.account("anna").await;
    let change_email = async |browser: &mut Browser, email: &str| {
        browser.submit("/api/email", &[("email", email)]).await;
        let code = t.code(email, "confirm-address").await;
        browser
            .submit("/api/email_code", &[("code", &code)])
            .await
            .assert_text("Your e-mail was changed");
    };
    const MOVED: &str = "anna.moved@mail.example";
    let mut owner = t.browser();
    owner.sign_in_and_prove("anna", PASSWORD).await;
    change_email(&mut owner, MOVED).await;
    let change =
        [("old_password", PASSWORD), ("new_password", THIEFS), ("new_password_again", THIEFS)];
    let mut thief = thief(&t).await;
    thief.submit("/api/change_password", &change).await;
    // The owner changed the address before, and may no longer read the previous mailbox: the new one stays.
    let first = link(&t, MOVED, "password-changed").await;
    object(&mut t.browser(), &first).await.1.assert_text("The account is yours again");
    assert_eq!(t.find("anna").await.email, MOVED);

    // The thief changes the address after the link was sent: this change is undone.
    t.advance(15 * DAY);
    let mut owner = t.browser();
    owner.ask_for_code("anna").await;
    let code = t.code(MOVED, "recovery-code").await;
    owner.enter_code(&code).await;
    owner.new_password(PASSWORD).await.assert_text("Your password is new");
    let mut thief = self::thief(&t).await;
    thief.submit("/api/change_password", &change).await;
    let second = link(&t, MOVED, "password-changed").await;
    thief.prove(THIEFS).await;
    t.advance(minutes(2));
    change_email(&mut thief, THIEF).await;
    let (page, after) = object(&mut t.browser(), &second).await;
    page.assert_text("The account gets back the oldest address");
    after.assert_text("The account is yours again");
    assert_eq!(t.find("anna").await.email, MOVED);
});

db_test!(a14_2_1_the_link_of_a_new_password_is_good_for_fourteen_days, |t| {
    t.account("anna").await;
    recover(&t, &mut t.browser()).await;
    let path = link(&t, ANNA, "password-changed").await;
    t.advance(14 * DAY);
    let mut late = t.browser();
    late.get(&path).await;
    assert_eq!(late.get("/letter").await.status, 410);
    t.browser().sign_in("anna", NEW).await.assert_text("Hello, anna");
});

db_test!(a6_4_thief_then_owner_then_thief, |t| {
    t.account("anna").await;
    let mut thief = thief(&t).await;
    let codes = make_codes(&mut thief).await;
    // A pending change of address, and a pending password change.
    thief.submit("/api/email", &[("email", THIEF)]).await.assert_text("Enter the code");
    let to_thief = t.code(THIEF, "confirm-address").await;
    // A conversation whose answers are announced to the thief.
    t.staff("olga", crate::domain::accounts::Role::Operator).await;
    let words = [("message", "It is me"), ("topic", "other"), ("nonce", "first")];
    thief.submit("/api/support_begin", &words).await;
    thief.submit("/api/support_email", &[("email", THIEF)]).await;
    t.advance(MINUTE);
    thief.submit("/api/support_email_resend", &[]).await;
    let code = t.emails().await.into_iter().rev().find(|message| {
        message.to == THIEF
            && message.kind == "confirm-address"
            && !message.text.contains(&to_thief)
    });
    let code = crate::tests::harness::code_in(&code.expect("a letter").text);
    thief.submit("/api/support_email_code", &[("code", &code)]).await;
    let announced = "SELECT COUNT(*) FROM conversations WHERE email IS NOT NULL";
    assert_eq!(t.number(announced).await, 1);
    // The thief's second browser is known, too.
    let mut second = t.browser().on_network(67);
    second.sign_in("anna", PASSWORD).await;
    // Last, because it ends all sessions: the deletion of the account is begun.
    let mut third = self::thief(&t).await;
    third.submit("/api/delete", &[("confirmation", "anna")]).await;
    assert!(t.find("anna").await.delete_at.is_some());

    let done = recover(&t, &mut t.browser()).await;
    done.assert_text("10 saved codes, made on 13 November 2026, do not work any more");
    done.assert_text("The account was to be deleted. That was called off.");
    let message = t.email(ANNA, "password-changed").await;
    assert!(message.text.contains("That was called off"), "{}", message.text);

    assert_eq!(t.find("anna").await.delete_at, None);
    assert!(!thief.is_signed_in().await && !second.is_signed_in().await);
    assert_eq!(thief.clone().json().sign_in("anna", PASSWORD).await.status, 401);
    try_saved_code(&t, 66, &codes[0]).await.assert_text("That code is not right");
    let late = thief.clone().json().post("/api/email_code", &[("code", &to_thief)]).await;
    assert_eq!(late.status, 401);
    assert_eq!(t.find("anna").await.email, ANNA);
    for (table, sql) in [
        ("sessions", "SELECT COUNT(*) FROM sessions WHERE staff = FALSE"),
        ("saved_codes", "SELECT COUNT(*) FROM saved_codes"),
        ("address_changes", "SELECT COUNT(*) FROM address_changes"),
        ("conversations", announced),
        (
            "flows",
            "SELECT COUNT(*) FROM flows WHERE account_id IS NOT NULL AND step <> 'done' AND purpose <> 'recover'",
        ),
    ] {
        assert_eq!(t.number(sql).await, 0, "{table}");
    }
    assert_eq!(t.number("SELECT COUNT(*) FROM devices").await, 1, "the owner's");
    // What is written in the conversation is shown only to a browser that is signed in.
    assert!(!thief.get("/support").await.words().contains("It is me"));
});

db_test!(a6_4_whoever_recovers_with_a_saved_code_hears_that_the_address_was_changed, |t| {
    t.account("anna").await;
    let mut owner = t.browser();
    owner.sign_in_and_prove("anna", PASSWORD).await;
    let codes = make_codes(&mut owner).await;
    let mut thief = thief(&t).await;
    thief.submit("/api/email", &[("email", THIEF)]).await;
    let code = t.code(THIEF, "confirm-address").await;
    thief
        .submit("/api/email_code", &[("code", &code)])
        .await
        .assert_text("Your e-mail was changed");
    let mut owner = t.browser();
    owner.post("/api/recover", &[("login", "anna")]).await;
    owner.submit("/api/recover_saved_code", &[("saved_code", &codes[0])]).await;
    let done = owner.new_password(NEW).await;
    done.assert_text("The e-mail address of this account was changed to thief@mail.example");
    // A recovery by the mailbox does not mention it: its reader knows that the address is the account's.
    t.advance(SECOND);
    let mut other = t.browser();
    other.ask_for_code("anna").await;
    let code = t.code(THIEF, "recovery-code").await;
    other.enter_code(&code).await;
    let done = other.new_password(PASSWORD).await;
    assert!(!done.words().contains("was changed to"), "{}", done.words());
});
