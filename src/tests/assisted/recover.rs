//! The recovery that support arranged: what each party learns from it, and attempts to misuse it.

use super::*;
use crate::{clock::seconds, domain::backup_codes};

/// Returns what an observer can compare: everything except what is random or was typed.
fn visible(answer: &Answer, typed: &[&str]) -> (u16, Vec<(String, String)>, String) {
    let untyped =
        |text: &str| typed.iter().fold(text.to_owned(), |text, typed| text.replace(typed, "TYPED"));
    let mut headers: Vec<(String, String)> = answer
        .headers
        .iter()
        .map(|(name, value)| {
            let value = value.to_str().unwrap_or_default();
            let value = match name.as_str() {
                "set-cookie" => value.split_once('=').map_or(value, |(name, _)| name).to_owned(),
                "x-request-id" | "content-security-policy" | "date" => value.len().to_string(),
                // The length without what was typed.
                "content-length" => untyped(&answer.body).len().to_string(),
                _ => value.to_owned(),
            };
            (name.to_string(), value)
        })
        .collect();
    headers.sort();
    (answer.status.as_u16(), headers, untyped(&answer.words()))
}

type Seen = Vec<(u16, Vec<(String, String)>, String)>;

/// Requests every page of the flow, with a wrong code.
async fn pages(browser: &mut Browser, login: &str, email: &str) -> Seen {
    let mut seen = Vec::new();
    for (path, fields) in [
        ("/api/recover", vec![("login", login)]),
        ("/api/recover_arranged", vec![("email", "")]),
        ("/api/recover_arranged", vec![("email", email)]),
        ("/api/recover_arranged", vec![("email", email)]),
        ("/api/recover_arranged_again", vec![]),
        ("/api/recover_code", vec![("code", "000000")]),
        ("/api/recover_code", vec![("code", "nonsense")]),
        ("/api/recover_code", vec![("code", "ABCD-EFGH-JKMN")]),
        (
            "/api/recover_password",
            vec![("new_password", NEW_PASSWORD), ("new_password_again", NEW_PASSWORD)],
        ),
    ] {
        seen.push(visible(&browser.submit(path, &fields).await, &[email, login]));
    }
    for path in ["/recover/method", "/recover/arranged", "/recover/code", "/recover/password"] {
        seen.push(visible(&browser.get(path).await, &[email, login]));
    }
    seen
}

db_test!(a6_3_8_nobody_learns_whether_support_arranged_anything, |t| {
    let story = story(&t).await;
    t.account("bert").await;
    let disabled = t.account("carl").await;
    t.disable(&disabled).await;
    ready(&t, &story).await;
    let arranged = pages(&mut t.browser().on_network(1), "anna", NEW).await;
    for (n, (login, email)) in [
        ("anna", "other@post.example"),
        ("anna", ANNA),
        ("bert", "bert@mail.example"),
        ("bert", NEW),
        ("carl", "carl@mail.example"),
        ("nobody", "nobody@mail.example"),
    ]
    .into_iter()
    .enumerate()
    {
        let network = u32::try_from(n).expect("few") + 2;
        let other = pages(&mut t.browser().on_network(network), login, email).await;
        assert_eq!(other, arranged, "{login} {email}");
    }
    assert_eq!(t.count(NEW, "recovery-code").await, 1);
    assert_eq!(t.count(ANNA, "recovery-code").await, 0);
});

db_test!(a6_3_8_the_same_rows_are_written, |t| {
    let story = story(&t).await;
    ready(&t, &story).await;
    // The other address had an email before, like the new one: both mailboxes are counted already.
    let fields = [("email", "nobody@mail.example")];
    t.browser().on_network(3).post("/api/find_login", &fields).await;
    let rows = async || {
        let mut all = Vec::new();
        for sql in [
            "SELECT COUNT(*) FROM flows",
            "SELECT COUNT(*) FROM codes",
            "SELECT COUNT(*) FROM outbox",
            "SELECT COUNT(*) FROM events",
            "SELECT COUNT(*) FROM throttles",
        ] {
            all.push(t.number(sql).await);
        }
        all
    };
    // The first request of the site writes its counters.
    t.browser().on_network(3).ask_for_code("somebody").await;
    let before = rows().await;
    arranged(&mut t.browser().on_network(1), "anna", NEW).await;
    let known = rows().await;
    arranged(&mut t.browser().on_network(2), "nobody", "nobody@mail.example").await;
    let unknown = rows().await;
    let grown =
        |from: &[i64], to: &[i64]| to.iter().zip(from).map(|(t, f)| t - f).collect::<Vec<_>>();
    assert_eq!(grown(&before, &known), grown(&known, &unknown));
});

db_test!(the_code_of_one_way_opens_nothing_by_the_other, |t| {
    let story = story(&t).await;
    let (id, _) = ready(&t, &story).await;
    // The code from the owner's mailbox, entered in the recovery that support is said to have arranged.
    let mut browser = t.browser().on_network(1);
    browser.ask_for_code("anna").await;
    let code = t.code(ANNA, "recovery-code").await;
    browser.submit("/api/recover_arranged", &[("email", "thief@mail.example")]).await;
    browser.enter_code(&code).await.assert_text("That code");
    // The code of the arranged address, entered after a switch to recovery by the mailbox.
    let mut browser = t.browser().on_network(2);
    arranged(&mut browser, "anna", NEW).await;
    let code = t.code(NEW, "recovery-code").await;
    browser.submit("/api/recover_email", &[]).await;
    browser.enter_code(&code).await.assert_text("That code");
    assert_eq!(state_of(&t, &id).await, State::Ready);
});

