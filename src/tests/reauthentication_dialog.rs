//! The text of a reauthentication, where it leads, and how it is offered in a dialog.

use super::{
    account::PERSONAL,
    browser::{Answer, Browser},
    harness::{PASSWORD, db_test},
    reauthentication::{ANNA, GUARDED, signed_in},
};
use crate::domain::{accounts::Role, session::PROOF};

/// The protected pages, and the purpose that their reauthentication names.
const PURPOSES: [(&str, &str, &str); 5] = [
    (
        "/account/settings/email",
        "To change your email address, confirm that it's you.",
        "Чтобы изменить адрес почты, подтвердите, что это вы.",
    ),
    (
        "/account/settings/login",
        "To change your username, confirm that it's you.",
        "Чтобы изменить логин, подтвердите, что это вы.",
    ),
    (
        "/account/settings/codes",
        "To create backup codes, confirm that it's you.",
        "Чтобы создать резервные коды, подтвердите, что это вы.",
    ),
    (
        "/account/settings/export",
        "To download your data, confirm that it's you.",
        "Чтобы скачать свои данные, подтвердите, что это вы.",
    ),
    (
        "/account/settings/delete",
        "To delete your account, confirm that it's you.",
        "Чтобы удалить аккаунт, подтвердите, что это вы.",
    ),
];

async fn asks(browser: &mut Browser, confirm: &str, english: &str, russian: &str) {
    for (lang, words) in [("en", english), ("ru", russian)] {
        browser.get(&format!("{confirm}&lang={lang}")).await.assert_text(words);
    }
}

db_test!(every_protected_page_and_form_says_what_the_proof_is_for, |t| {
    let mut browser = signed_in(&t).await;
    let mut walked = Vec::new();
    for path in PERSONAL {
        let answer = browser.get(path).await;
        let confirm = answer.location().to_owned();
        if !confirm.starts_with("/account/confirm?next=") {
            continue;
        }
        let (_, english, russian) =
            PURPOSES.into_iter().find(|(page, ..)| *page == path).expect(path);
        asks(&mut browser, &confirm, english, russian).await;
        walked.push(path);
    }
    walked.sort_unstable();
    let mut all = PURPOSES.map(|(path, ..)| path);
    all.sort_unstable();
    assert_eq!(walked, all);
    for (path, form, field) in GUARDED {
        let confirm = browser.post(form, &[field]).await.location().to_owned();
        let (_, english, russian) =
            PURPOSES.into_iter().find(|(page, ..)| *page == path).expect(form);
        asks(&mut browser, &confirm, english, russian).await;
    }
    // Without a requested action.
    for (lang, words) in [("en", "To continue, confirm"), ("ru", "Чтобы продолжить, подтвердите")]
    {
        browser.get(&format!("/account/confirm?lang={lang}")).await.assert_text(words);
    }
    let olga = t.staff("olga", Role::Admin).await;
    let mut admin = t.staff_browser(&olga).await;
    let fields = [("login", "anna"), ("role", "operator")];
    let confirm = admin.post("/api/staff_role", &fields).await.location().to_owned();
    let russian = "Чтобы назначить роль, подтвердите, что это вы.";
    asks(&mut admin, &confirm, "To assign a role, confirm that it's you.", russian).await;
});

