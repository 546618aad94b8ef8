//! What the fields of all forms tell a phone's keyboard, and how long their input may be.

use std::collections::BTreeMap;

use leptos::prelude::*;

use super::{
    browser::{Answer, Browser},
    harness::{PASSWORD, TestApp, db_test},
};
use crate::{
    domain::{
        accounts::{Account, Role},
        values::limits::{DISPLAY_NAME_MAX, EMAIL_MAX, LOGIN_MAX, MESSAGE_MAX, PASSWORD_MAX},
    },
    islands::TickBox,
};

/// Fields that must be found on the pages, and the most code points that the server accepts in them. Browsers count
/// UTF-16 units and cut longer input silently, so twice as many have to fit.
const FIELDS: [(&str, usize); 21] = [
    ("login", LOGIN_MAX),
    ("email", EMAIL_MAX / 2),
    ("password", PASSWORD_MAX),
    ("old_password", PASSWORD_MAX),
    ("new_password", PASSWORD_MAX),
    ("new_password_again", PASSWORD_MAX),
    ("code", 14),
    ("saved_code", 19),
    ("short_code", 9),
    ("number", 2),
    ("display_name", DISPLAY_NAME_MAX),
    ("confirmation", LOGIN_MAX),
    ("account", EMAIL_MAX / 2),
    ("claimed", EMAIL_MAX / 2),
    ("message", MESSAGE_MAX),
    ("note", MESSAGE_MAX),
    ("text", MESSAGE_MAX),
    ("remark", 800),
    ("title", 80),
    ("q", 100),
    ("remember", 0),
];
/// Fields on pages that are never typed into.
const NOT_TYPED: [&str; 5] = ["hidden", "checkbox", "radio", "file", "range"];
const HINTS: [&str; 7] = ["enter", "done", "go", "next", "previous", "search", "send"];
const CAPITALS: [&str; 4] = ["none", "words", "sentences", "characters"];

/// Parses the attributes of a tag.
fn attributes(tag: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut rest = tag;
    while let Some((name, after)) = rest.split_once("=\"") {
        let (value, after) = after.split_once('"').expect("a closed attribute");
        let name = name.rsplit(char::is_whitespace).next().unwrap_or_default();
        found.insert(name.to_owned(), value.to_owned());
        rest = after;
    }
    found
}

/// Returns the tags of a page's fields. The props of islands contain none, because they are escaped.
fn tags(page: &Answer) -> Vec<&str> {
    let all = ["<input ", "<textarea "].map(|start| {
        page.body.split(start).skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag)
    });
    all.into_iter().flatten().collect()
}

/// Checks one page, and records what is wrong with a field.
fn look(place: &str, page: &Answer, seen: &mut BTreeMap<String, u32>, wrong: &mut Vec<String>) {
    assert!(page.status.is_success(), "{place}: {} {}", page.status, page.location());
    for tag in tags(page) {
        let attributes = attributes(tag);
        let of = |name: &str| attributes.get(name).map(String::as_str);
        let name = of("name").unwrap_or_default().to_owned();
        let is_typed = !of("type").is_some_and(|kind| NOT_TYPED.contains(&kind));
        // Only for password managers to read.
        if of("type") == Some("hidden") || tag.contains("readonly") {
            continue;
        }
        let most = of("maxlength").and_then(|most| most.parse().ok());
        let hint = of("enterkeyhint").is_some_and(|hint| HINTS.contains(&hint));
        let capitals = of("autocapitalize").is_some_and(|how| CAPITALS.contains(&how));
        if is_typed && !(hint && capitals && most.is_some()) {
            wrong.push(format!("{place}: {tag}"));
        }
        let most = most.unwrap_or(0);
        let least = seen.entry(name).or_insert(most);
        *least = most.min(*least);
    }
}

/// The pages with forms, each as requested by a user who may see it.
#[derive(Default)]
struct Pages(Vec<(String, Answer)>);

impl Pages {
    async fn open(&mut self, who: &str, browser: &mut Browser, paths: &[&str]) {
        for path in paths {
            self.0.push((format!("{who}, {path}"), browser.get(path).await));
        }
    }
}

/// Returns all pages with forms.
async fn pages(t: &TestApp) -> Vec<(String, Answer)> {
    t.account("anna").await;
    // The chat exists as soon as there is an operator.
    let olga = t.staff("olga", Role::Admin).await;
    let mut pages = Pages::default();
    signed_out(t, &mut pages).await;
    let mut shopper = signed_in(t, &mut pages).await;
    support(t, &olga, &mut pages).await;

    // A phone that answers the request of a computer.
    let mut computer = t.browser();
    computer.get("/sign-in/qr").await;
    let token = crate::security::Token::parse(&computer.cookie("qr").expect("a cookie"));
    let shown = crate::auth::qr_sign_in::requests::shown(&t.state.keys, &token.expect("a token"));
    let picture = format!("/qr/{}", shown.expect("a picture").picture.expose_secret());
    shopper.get(&picture).await;
    pages.open("who scanned", &mut shopper, &["/qr"]).await;
    pages.0
}

