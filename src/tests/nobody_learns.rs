//! Nobody can find out who has an account (ASVS 6.3.8, OWASP authentication cheat sheet): same status, headers and body
//! for known, unknown and disabled. The response time is measured by `make bench`.

use super::{
    browser::{Answer, Browser},
    harness::{PASSWORD, TestApp, db_test},
};
use crate::clock::seconds;

/// Returns what an observer can compare: everything except what is random or was typed.
pub(super) fn visible(answer: &Answer, typed: &str) -> (u16, Vec<(String, String)>, String) {
    let mut headers: Vec<(String, String)> = answer
        .headers
        .iter()
        .map(|(name, value)| {
            let value = value.to_str().unwrap_or_default();
            // Tokens, sealed flashes, nonces and request ids are random, but their length does not vary.
            let value = match name.as_str() {
                "set-cookie" => value.split_once('=').map_or(value, |(name, _)| name).to_owned(),
                "x-request-id" | "content-security-policy" | "date" => value.len().to_string(),
                _ => value.to_owned(),
            };
            (name.to_string(), value)
        })
        .collect();
    headers.sort();
    (answer.status.as_u16(), headers, answer.words().replace(typed, "TYPED"))
}

async fn accounts(t: &TestApp) -> [&'static str; 3] {
    t.account("known1").await;
    let disabled = t.account("known2").await;
    t.disable(&disabled).await;
    ["known1", "known2", "nobody"]
}

db_test!(sign_in_looks_the_same, |t| {
    for html in [true, false] {
        let mut seen = Vec::new();
        for name in accounts_once(&t).await {
            for password in ["wrong password", "another wrong one"] {
                let mut browser = t.browser();
                browser.html = html;
                let answer = browser.sign_in(name, password).await;
                seen.push((password, visible(&answer, name)));
            }
        }
        let (first, rest) = seen.split_first().expect("answers");
        for (password, answer) in rest.iter().filter(|(password, _)| *password == first.0) {
            assert_eq!(answer, &first.1, "{password}");
        }
    }
});

async fn accounts_once(t: &TestApp) -> [&'static str; 3] {
    if t.number("SELECT COUNT(*) FROM accounts").await == 0 {
        accounts(t).await
    } else {
        ["known1", "known2", "nobody"]
    }
}

db_test!(fields_of_registration_look_the_same_while_they_are_typed, |t| {
    let path = "/api/check_registration_field";
    let mut seen = Vec::new();
    for name in accounts(&t).await {
        // The third is reserved, which may be reported.
        let name = if name == "nobody" { "unknown3" } else { name };
        let email = format!("{name}@mail.example");
        let mut browser = t.browser().json();
        let login = browser.post(path, &[("field", "login"), ("value", name)]).await;
        let address = browser.post(path, &[("field", "email"), ("value", &email)]).await;
        assert_eq!(login.status, 200);
        assert!(login.json()["reason"].is_null() && address.json()["reason"].is_null());
        seen.push([visible(&login, name), visible(&address, &email)]);
    }
    assert!(seen.iter().all(|answers| *answers == seen[0]), "{seen:?}");
});

db_test!(disabled_account_with_the_right_password_looks_like_a_wrong_one, |t| {
    accounts(&t).await;
    let disabled = t.browser().sign_in("known2", PASSWORD).await;
    let unknown = t.browser().sign_in("nobody", PASSWORD).await;
    assert_eq!(visible(&disabled, "known2"), visible(&unknown, "nobody"));
});

/// Requests every page of a recovery with wrong codes, by name or by address.
async fn recovery(browser: &mut Browser, typed: &str) -> Vec<(u16, Vec<(String, String)>, String)> {
    let mut seen = Vec::new();
    for (path, fields) in [
        ("/api/recover", vec![("login", typed)]),
        ("/api/recover_email", vec![]),
        ("/api/recover_email", vec![]),
        ("/api/recover_code", vec![("code", "000000")]),
        ("/api/recover_code", vec![("code", "nonsense")]),
        ("/api/recover_code", vec![("code", "ABCD-EFGH-JKMN")]),
        ("/api/recover_saved_code", vec![("saved_code", "ABCD-EFGH-JKMN-PQRS")]),
        (
            "/api/recover_password",
            vec![("new_password", PASSWORD), ("new_password_again", PASSWORD)],
        ),
    ] {
        seen.push(visible(&browser.submit(path, &fields).await, typed));
    }
    for path in [
        "/recover/method",
        "/recover/code",
        "/recover/saved-code",
        "/recover/password",
        "/recover/done",
    ] {
        seen.push(visible(&browser.get(path).await, typed));
    }
    seen
}

db_test!(recovery_looks_the_same_on_every_screen, |t| {
    accounts(&t).await;
    let known = recovery(&mut t.browser(), "known1").await;
    assert_eq!(recovery(&mut t.browser(), "known2").await, known);
    assert_eq!(recovery(&mut t.browser(), "nobody").await, known);
    let known = recovery(&mut t.browser().on_network(1), "known1@mail.example").await;
    assert_eq!(recovery(&mut t.browser().on_network(2), "nobody@mail.example").await, known);
});

db_test!(recovery_of_known_and_unknown_writes_the_same_rows, |t| {
    t.account("anna").await;
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
    t.browser().on_network(1).ask_for_code("anna").await;
    let known = rows().await;
    t.browser().on_network(2).ask_for_code("nobody").await;
    let unknown = rows().await;
    let grown =
        |from: &[i64], to: &[i64]| to.iter().zip(from).map(|(t, f)| t - f).collect::<Vec<_>>();
    assert_eq!(grown(&before, &known), grown(&known, &unknown));
});

db_test!(flooding_one_name_of_an_account_does_not_show_under_the_other, |t| {
    t.account("anna").await;
    for network in 0..5 {
        t.browser().on_network(network).ask_for_code("anna").await;
        t.advance(seconds(61));
    }
    // Nothing was requested under the address yet, and the page shows what it shows to everyone.
    let known = t.browser().on_network(50).ask_for_code("anna@mail.example").await;
    let unknown = t.browser().on_network(51).ask_for_code("nora@mail.example").await;
    assert_eq!(visible(&known, "anna@mail.example"), visible(&unknown, "nora@mail.example"));
    assert_eq!(
        t.count("anna@mail.example", "recovery-code").await,
        5,
        "and the account's letters do not double"
    );
});
