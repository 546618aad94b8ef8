//! Typed input is restored after an interruption: an outage, a sign-in, another tab, a correction.

use super::{
    browser::{Answer, Browser},
    harness::{PASSWORD, TestApp, db_test},
};
use crate::clock::{HOUR, MILLISECOND};

const PROFILE: &str = "/account/profile";

async fn signed_in(t: &TestApp) -> Browser {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    browser
}

/// Returns what a browser would post for the form on a page if the user changed nothing.
fn form(page: &Answer) -> Vec<(String, String)> {
    let form = page.body.split("id=\"screen-form\"").nth(1).expect("a form");
    let form = form.split("</form>").next().unwrap_or_default();
    let of = |tag: &str, name: &str| {
        let value = tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
        Some(value.replace("&quot;", "\"").replace("&lt;", "<").replace("&amp;", "&"))
    };
    let mut fields = Vec::new();
    for tag in form.split('<').map(|rest| rest.split('>').next().unwrap_or_default()) {
        let ticked = !tag.contains("type=\"checkbox\"") || tag.contains(" checked");
        if tag.starts_with("input ") && !tag.contains("type=\"file\"") && ticked {
            let value = of(tag, "value").unwrap_or_default();
            fields.extend(of(tag, "name").map(|name| (name, value)));
        } else if tag.starts_with("select ") {
            fields.extend(of(tag, "name").map(|name| (name, String::new())));
        } else if tag.starts_with("option ") && tag.contains(" selected") {
            let last = fields.last_mut().expect("a select before its options");
            last.1 = of(tag, "value").unwrap_or_default();
        }
    }
    fields
}

fn field<'a>(form: &'a [(String, String)], name: &str) -> &'a str {
    form.iter().find(|(theirs, _)| theirs == name).map_or("", |(_, value)| value.as_str())
}

async fn post(browser: &mut Browser, path: &str, form: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    browser.submit(path, &fields).await
}

async fn rename(t: &TestApp, sql: &'static str) {
    let mut tx = t.state.db.begin().await.expect("a transaction");
    tx.execute(sql, crate::args![]).await.expect("done");
    tx.commit().await.expect("a commit");
}

async fn with_profile(t: &TestApp) -> Browser {
    let mut browser = signed_in(t).await;
    let fields = [("display_name", "Anna"), ("locale", "en"), ("time_zone", "Europe/Berlin")];
    browser.submit("/api/profile", &fields).await.assert_text("Saved.");
    browser
}

db_test!(after_an_outage_saving_the_profile_as_it_stands_loses_nothing, |t| {
    let mut browser = with_profile(&t).await;
    let before = form(&browser.get(PROFILE).await);
    rename(&t, "ALTER TABLE sessions RENAME TO sessions_away").await;
    let mut typed = before.clone();
    typed.iter_mut().filter(|(name, _)| name == "display_name").for_each(|f| f.1 = "Anne".into());
    let fields: Vec<(&str, &str)> = typed.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let away =
        browser.upload("/api/profile", &fields, ("picture", "image/png", b"no matter")).await;
    assert_eq!((away.status.as_u16(), away.location()), (303, PROFILE));
    rename(&t, "ALTER TABLE sessions_away RENAME TO sessions").await;
    let page = browser.get(PROFILE).await;
    page.assert_text("We cannot do this just now");
    let now = form(&page);
    assert_eq!(field(&now, "display_name"), "Anne", "what was typed");
    assert_eq!(field(&now, "time_zone"), "Europe/Berlin");
    post(&mut browser, "/api/profile", &now).await.assert_text("Saved.");
    let anna = t.find("anna").await;
    assert_eq!(
        (anna.display_name.as_deref(), anna.time_zone()),
        (Some("Anne"), Some("Europe/Berlin"))
    );
});