async fn signed_out(t: &TestApp, pages: &mut Pages) {
    let mut stranger = t.browser();
    let public = ["/sign-in", "/register", "/recover", "/recover/login", "/support", "/sign-in/qr"];
    pages.open("a stranger", &mut stranger, &public).await;
    let fields =
        [("login", "bert"), ("email", "bert@mail.example"), ("password", "blue lamp eight")];
    stranger.submit("/api/register", &fields).await;
    pages.open("a newcomer", &mut stranger, &["/register/code"]).await;

    let mut lost = t.browser();
    lost.ask_for_code("anna").await;
    pages.open("who forgot", &mut lost, &["/recover/code"]).await;
    let code = t.code("anna@mail.example", "recovery-code").await;
    lost.enter_code(&code).await;
    pages.open("who forgot", &mut lost, &["/recover/password"]).await;
    let mut careful = t.browser();
    careful.post("/api/recover", &[("login", "anna")]).await;
    pages.open("who has codes", &mut careful, &["/recover/saved-code"]).await;
}

async fn signed_in(t: &TestApp, pages: &mut Pages) -> Browser {
    let mut shopper = t.browser();
    shopper.sign_in("anna", PASSWORD).await;
    pages.open("a shopper", &mut shopper, &["/account/confirm", "/account/profile/password"]).await;
    shopper.prove(PASSWORD).await;
    let own = [
        "/account/profile",
        "/account/devices",
        "/account/settings/email",
        "/account/settings/login",
        "/account/settings/letters",
        "/account/settings/codes",
        "/account/settings/delete",
        "/qr",
        "/support",
    ];
    pages.open("a shopper", &mut shopper, &own).await;
    shopper
}

async fn support(t: &TestApp, olga: &Account, pages: &mut Pages) {
    let begun = [("topic", "password"), ("account", "anna"), ("message", "Hello"), ("nonce", "1")];
    let mut guest = t.browser();
    guest.submit("/api/support_begin", &begun).await;
    pages.open("in a chat", &mut guest, &["/support", "/support/email"]).await;
    let (chat,): (String,) = t
        .state
        .db
        .fetch_one("SELECT id FROM conversations ORDER BY id DESC LIMIT 1", crate::args![])
        .await
        .expect("a conversation");
    let mut staff = t.staff_browser(olga).await;
    staff.prove(PASSWORD).await;
    let open = format!("/operator?open={chat}");
    let assisted = format!("/operator/assisted?conversation={chat}");
    let console = ["/operator", &open, "/operator/answers", "/operator/staff", &assisted];
    pages.open("of the staff", &mut staff, &console).await;
}

db_test!(every_field_tells_the_keyboard_what_it_is_for_and_holds_what_the_server_takes, |t| {
    let (mut seen, mut wrong) = (BTreeMap::new(), Vec::new());
    for (place, page) in pages(&t).await {
        look(&place, &page, &mut seen, &mut wrong);
    }
    for (name, most) in FIELDS {
        let Some(fits) = seen.get(name) else { panic!("no field {name} among {seen:?}") };
        assert!(
            usize::try_from(*fits).is_ok_and(|fits| fits >= 2 * most),
            "{name}: {fits} fit, and the server takes {most}"
        );
    }
    assert!(
        wrong.is_empty(),
        "no enterkeyhint, autocapitalize or maxlength:\n{}",
        wrong.join("\n")
    );
});

#[test]
fn attributes_are_read_from_a_tag() {
    let found = attributes(r#"class="input" id="q" required maxlength="9""#);
    assert_eq!(found.get("maxlength").map(String::as_str), Some("9"));
    assert_eq!(found.len(), 3);
}

#[test]
fn box_to_tick_has_a_place_for_what_is_wrong_with_it() {
    let html = |error: Option<&str>| {
        let error = error.map(str::to_owned);
        Owner::new().with(|| {
            view! { <TickBox name="rules" label="I agree" checked=false about=Some("rules-about".to_owned()) error/> }
                .to_html()
        })
    };
    let right = html(None);
    assert!(right.contains(r#"aria-describedby="rules-about""#), "{right}");
    assert!(!right.contains("aria-invalid"), "{right}");
    let wrong = html(Some("Tick this box."));
    for part in [
        r#"id="rules""#,
        r#"aria-describedby="rules-why rules-about""#,
        r#"aria-invalid="true""#,
        r#"id="rules-why""#,
        "Tick this box.",
    ] {
        assert!(wrong.contains(part), "{part} is missing: {wrong}");
    }
}
