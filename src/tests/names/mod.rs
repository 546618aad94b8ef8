//! Names as people write them: addresses beyond ASCII, invisible characters, scripts, look-alikes, reserved names.

mod addresses;
mod look_alikes;

use super::{
    browser::{Answer, Browser},
    harness::{PASSWORD, TestApp, db_test},
};
use crate::clock::DAY;

async fn register(browser: &mut Browser, login: &str, email: &str) -> Answer {
    browser
        .submit("/api/register", &[("login", login), ("email", email), ("password", PASSWORD)])
        .await
}

/// Returns the field error of a registration with this login, from a network of its own.
async fn refusal(t: &TestApp, network: u32, login: &str) -> String {
    let mut browser = t.browser().json().on_network(network);
    let email = format!("new{network}@mail.example");
    let answer = register(&mut browser, login, &email).await;
    if answer.status.is_success() { String::new() } else { answer.field("login") }
}

db_test!(what_cannot_be_seen_is_dropped_wherever_a_name_is_read, |t| {
    let unseen = ['\u{200b}', '\u{feff}', '\u{ad}', '\u{2060}', '\u{200e}', '\u{202c}', '\u{200d}'];
    for (n, c) in (0..).zip(unseen) {
        let (login, email) = (format!("anna-{n}{n}"), format!("anna{n}@mail.example"));
        let (half, rest) = (format!("{c}\u{a0}an"), format!("na-{n}{n}{c} "));
        let typed = format!("{half}{c}{rest}");
        let address = format!(" {c}an{c}na{n}@mail.exam{c}ple{c}");
        let mut browser = t.browser().on_network(n);
        register(&mut browser, &typed, &address).await.assert_text(&email);
        let code = t.code(&email, "confirm-address").await;
        let page = browser.submit("/api/register_code", &[("code", &code)]).await;
        page.assert_text(&format!("Hello, {login}"));
        let anna = t.find(&login).await;
        assert_eq!((anna.login.as_str(), anna.email.as_str()), (login.as_str(), email.as_str()));
        for name in [&typed, &address, &format!("{login}{c}"), &email] {
            let mut browser = t.browser().json().on_network(n);
            assert_eq!(browser.sign_in(name, PASSWORD).await.status, 200, "{name:?}");
        }
        let mut browser = t.browser().on_network(n);
        browser.ask_for_code(&typed).await;
        assert_eq!(t.count(&email, "recovery-code").await, 1, "{c:?}");
        browser.submit("/api/find_login", &[("email", &address)]).await;
        assert_eq!(t.count(&email, "login-reminder").await, 1, "{c:?}");
        let mut owner = t.browser().json().on_network(n);
        owner.sign_in_and_prove(&login, PASSWORD).await;
        assert_eq!(
            owner.post("/api/login", &[("login", &typed)]).await.field("login"),
            "login_same"
        );
        assert_eq!(
            owner.post("/api/email", &[("email", &address)]).await.field("email"),
            "email_same"
        );
    }
});

db_test!(login_may_be_of_every_script_that_people_write, |t| {
    let names = [
        "田中さくら",
        "サクラ田中",
        "हिन्दी",
        "ที่รัก",
        "தமிழ்",
        "김철수",
        "李小龙abc",
        "ㄅㄆ注音",
        "עברית",
        "محمد",
        "ქართული",
        "Ἀθῆναι",
        "Đặng_Thị",
        "ⵜⵉⴼⵉⵏⴰⵖ",
        "น้ำใส",
    ];
    for (n, name) in (0..).zip(names) {
        let mut browser = t.browser().on_network(n);
        let email = format!("who{n}@mail.example");
        register(&mut browser, name, &email).await.assert_text("Confirm your e-mail");
        let code = t.code(&email, "confirm-address").await;
        browser
            .submit("/api/register_code", &[("code", &code)])
            .await
            .assert_text(&format!("Hello, {name}"));
        assert_eq!(t.browser().json().sign_in(name, PASSWORD).await.status, 200, "{name}");
    }
    for (n, (name, kind)) in (100..).zip([
        ("аdmin1", "login_mixed_scripts"),
        ("Ωmega", "login_mixed_scripts"),
        ("さくらан", "login_mixed_scripts"),
        ("anna٣٤", "login_mixed_scripts"),
        ("हिन्दी1२", "login_mixed_scripts"),
        ("\u{301}anna", "login_characters"),
        ("an_\u{301}na", "login_characters"),
        ("anna\u{323}\u{323}", "login_characters"),
        ("an.na", "login_characters"),
        ("ann🦊", "login_characters"),
        ("\u{3164}\u{3164}\u{3164}", "login_missing"),
    ]) {
        assert_eq!(refusal(&t, n, name).await, kind, "{name:?}");
    }
});