db_test!(form_that_comes_back_without_what_was_typed_shows_what_is_stored, |t| {
    let mut browser = with_profile(&t).await;
    // Too long to be kept.
    let long = "x".repeat(20_000);
    let fields = [("display_name", long.as_str()), ("locale", "en"), ("time_zone", "Asia/Tokyo")];
    let page = browser.submit("/api/profile", &fields).await;
    page.assert_text("64 characters at most");
    let now = form(&page);
    assert_eq!(field(&now, "display_name"), "Anna");
    assert_eq!(field(&now, "time_zone"), "Asia/Tokyo");
    // A post that could not be read at all.
    browser.headers.push(("content-type", "multipart/form-data; boundary=x".to_owned()));
    browser.request(http::Method::POST, "/api/profile", Some("nonsense".to_owned())).await;
    browser.headers.pop();
    let now = form(&browser.get(PROFILE).await);
    assert_eq!((field(&now, "display_name"), field(&now, "time_zone")), ("Anna", "Europe/Berlin"));
    post(&mut browser, "/api/profile", &now).await.assert_text("Saved.");
    assert_eq!(t.find("anna").await.display_name.as_deref(), Some("Anna"));
    // A field that the user emptied stays empty.
    let fields = [("display_name", ""), ("locale", "en"), ("time_zone", "Mars/Olympus")];
    let now = form(&browser.submit("/api/profile", &fields).await);
    assert_eq!(field(&now, "display_name"), "");
});

db_test!(screen_that_could_not_be_shown_leaves_what_was_typed_for_the_next_try, |t| {
    let mut browser = with_profile(&t).await;
    let fields = [("display_name", "Anne"), ("locale", "en"), ("time_zone", "Mars/Olympus")];
    browser.post("/api/profile", &fields).await;
    rename(&t, "ALTER TABLE pictures RENAME TO pictures_away").await;
    assert_eq!(browser.get(PROFILE).await.status, 503);
    rename(&t, "ALTER TABLE pictures_away RENAME TO pictures").await;
    let page = browser.get(PROFILE).await;
    page.assert_text("time zone");
    assert_eq!(field(&form(&page), "display_name"), "Anne");
    assert_eq!(field(&form(&browser.get(PROFILE).await), "display_name"), "Anna", "read once");
});

db_test!(form_that_came_back_does_not_overwrite_what_another_tab_saved_meanwhile, |t| {
    let mut browser = with_profile(&t).await;
    let mut stale = form(&browser.get(PROFILE).await);
    for (name, value) in [("display_name", "Anne"), ("time_zone", "Mars/Olympus")] {
        stale.iter_mut().filter(|f| f.0 == name).for_each(|f| value.clone_into(&mut f.1));
    }
    let fields: Vec<(&str, &str)> = stale.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    browser.post("/api/profile", &fields).await;
    let flash = browser.cookie("draft").expect("a draft");
    let mut tab = browser.clone();
    let other = [("display_name", "Ann"), ("locale", "en"), ("time_zone", "Europe/Berlin")];
    tab.submit("/api/profile", &other).await.assert_text("Saved.");
    browser.set_cookie("draft", &flash);
    let mut now = form(&browser.get(PROFILE).await);
    now.iter_mut().filter(|f| f.0 == "time_zone").for_each(|f| f.1 = "Europe/Paris".into());
    post(&mut browser, "/api/profile", &now).await.assert_text("changed in another window");
    assert_eq!(t.find("anna").await.display_name.as_deref(), Some("Ann"));
});

db_test!(language_switch_keeps_what_was_not_ticked_and_does_not_switch_back, |t| {
    let mut browser = signed_in(&t).await;
    let page = browser.get("/account/settings/letters").await;
    let mut fields = form(&page);
    fields.retain(|(name, _)| name != "address_in_use");
    fields.extend([("lang".to_owned(), "ru".to_owned())]);
    let page = post(&mut browser, "/api/language", &fields).await;
    assert_eq!(field(&form(&page), "address_in_use"), "", "unticked before the switch");
    let mut fields = form(&browser.get(PROFILE).await);
    fields.extend([("lang".to_owned(), "en".to_owned())]);
    let page = post(&mut browser, "/api/language", &fields).await;
    assert_eq!(field(&form(&page), "locale"), "en");
    post(&mut browser, "/api/profile", &form(&page)).await.assert_text("Saved.");
    assert_eq!(t.find("anna").await.locale().tag(), "en");
});

