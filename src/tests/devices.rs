//! Devices.

use super::{
    browser::Browser,
    harness::{PASSWORD, TestApp, db_test, spawn_app_with},
};

use crate::{
    clock::{MILLISECOND, MINUTE, hours},
    domain::ids::SessionId,
    islands::Answer,
};

const ANNA: &str = "anna@mail.example";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0";
const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1";

/// The form for a name, when it is open.
const OPEN: &str = "<details open class=\"rename\"";

async fn on(t: &TestApp, agent: &str, network: u32) -> Browser {
    let mut browser = t.browser().on_network(network);
    browser.headers.push(("user-agent", agent.to_owned()));
    browser.sign_in("anna", PASSWORD).await;
    browser
}

/// Returns the ids in the forms of the list: those of the other devices.
async fn ids(browser: &mut Browser) -> Vec<String> {
    let page = browser.get("/account/devices").await;
    page.body
        .split(r#"action="/api/end_session""#)
        .skip(1)
        .filter_map(|form| form.split(r#"name="id" value=""#).nth(1))
        .filter_map(|rest| rest.split('"').next().map(str::to_owned))
        .collect()
}

db_test!(devices_are_listed_with_browser_network_and_times, |t| {
    t.account("anna").await;
    let mut desktop = on(&t, FIREFOX, 1).await;
    t.advance(hours(2));
    let _phone = on(&t, IPHONE, 2).await;
    let page = desktop.get("/account/devices").await;
    for words in [
        "Firefox, Linux this device",
        "Safari, iPhone",
        "Network 11.0.1.0/24",
        "Network 11.0.2.0/24",
    ] {
        page.assert_text(words);
    }
    page.assert_text("Active now ; signed in 13 November 2026, 14:03 UTC");
    page.assert_text("Active now ; signed in 13 November 2026, 16:03 UTC");
    page.assert_text("Other devices: 1 Sign out everywhere else");
    assert_eq!(ids(&mut desktop).await.len(), 1, "this one has the button of the side");
});

db_test!(a_device_is_active_until_its_last_use_is_some_minutes_ago, |t| {
    t.account("anna").await;
    let mut desktop = on(&t, FIREFOX, 1).await;
    let mut phone = on(&t, IPHONE, 2).await;
    let active = async |desktop: &mut Browser| {
        desktop.get("/account/devices").await.words().matches("Active now").count()
    };
    t.advance(11 * MINUTE);
    assert_eq!(active(&mut desktop).await, 2);
    t.advance(MILLISECOND);
    assert_eq!(active(&mut desktop).await, 1, "this browser always is");
    let page = desktop.get("/account/devices").await;
    page.assert_text(
        "Last used 13 November 2026, 14:03 UTC ; signed in 13 November 2026, 14:03 UTC",
    );
    phone.get("/account").await;
    assert_eq!(active(&mut desktop).await, 2);
});

db_test!(a_device_is_named_and_shows_its_browser_still, |t| {
    t.account("anna").await;
    let mut desktop = on(&t, FIREFOX, 1).await;
    let mut phone = on(&t, IPHONE, 2).await;
    let id = ids(&mut desktop).await.remove(0);
    // With a bidi override, a line break and invisible characters.
    let typed = "  Anna\u{2019}s\r\nold \u{202e}phone\u{200f} ";
    let page = desktop.submit("/api/name_session", &[("id", &id), ("name", typed)]).await;
    page.assert_text("The name was saved.");
    page.assert_text("Anna\u{2019}s old phone Safari, iPhone Network 11.0.2.0/24");
    assert!(!page.body.contains(OPEN), "the form is closed again");
    phone
        .get("/account/devices")
        .await
        .assert_text("Anna\u{2019}s old phone this device Safari, iPhone");
    // Markup is shown as text.
    let markup = "<b id=\"x\">&lt;";
    let page = desktop.submit("/api/name_session", &[("id", &id), ("name", markup)]).await;
    assert!(!page.body.contains(markup) && page.body.contains("&lt;b id="), "{}", page.body);
    // A name of invisible characters is no name; saving it removes the name.
    for nothing in ["", " \u{200b}\u{2060} "] {
        desktop.post("/api/name_session", &[("id", &id), ("name", "Phone")]).await;
        let page = desktop.submit("/api/name_session", &[("id", &id), ("name", nothing)]).await;
        page.assert_text("The name was removed.");
        page.assert_text("Safari, iPhone Network 11.0.2.0/24");
        assert_eq!(t.number("SELECT COUNT(*) FROM sessions WHERE name IS NOT NULL").await, 0);
    }
    let answer = desktop.clone().json().post("/api/name_session", &[("id", &id)]).await;
    assert_eq!(answer.json(), serde_json::json!({ "next": "/account/devices" }));
});

db_test!(a_name_that_is_too_long_comes_back_in_its_own_row, |t| {
    t.account("anna").await;
    let mut desktop = on(&t, FIREFOX, 1).await;
    on(&t, IPHONE, 2).await;
    let id = ids(&mut desktop).await.remove(0);
    let (fits, long) = ("\u{fc}".repeat(40), "\u{fc}".repeat(41));
    desktop.submit("/api/name_session", &[("id", &id), ("name", &fits)]).await.assert_text(&fits);
    let page = desktop.submit("/api/name_session", &[("id", &id), ("name", &long)]).await;
    page.assert_text("A device name may have 40 characters at most.");
    assert_eq!(page.body.matches(OPEN).count(), 1);
    assert!(page.body.contains(&format!("value=\"{long}\"")), "{}", page.body);
    page.assert_text(&format!("{fits} Safari, iPhone"));
    let answer =
        desktop.clone().json().post("/api/name_session", &[("id", &id), ("name", &long)]).await;
    assert_eq!(
        (answer.status.as_u16(), answer.field("name").as_str()),
        (422, "device_name_too_long")
    );
    // The message is shown once.
    let page = desktop.get("/account/devices").await;
    assert!(!page.words().contains("40 characters at most.") && !page.body.contains(&long));
});

db_test!(a7_5_2_only_ones_own_devices_are_named, |t| {
    t.account("anna").await;
    t.account("bert").await;
    let mut desktop = on(&t, FIREFOX, 1).await;
    on(&t, IPHONE, 2).await;
    let id = ids(&mut desktop).await.remove(0);
    let mut bert = t.browser();
    bert.sign_in("bert", PASSWORD).await;
    let nobodys: SessionId = t.state.random.id(t.now());
    for id in [id.as_str(), nobodys.as_str(), "x", ""] {
        let fields = [("id", id), ("name", "Mine")];
        let answer = bert.clone().json().post("/api/name_session", &fields).await;
        assert_eq!(
            (answer.status.as_u16(), answer.error().as_str()),
            (404, "session_gone"),
            "{id}"
        );
        bert.submit("/api/name_session", &fields).await.assert_text("was signed out already");
    }
    let long = "x".repeat(41);
    bert.submit("/api/name_session", &[("id", &id), ("name", &long)])
        .await
        .assert_text("40 characters");
    let nul = bert.clone().json().post("/api/name_session", &[("id", &id), ("name", "a\0b")]).await;
    assert_eq!((nul.status.as_u16(), nul.error().as_str()), (400, "malformed"));
    let stranger = t.browser().json().post("/api/name_session", &[("id", &id)]).await;
    assert_eq!((stranger.status.as_u16(), stranger.error().as_str()), (401, "signed_out"));
    assert_eq!(t.number("SELECT COUNT(*) FROM sessions WHERE name IS NOT NULL").await, 0);
});

db_test!(a_name_goes_with_its_session_and_stays_through_a_change_of_the_password, |t| {
    t.account("anna").await;
    let mut desktop = on(&t, FIREFOX, 1).await;
    let mut phone = on(&t, IPHONE, 2).await;
    for (browser, name) in [(&mut phone, "My desktop"), (&mut desktop, "My phone")] {
        let id = ids(browser).await.remove(0);
        browser.post("/api/name_session", &[("id", &id), ("name", name)]).await;
    }
    let fields = [
        ("old_password", PASSWORD),
        ("new_password", "blue lamp eight"),
        ("new_password_again", "blue lamp eight"),
    ];
    desktop.post("/api/change_password", &fields).await;
    desktop.get("/account/devices").await.assert_text("My desktop this device");
    let left = "SELECT COUNT(*) FROM sessions WHERE name = 'My phone'";
    assert_eq!(t.number(left).await, 0);
    desktop.post("/api/sign_out", &[]).await;
    desktop.sign_in("anna", "blue lamp eight").await;
    desktop.get("/account/devices").await.assert_text("Firefox, Linux this device");
    assert_eq!(t.number("SELECT COUNT(*) FROM sessions WHERE name IS NOT NULL").await, 0);
});

db_test!(forms_of_devices_that_are_posted_in_place_leave_the_page_where_it_is, |t| {
    t.account("anna").await;
    let mut desktop = on(&t, FIREFOX, 1).await;
    for network in [2, 3] {
        on(&t, IPHONE, network).await;
    }
    let id = ids(&mut desktop).await.remove(0);
    let mut island = desktop.clone();
    island.headers.push(("accept", Answer::MEDIA_TYPE.to_owned()));
    let screen = ("screen", "/account/devices");
    for (path, fields, notice, stored) in [
        (
            "/api/name_session",
            vec![("id", id.as_str()), ("name", " My  phone ")],
            "The name was saved.",
            Some("My phone"),
        ),
        ("/api/name_session", vec![("id", &id), ("name", "")], "The name was removed.", None),
        ("/api/end_session", vec![("id", &id)], "The device was signed out.", None),
        ("/api/end_other_sessions", vec![], "All other devices were signed out.", None),
    ] {
        let fields: Vec<(&str, &str)> = fields.into_iter().chain([screen]).collect();
        let answer = island.post(path, &fields).await;
        let told: Answer = serde_json::from_str(&answer.body).expect("an answer");
        assert_eq!(
            (told.is_new, told.notice.as_deref(), told.stored.as_deref(), told.refusal),
            (false, Some(notice), stored, None),
            "{path}"
        );
    }
    // Two tabs: the second is told why its row disappears.
    let answer = island.post("/api/end_session", &[("id", &id), screen]).await;
    let told: Answer = serde_json::from_str(&answer.body).expect("an answer");
    assert_eq!(told.refusal.map(|refusal| refusal.error).as_deref(), Some("session_gone"));
});

db_test!(a7_5_2_one_device_is_signed_out_and_only_ones_own, |t| {
    t.account("anna").await;
    t.account("bert").await;
    let mut desktop = on(&t, FIREFOX, 1).await;
    let mut phone = on(&t, IPHONE, 2).await;
    let id = ids(&mut desktop).await.remove(0);
    let mut bert = t.browser();
    bert.sign_in("bert", PASSWORD).await;
    let foreign = bert.clone().json().post("/api/end_session", &[("id", &id)]).await;
    assert_eq!((foreign.status.as_u16(), foreign.error().as_str()), (404, "session_gone"));
    assert!(phone.is_signed_in().await);
    desktop
        .submit("/api/end_session", &[("id", &id)])
        .await
        .assert_text("The device was signed out.");
    assert!(!phone.is_signed_in().await && desktop.is_signed_in().await);
    // Pressed in two tabs: the second is told that the device was signed out already.
    desktop.submit("/api/end_session", &[("id", &id)]).await.assert_text("was signed out already");
});

db_test!(a7_4_1_sign_out_everywhere_else_ends_them_on_the_server, |t| {
    t.account("anna").await;
    let mut desktop = on(&t, FIREFOX, 1).await;
    let mut others = [on(&t, IPHONE, 2).await, on(&t, FIREFOX, 3).await];
    desktop
        .submit("/api/end_other_sessions", &[])
        .await
        .assert_text("All other devices were signed out.");
    for other in &mut others {
        assert_eq!(other.clone().json().get("/account").await.status, 401);
    }
    assert!(desktop.is_signed_in().await);
    let page = desktop.get("/account/devices").await;
    assert!(!page.words().contains("Sign out everywhere else"), "there is nobody else");
});

db_test!(a6_3_5_a6_3_7_new_device_is_told_once, |t| {
    t.account("anna").await;
    let mut desktop = on(&t, FIREFOX, 1).await;
    let email = t.email(ANNA, "new-device").await;
    for words in ["Firefox, Linux", "11.0.1.0/24", "anna", "It was not you?", "/recover"] {
        assert!(email.text.contains(words), "{words:?}: {}", email.text);
    }
    desktop.post("/api/sign_out", &[]).await;
    desktop.sign_in("anna", PASSWORD).await;
    assert_eq!(t.count(ANNA, "new-device").await, 1, "known from then on");
    on(&t, IPHONE, 2).await;
    assert_eq!(t.count(ANNA, "new-device").await, 2);
    on(&t, IPHONE, 2).await.sign_in("anna", "wrong password").await;
    // Registration or recovery in a browser sends no such email for it.
    let mut bert = t.browser();
    let fields = [("login", "bert"), ("email", "bert@mail.example"), ("password", PASSWORD)];
    bert.post("/api/register", &fields).await;
    let code = t.code("bert@mail.example", "confirm-address").await;
    bert.post("/api/register_code", &[("code", &code)]).await;
    bert.post("/api/sign_out", &[]).await;
    bert.sign_in("bert", PASSWORD).await;
    assert_eq!(t.count("bert@mail.example", "new-device").await, 0);
});

db_test!(place_is_told_where_a_local_file_knows_it, |t| {
    let engine = t.engine();
    let file = t.folder().join("places.mmdb");
    std::fs::write(&file, crate::tests::server::geo::file()).expect("written");
    let t = spawn_app_with(engine, |config| config.geoip_file = Some(file)).await;
    t.account("anna").await;
    let mut desktop = on(&t, FIREFOX, 1).await;
    desktop.get("/account/devices").await.assert_text("Hamburg, Germany, network 11.0.1.0/24");
    assert!(t.email(ANNA, "new-device").await.text.contains("Hamburg, Germany"));
    desktop.headers.push(("sec-fetch-site", "same-origin".to_owned()));
    desktop.get("/account/devices?lang=ru").await.assert_text("Гамбург, Германия");
    let mut elsewhere = t.browser().on_network(0x3000);
    elsewhere.sign_in("anna", PASSWORD).await;
    elsewhere.get("/account/devices").await.assert_text("Сеть 11.48.0.0/24");
});