db_test!(going_over_to_the_mailbox_after_the_right_code_begins_anew, |t| {
    let story = story(&t).await;
    let (id, _) = ready(&t, &story).await;
    let mut thief = t.browser().on_network(1);
    arranged(&mut thief, "anna", NEW).await;
    let code = t.code(NEW, "recovery-code").await;
    thief.enter_code(&code).await.assert_text("Choose a new password");
    let path = link(&t, ANNA, "assisted-recovery").await;
    let mut anna = t.browser();
    anna.get(&path).await;
    anna.submit("/api/assisted_stop", &[]).await.assert_text("It is stopped");
    // What was proved for one recovery method does not count for the other.
    thief.submit("/api/recover_email", &[]).await.assert_text("Enter the code");
    let fields = [("new_password", NEW_PASSWORD), ("new_password_again", NEW_PASSWORD)];
    let answer = thief.clone().json().post("/api/recover_password", &fields).await;
    assert_eq!(answer.error(), "start_again");
    assert_eq!(state_of(&t, &id).await, State::Stopped);
    assert_eq!(t.find("anna").await.credential_version, story.anna.credential_version);
});

db_test!(the_owners_own_recovery_goes_on_beside_it, |t| {
    let story = story(&t).await;
    ready(&t, &story).await;
    // The owner tried the other method first.
    let mut anna = t.browser().on_network(1);
    arranged(&mut anna, "anna", ANNA).await;
    anna.submit("/api/recover_email", &[]).await.assert_text("Enter the code");
    let code = t.code(ANNA, "recovery-code").await;
    anna.enter_code(&code).await;
    anna.new_password(NEW_PASSWORD).await.assert_text("Your password is new");
    assert_eq!(t.find("anna").await.email, ANNA);
});

db_test!(flooding_the_mailbox_of_the_account_takes_nothing_from_the_arranged_address, |t| {
    let story = story(&t).await;
    ready(&t, &story).await;
    for network in 10..15 {
        t.browser().on_network(network).ask_for_code("anna").await;
        t.advance(seconds(61));
    }
    let mut browser = t.browser().on_network(1);
    arranged(&mut browser, "anna", NEW).await.assert_text("Enter the code");
    let code = t.code(NEW, "recovery-code").await;
    assert_eq!(code.len(), 6);
    browser.enter_code(&code).await.assert_text("Choose a new password");
});

db_test!(fp_flooding_the_arranged_address_puts_the_way_in_into_its_letters, |t| {
    let story = story(&t).await;
    ready(&t, &story).await;
    for network in 10..15 {
        arranged(&mut t.browser().on_network(network), "anna", NEW).await;
        t.advance(seconds(61));
    }
    let code = t.code(NEW, "recovery-code").await;
    assert_eq!(code.len(), 14, "the last letter holds a long one");
    let mut browser = t.browser().on_network(1);
    arranged(&mut browser, "anna", NEW)
        .await
        .assert_text("a longer code that works in any browser");
    browser.enter_code(&code).await.assert_text("Choose a new password");
    browser.new_password(NEW_PASSWORD).await.assert_text("Your password is new");
    assert_eq!(t.find("anna").await.email, NEW);
});

db_test!(an_address_that_got_an_account_at_the_last_moment_changes_nothing, |t| {
    let story = story(&t).await;
    let (id, _) = ready(&t, &story).await;
    let mut browser = t.browser().on_network(1);
    arranged(&mut browser, "anna", NEW).await;
    let code = t.code(NEW, "recovery-code").await;
    browser.enter_code(&code).await;
    t.account_with("nora", NEW, PASSWORD).await;
    browser.new_password(NEW_PASSWORD).await.assert_text("This address has an account by now");
    let anna = t.find("anna").await;
    assert_eq!(
        (anna.email.as_str(), anna.credential_version),
        (ANNA, story.anna.credential_version),
        "nothing half done"
    );
    assert_eq!(state_of(&t, &id).await, State::Overtaken);
});

db_test!(going_on_with_a_saved_code_leaves_the_arranged_way, |t| {
    let story = story(&t).await;
    let (id, _) = ready(&t, &story).await;
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let codes =
        backup_codes::replace(&mut tx, &t.state.keys, &t.state.random, &story.anna.id, t.now())
            .await
            .expect("codes");
    tx.commit().await.expect("a commit");
    let mut browser = t.browser().on_network(1);
    arranged(&mut browser, "anna", NEW).await.assert_text("Enter the code");
    let turned = "SELECT COUNT(*) FROM flows WHERE arranged IS NOT NULL";
    assert_eq!(t.number(turned).await, 1);
    let code = codes[0].display();
    browser
        .submit("/api/recover_saved_code", &[("saved_code", &code)])
        .await
        .assert_text("Choose a new password");
    assert_eq!(t.number(turned).await, 0);
    browser.new_password(NEW_PASSWORD).await.assert_text("Your password is new");
    assert_eq!(t.find("anna").await.email, ANNA, "the address is that of the other way");
    release(&t).await;
    assert_eq!(state_of(&t, &id).await, State::Overtaken);
});