db_test!(message_to_support_outlives_an_outage, |t| {
    t.staff("olga", crate::domain::accounts::Role::Operator).await;
    let mut browser = t.browser();
    browser.get("/support").await;
    rename(&t, "ALTER TABLE accounts RENAME TO accounts_away").await;
    let fields = [("topic", "other"), ("message", "Where is my parcel?")];
    browser.post("/api/support_begin", &fields).await;
    rename(&t, "ALTER TABLE accounts_away RENAME TO accounts").await;
    let page = browser.get("/support").await;
    assert!(page.body.contains("Where is my parcel?"), "{}", page.words());
});

db_test!(change_leads_back_to_what_was_typed, |t| {
    let mut browser = t.browser();
    let fields = [("login", "anna"), ("email", "ana@mail.example"), ("password", PASSWORD)];
    let code = browser.submit("/api/register", &fields).await;
    assert!(code.body.contains(r#"href="/register""#));
    let page = browser.get("/register").await;
    let typed = form(&page);
    assert_eq!((field(&typed, "login"), field(&typed, "email")), ("anna", "ana@mail.example"));
    assert!(!page.body.contains(PASSWORD));

    t.account("bert").await;
    let code = browser.ask_for_code("bert@mail.example").await;
    assert!(code.body.contains(r#"href="/recover""#));
    assert_eq!(field(&form(&browser.get("/recover").await), "login"), "bert@mail.example");
    // After it expires, nothing is kept.
    t.advance(HOUR + MILLISECOND);
    assert_eq!(field(&form(&browser.get("/recover").await), "login"), "");
    assert_eq!(field(&form(&browser.get("/register").await), "email"), "");

    let mut browser = t.browser();
    browser.sign_in_and_prove("bert", PASSWORD).await;
    browser.submit("/api/email", &[("email", "new@mail.example")]).await;
    let page = browser.get("/account/settings/email").await;
    assert_eq!(field(&form(&page), "email"), "new@mail.example");
    // Another user does not find it there.
    t.account("carl").await;
    browser.submit("/api/sign_out", &[]).await;
    browser.sign_in_and_prove("carl", PASSWORD).await;
    assert_eq!(field(&form(&browser.get("/account/settings/email").await), "email"), "");
});

db_test!(signed_out_meanwhile_every_form_leads_to_sign_in_and_back, |t| {
    t.account("anna").await;
    for (path, fields, screen) in [
        ("/api/profile", vec![("display_name", "Anne")], PROFILE),
        ("/api/letters", vec![("signed_in", "on")], "/account/settings/letters"),
        ("/api/email", vec![("email", "new@mail.example")], "/account/settings/email"),
        ("/api/email_code", vec![("code", "123456")], "/account/settings/email/code"),
        ("/api/email_resend", vec![], "/account/settings/email/code"),
        ("/api/login", vec![("login", "anne")], "/account/settings/login"),
        ("/api/change_password", vec![("old_password", "x")], "/account/profile/password"),
        ("/api/settings_password_email", vec![], "/account/settings/password/code"),
        ("/api/settings_password", vec![("new_password", "x")], "/account/settings/password/new"),
        ("/api/confirm", vec![("password", "x")], "/account/confirm"),
        ("/api/delete", vec![("confirmation", "anna")], "/account/settings/delete"),
        ("/api/end_session", vec![("id", "x")], "/account/devices"),
        ("/api/name_session", vec![("id", "x"), ("name", "Work laptop")], "/account/devices"),
        ("/api/export", vec![], "/account/settings/export"),
        ("/account/settings/codes", vec![("made_at", "0")], "/account/settings/codes"),
    ] {
        let mut browser = t.browser();
        browser.sign_in("anna", PASSWORD).await;
        browser.post("/api/sign_out", &[]).await;
        let answer = browser.post(path, &fields).await;
        let next = url::form_urlencoded::byte_serialize(screen.as_bytes()).collect::<String>();
        assert_eq!(answer.location(), format!("/sign-in?next={next}"), "{path}");
        let page = browser.get(answer.location()).await;
        page.assert_text("You were signed out. Please sign in again.");
        assert!(page.body.contains(&format!(r#"name="next" value="{screen}""#)), "{path}");
        let json = browser.json().post(path, &fields).await;
        assert_eq!((json.status.as_u16(), json.error().as_str()), (401, "signed_out"), "{path}");
    }
});

db_test!(what_was_typed_is_there_after_signing_in_again_and_for_nobody_else, |t| {
    let mut browser = with_profile(&t).await;
    t.account("bert").await;
    let mut fields = form(&browser.get(PROFILE).await);
    fields.iter_mut().filter(|f| f.0 == "display_name").for_each(|f| f.1 = "Anne".into());
    // In another tab.
    browser.post("/api/sign_out", &[]).await;
    let page = post(&mut browser, "/api/profile", &fields).await;
    page.assert_text("You were signed out");
    // A wrong password does not lose it.
    let wrong = [("login", "anna"), ("password", "wrong words"), ("next", PROFILE)];
    browser.submit("/api/sign_in", &wrong).await.assert_text("not right");
    let mut somebody_else = browser.clone();
    let theirs = [("login", "bert"), ("password", PASSWORD), ("next", PROFILE)];
    let page = somebody_else.submit("/api/sign_in", &theirs).await;
    assert_eq!(field(&form(&page), "display_name"), "");
    assert!(!page.body.contains("Anne"));
    let again = [("login", "anna"), ("password", PASSWORD), ("next", PROFILE)];
    let page = browser.submit("/api/sign_in", &again).await;
    assert_eq!(field(&form(&page), "display_name"), "Anne");
    post(&mut browser, "/api/profile", &form(&page)).await.assert_text("Saved.");
    assert_eq!(t.find("anna").await.display_name.as_deref(), Some("Anne"));
    assert_eq!(field(&form(&browser.get(PROFILE).await), "display_name"), "Anne");
    // The same where reauthentication comes first.
    browser.post("/api/sign_out", &[]).await;
    browser.post("/api/email", &[("email", "new@mail.example")]).await;
    browser.sign_in_and_prove("anna", PASSWORD).await;
    let page = browser.get("/account/settings/email").await;
    assert_eq!(field(&form(&page), "email"), "new@mail.example");
});

db_test!(browser_that_keeps_no_cookies_is_told, |t| {
    t.account("anna").await;
    for (language, words) in
        [("en", "did not keep our cookies"), ("ru", "не сохранил наши файлы cookie")]
    {
        for (path, fields) in [
            (
                "/api/register",
                vec![("login", "anna2"), ("email", "a@mail.example"), ("password", PASSWORD)],
            ),
            ("/api/recover", vec![("login", "anna")]),
            ("/api/sign_in", vec![("login", "anna"), ("password", PASSWORD)]),
            ("/api/sign_in", vec![("login", "anna"), ("password", "wrong words")]),
        ] {
            let mut browser = t.browser();
            browser.headers.push(("accept-language", language.to_owned()));
            browser.headers.push(("sec-fetch-site", "same-origin".to_owned()));
            let mut answer = browser.post(path, &fields).await;
            while answer.status.is_redirection() {
                browser.cookies.clear();
                let to = answer.location().to_owned();
                answer = browser.get(&to).await;
            }
            answer.assert_text(words);
        }
    }
    // An older browser sends the page that it comes from.
    let mut browser = t.browser();
    browser.headers.push(("referer", "http://localhost:3000/sign-in".to_owned()));
    browser.get("/register").await.assert_text("did not keep our cookies");
    // A refused form reports this even to a browser that sends neither.
    let mut browser = t.browser();
    let to = browser.post("/api/sign_in", &[("login", "anna")]).await.location().to_owned();
    browser.cookies.clear();
    browser.get(&to).await.assert_text("did not keep our cookies");
});

db_test!(browser_that_keeps_cookies_is_told_nothing_of_them, |t| {
    t.account("anna").await;
    let mut browser = t.browser();
    let silent = |page: &Answer| assert!(!page.words().contains("cookies"), "{}", page.words());
    silent(&browser.get("/sign-in").await);
    browser.headers.push(("sec-fetch-site", "same-origin".to_owned()));
    silent(&browser.get("/register").await);
    silent(&browser.sign_in("anna", "wrong words").await);
    silent(&browser.sign_in("anna", PASSWORD).await);
    // A link on another site, a bookmark, and a form that is a browser's first request.
    for site in ["cross-site", "none"] {
        let mut browser = t.browser();
        browser.headers.push(("sec-fetch-site", site.to_owned()));
        silent(&browser.get("/register").await);
    }
    silent(&t.browser().sign_in("anna", "wrong words").await);
});
