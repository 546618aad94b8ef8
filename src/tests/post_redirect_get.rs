//! How every form is answered: browsers are redirected, other callers receive JSON; what is sent back, and what never
//! is.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    browser::Browser,
    harness::{PASSWORD, TestApp, db_test},
};
use crate::{app::FORMS, domain::accounts::Role, security::SealFor};

/// Fields that are secret in every form.
const SECRETS: [&str; 7] = [
    "password",
    "old_password",
    "new_password",
    "new_password_again",
    "code",
    "saved_code",
    "short_code",
];

/// Returns a signed-out browser, one of a shopper, and one of an admin; the signed-in ones have just reauthenticated.
async fn browsers(t: &TestApp) -> Vec<(&'static str, Browser)> {
    t.account("anna").await;
    let mut anna = t.browser();
    anna.sign_in("anna", PASSWORD).await;
    anna.prove(PASSWORD).await;
    let olga = t.staff("olga", Role::Admin).await;
    let mut admin = t.staff_browser(&olga).await;
    admin.prove(PASSWORD).await;
    vec![("signed out", t.browser()), ("shopper", anna), ("admin", admin)]
}

db_test!(a14_2_no_secret_field_of_any_form_travels_back, |t| {
    const CANARY: &str = "canary-0123456789";
    for (who, browser) in browsers(&t).await {
        for (action, page) in FORMS {
            let mut browser = browser.clone();
            let mut fields: Vec<(&str, &str)> =
                SECRETS.iter().map(|name| (*name, CANARY)).collect();
            fields.extend([("login", "typed-by-anna"), ("email", "typed-by-anna")]);
            browser.post(action, &fields).await;
            let Some(flash) = browser.cookie("draft") else { continue };
            let sealed = URL_SAFE_NO_PAD.decode(&flash).expect("as it was sealed");
            let pages = FORMS.iter().map(|(_, page)| *page).chain([*page, "/sign-in", "/register"]);
            let opened = pages
                .filter_map(|page| t.state.keys.open(SealFor::Flash, page, &sealed))
                .map(|plain| String::from_utf8(plain).expect("JSON"));
            for plain in opened {
                assert!(!plain.contains(CANARY), "{who}, {action}: {plain}");
            }
        }
    }
});

/// By type: what a server function takes as a secret is in the list of names that are never sent back.
#[test]
fn a14_2_every_secret_argument_is_known_by_its_name() {
    let mut found = Vec::new();
    for entry in walk(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
        if entry.components().any(|part| part.as_os_str() == "tests") {
            continue;
        }
        let source = std::fs::read_to_string(&entry).expect("a source file");
        for line in source.lines().filter(|line| line.contains("#[server(default)]")) {
            let line = line.replace("#[server(default)]", "");
            if let Some((name, kind)) = line.split_once(':')
                && kind.contains("SecretText")
            {
                found.push(name.trim().rsplit(['(', ' ']).next().unwrap_or_default().to_owned());
            }
        }
    }
    assert!(found.len() > 10, "{found:?}");
    for name in found {
        assert!(SECRETS.contains(&name.as_str()), "{name} is not among the secret fields");
    }
}

/// Returns the Rust files below a folder.
pub(super) fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(walk(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files
}

db_test!(every_form_answers_a_browser_by_a_redirect_and_others_by_json, |t| {
    let mut told = String::new();
    for (who, browser) in browsers(&t).await {
        let _ = writeln!(told, "{who}");
        for (action, _) in FORMS {
            let mut program = browser.clone().json();
            let answer = program.post(action, &[]).await;
            let kind = answer.header("content-type").to_owned();
            let body =
                if kind.starts_with("application/json") { answer.body.clone() } else { kind };
            let _ = writeln!(told, "  {action} {} {body}", answer.status.as_u16());
            let mut browser = browser.clone();
            let answer = browser.post(action, &[]).await;
            let is_redirect = matches!(answer.status.as_u16(), 302 | 303);
            let is_page = answer.header("content-type").starts_with("text/html");
            let to = if is_redirect { answer.location() } else { "" };
            assert!(is_redirect || is_page || answer.status == 200, "{who}, {action}: {answer:?}");
            let _ = writeln!(told, "    a browser: {} {to}", answer.status.as_u16());
        }
    }
    insta::assert_snapshot!("answers_of_all_forms", told);
});