db_test!(mailed_code_says_what_it_is_for_too, |t| {
    let mut browser = signed_in(&t).await;
    let next = ("next", "/account/settings/export");
    let page = browser.submit("/api/confirm_email", &[next, ("back", "/account")]).await;
    page.assert_text("To download your data, confirm that it's you.");
    assert_eq!(cancel(&page), "/account");
    // And the link back to the password.
    let other =
        "/account/confirm?way=password&amp;next=%2Faccount%2Fsettings%2Fexport&amp;back=%2Faccount";
    assert!(page.body.contains(&format!(r#"href="{other}""#)), "{}", page.body);
});

/// Returns where "Cancel" leads.
fn cancel(page: &Answer) -> String {
    let before = page.body.split(">Cancel</a>").next().unwrap_or_default();
    let href = before.rsplit("href=\"").next().unwrap_or_default();
    href.trim_end_matches('"').to_owned()
}

async fn from(browser: &Browser, referer: &str, path: &str) -> Answer {
    let mut browser = browser.clone();
    browser.headers.push(("referer", referer.to_owned()));
    browser.get(path).await
}

db_test!(cancel_leads_back_to_where_the_user_came_from, |t| {
    let browser = signed_in(&t).await;
    let confirm = "/account/confirm?next=%2Faccount%2Fsettings%2Femail";
    for (referer, leads) in [
        ("http://localhost:3000/account", "/account"),
        ("http://localhost:3000/account/settings", "/account/settings"),
        ("http://localhost:3000/account/settings/email/code", "/account/settings/email/code"),
        // These pages would require reauthentication again, or redirect.
        ("http://localhost:3000/account/settings/email", "/account/settings"),
        ("http://localhost:3000/account/confirm?next=%2Faccount", "/account/settings"),
        ("http://localhost:3000/sign-in?next=%2Faccount", "/account/settings"),
        ("http://localhost:3000/accounting", "/account/settings"),
        ("https://evil.example/account", "/account/settings"),
        ("nonsense", "/account/settings"),
    ] {
        assert_eq!(cancel(&from(&browser, referer, confirm).await), leads, "{referer}");
    }
    let mut browser = browser;
    assert_eq!(cancel(&browser.get(confirm).await), "/account/settings");
    // "Cancel" returns to an open page whose form requires it.
    let staff = "/account/confirm?next=%2Foperator%2Fstaff";
    assert_eq!(cancel(&browser.get(staff).await), "/operator/staff");
    // The form carries it along: it survives a wrong password.
    let page = from(&browser, "http://localhost:3000/account", confirm).await;
    let screen = page.body.split("name=\"screen\" value=\"").nth(1).expect("the address");
    let screen = screen.split('"').next().unwrap_or_default().replace("&amp;", "&");
    let fields = [
        ("password", "wrong password"),
        ("next", "/account/settings/email"),
        ("screen", screen.as_str()),
    ];
    let page = browser.submit("/api/confirm", &fields).await;
    page.assert_text("This is not your password");
    page.assert_text("To change your email address");
    assert_eq!(cancel(&page), "/account");
});

db_test!(what_must_not_be_followed_is_not_reflected, |t| {
    let mut browser = signed_in(&t).await;
    for address in
        ["https%3A%2F%2Fevil.example%2F", "%2F%2Fevil.example", "javascript%3Aevil.example"]
    {
        let path = format!("/account/confirm?next={address}&back={address}");
        let page = browser.get(&path).await;
        page.assert_text("To continue, confirm");
        assert_eq!(cancel(&page), "/account/settings");
        assert!(!page.body.contains("evil"), "{}", page.body);
        let page = browser.submit("/api/confirm_email", &[("next", "https://evil.example/")]).await;
        assert!(!page.body.contains("evil"), "{}", page.body);
        browser.set_cookie("flow-confirm", "");
    }
});

db_test!(what_was_typed_outlives_a_wrong_password_and_a_wrong_code, |t| {
    let mut browser = signed_in(&t).await;
    browser.get("/account").await;
    let page = "/account/settings/email";
    browser.post("/api/email", &[("email", "new@mail.example")]).await;
    let fields = [("password", "wrong password"), ("next", page)];
    browser.submit("/api/confirm", &fields).await.assert_text("This is not your password");
    browser.submit("/api/confirm_email", &[("next", page)]).await.assert_text("Enter the code");
    browser.submit("/api/confirm_code", &[("code", "000000")]).await.assert_text("4 tries left");
    let code = t.code(ANNA, "recovery-code").await;
    let form = browser.submit("/api/confirm_code", &[("code", &code)]).await;
    assert!(form.body.contains(r#"value="new@mail.example""#), "{}", form.body);
    // Only once.
    let form = browser.get(page).await;
    assert!(!form.body.contains("new@mail.example"), "{}", form.body);
});

/// Parses the props of the dialog's island.
fn dialog(page: &Answer) -> Option<serde_json::Value> {
    let mut props = page.body.split("data-props=\"").skip(1);
    let props = props.find(|props| props.starts_with("{&quot;links&quot;"))?.split('"').next()?;
    let props = props.replace("&quot;", "\"").replace("&lt;", "<").replace("&amp;", "&");
    serde_json::from_str(&props).ok()
}

db_test!(pages_that_lead_to_a_proof_offer_it_in_place_until_there_is_one, |t| {
    let mut browser = signed_in(&t).await;
    let all: Vec<[&str; 2]> = PURPOSES.map(|(path, english, _)| [path, english]).to_vec();
    for path in ["/account", "/account/settings"] {
        let props = dialog(&browser.get(path).await).expect(path);
        assert_eq!(props["links"], serde_json::json!(all), "{path}");
        assert_eq!(props["actions"], serde_json::json!(["/api/confirm", "/api/confirm_email"]));
    }
    browser.prove(PASSWORD).await;
    for path in ["/account", "/account/settings", "/account/settings/email"] {
        let props = dialog(&browser.get(path).await).expect(path);
        assert_eq!(props["links"], serde_json::json!([]), "{path}");
    }
    t.advance(PROOF);
    let props = dialog(&browser.get("/account/settings").await).expect("a dialog");
    assert_eq!(props["links"].as_array().map(Vec::len), Some(5));
    // Staff cannot delete the account: that page requires no reauthentication.
    let olga = t.staff("olga", Role::Operator).await;
    let mut staff = t.staff_browser(&olga).await;
    let props = dialog(&staff.get("/account/settings").await).expect("a dialog");
    assert!(!props["links"].to_string().contains("/account/settings/delete"), "{props}");
});

db_test!(form_posted_in_place_is_told_what_the_proof_is_for, |t| {
    let mut browser = signed_in(&t).await;
    browser.get("/account").await;
    browser.headers.push(("accept", crate::islands::Answer::MEDIA_TYPE.to_owned()));
    let page = "/account/settings/email";
    let fields = [("email", "new@mail.example"), ("screen", page)];
    let answer = browser.post("/api/email", &fields).await.json();
    assert_eq!(answer["next"], format!("/account/confirm?next={}", page.replace('/', "%2F")));
    assert_eq!(answer["proof"]["next"], page);
    assert_eq!(answer["proof"]["why"], PURPOSES[0].1);
    browser.headers.pop();
    let form = browser.submit("/api/confirm", &[("password", PASSWORD), ("next", page)]).await;
    assert!(form.body.contains(r#"value="new@mail.example""#), "{}", form.body);
});