db_test!(names_of_the_shop_are_kept_for_it, |t| {
    let kept = [
        "admin",
        "Administrator",
        "ADMIN",
        "ADM1N",
        "ad-min",
        "root",
        "support",
        "supp0rt",
        "Support_Team",
        "help",
        "postmaster",
        "abuse",
        "no-reply",
        "noreply",
        "hostmaster",
        "админ",
        "Поддержка",
        "corner_shop",
        "CornerShop",
        "corner-shop-support",
        "security-cornershop",
    ];
    for (n, name) in (0..).zip(kept) {
        let expected = match name {
            "Support_Team" => "",
            _ => "login_reserved",
        };
        assert_eq!(refusal(&t, n, name).await, expected, "{name}");
    }
    for (n, name) in (500..).zip(["adminka", "helpful", "corner", "shopper"]) {
        assert_eq!(refusal(&t, n, name).await, "", "{name}");
    }
    register(&mut t.browser(), "support", "a@mail.example").await.assert_text("kept for the shop");
    t.account("anna").await;
    let mut browser = t.browser().json();
    browser.sign_in_and_prove("anna", PASSWORD).await;
    assert_eq!(
        browser.post("/api/login", &[("login", "admin")]).await.field("login"),
        "login_reserved"
    );
    assert_eq!(
        browser.post("/api/login", &[("login", "anna-b")]).await.status,
        200,
        "it was no change"
    );
    // The command line may assign one (it makes accounts as the tests do), and its owner may return to it.
    t.account("support").await;
    browser = t.browser().json();
    browser.sign_in_and_prove("support", PASSWORD).await;
    assert_eq!(browser.post("/api/login", &[("login", "olga")]).await.status, 200);
    t.advance(30 * DAY);
    browser.sign_in_and_prove("support", PASSWORD).await;
    assert_eq!(browser.post("/api/login", &[("login", "Support")]).await.status, 200);
});

db_test!(password_is_the_same_however_its_letters_are_composed, |t| {
    const COMPOSED: &str = "gr\u{fc}ne Lampe sieben";
    const APART: &str = "gru\u{308}ne Lampe sieben";
    t.account("anna").await;
    let mut browser = t.browser().json();
    browser.ask_for_code("anna").await;
    let code = t.code("anna@mail.example", "recovery-code").await;
    browser.enter_code(&code).await;
    let fields = [("new_password", APART), ("new_password_again", COMPOSED)];
    assert_eq!(browser.post("/api/recover_password", &fields).await.status, 200);
    browser.sign_in_and_prove("anna", COMPOSED).await;
    let fields =
        [("old_password", APART), ("new_password", PASSWORD), ("new_password_again", "green lamp")];
    let answer = browser.post("/api/change_password", &fields).await;
    assert_eq!(answer.field("new_password_again"), "passwords_differ");
});

db_test!(phones_correct_neither_logins_nor_codes, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    let pages = [
        ("/sign-in", vec!["login", "password"]),
        ("/register", vec!["login", "email", "password"]),
        ("/recover", vec!["login"]),
        ("/recover/login", vec!["email"]),
    ];
    for (path, fields) in pages {
        let page = browser.get(path).await;
        for field in fields {
            leaves_alone(&page, field);
        }
    }
    let page = browser.ask_for_code("anna").await;
    leaves_alone(&page, "code");
});

/// Checks that the field of this name is neither corrected nor capitalised.
#[track_caller]
fn leaves_alone(page: &Answer, field: &str) {
    let name = format!("name=\"{field}\"");
    let tag = page.body.split("<input").find(|tag| tag.contains(&name)).unwrap_or_default();
    let tag = tag.split('>').next().unwrap_or_default();
    for attribute in ["autocorrect=\"off\"", "autocapitalize=\"none\"", "spellcheck=\"false\""] {
        assert!(tag.contains(attribute), "{attribute} is missing: {tag}");
    }
}

#[test]
fn face_shows_whole_signs() {
    use crate::components::avatar::initials;
    for (name, expected) in [
        ("Anna Arbat", "AA"),
        ("anna_b", "AB"),
        ("🦊", "🦊"),
        ("🦊 Anna", "🦊A"),
        ("👩‍👩‍👧 und ich", "👩‍👩‍👧U"),
        ("❤️", "❤️"),
        ("🇩🇪", "🇩🇪"),
        ("ß", "ß"),
        ("ßtraße", "ß"),
        ("हिन्दी", "हि"),
        ("e\u{301}mile", "E\u{301}"),
        ("(anna)", "A"),
        ("!?", "!"),
        ("ǆ", "ǅ"),
    ] {
        assert_eq!(initials(name), expected, "{name}");
    }
}
