//! Devices.

use super::{
    browser::Browser,
    harness::{PASSWORD, TestApp, both, spawn_app_with},
};

const ANNA: &str = "anna@mail.example";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0";
const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1";

async fn on(t: &TestApp, agent: &str, network: u32) -> Browser {
    let mut browser = t.browser().on_network(network);
    browser.headers.push(("user-agent", agent.to_owned()));
    browser.sign_in("anna", PASSWORD).await;
    browser
}

/// The ids in the forms of the list: those of the other devices.
async fn ids(browser: &mut Browser) -> Vec<String> {
    let page = browser.get("/account/devices").await;
    page.body
        .split(r#"name="id" value=""#)
        .skip(1)
        .filter_map(|rest| rest.split('"').next().map(str::to_owned))
        .collect()
}

both!(devices_are_listed_with_browser_network_and_times, |t| {
    t.account("anna").await;
    let mut desktop = on(&t, FIREFOX, 1).await;
    t.wait(2 * 60 * 60 * 1000);
    let _phone = on(&t, IPHONE, 2).await;
    let page = desktop.get("/account/devices").await;
    for words in [
        "Firefox, Linux this device",
        "Safari, iPhone",
        "Network 11.0.1.0/24",
        "Network 11.0.2.0/24",
    ] {
        page.says(words);
    }
    page.says("Last used 13 November 2026, 16:03 UTC ; signed in 13 November 2026, 14:03 UTC");
    page.says("Sign out everywhere else");
    assert_eq!(ids(&mut desktop).await.len(), 1, "this one has the button of the side");
});

both!(a7_5_2_one_device_is_signed_out_and_only_ones_own, |t| {
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
    desktop.submit("/api/end_session", &[("id", &id)]).await.says("The device was signed out.");
    assert!(!phone.is_signed_in().await && desktop.is_signed_in().await);
    // Pressed twice, in two tabs: the second is told.
    desktop.submit("/api/end_session", &[("id", &id)]).await.says("was signed out already");
});

both!(a7_4_1_sign_out_everywhere_else_ends_them_on_the_server, |t| {
    t.account("anna").await;
    let mut desktop = on(&t, FIREFOX, 1).await;
    let mut others = [on(&t, IPHONE, 2).await, on(&t, FIREFOX, 3).await];
    desktop.submit("/api/end_other_sessions", &[]).await.says("All other devices were signed out.");
    for other in &mut others {
        assert_eq!(other.clone().json().get("/account").await.status, 401);
    }
    assert!(desktop.is_signed_in().await);
    let page = desktop.get("/account/devices").await;
    assert!(!page.words().contains("Sign out everywhere else"), "there is nobody else");
});

both!(a6_3_5_a6_3_7_new_device_is_told_once, |t| {
    t.account("anna").await;
    let mut desktop = on(&t, FIREFOX, 1).await;
    let letter = t.letter(ANNA, "new-device").await;
    for words in ["Firefox, Linux", "11.0.1.0/24", "anna", "It was not you?", "/recover"] {
        assert!(letter.text.contains(words), "{words:?}: {}", letter.text);
    }
    desktop.post("/api/sign_out", &[]).await;
    desktop.sign_in("anna", PASSWORD).await;
    assert_eq!(t.count(ANNA, "new-device").await, 1, "known from then on");
    on(&t, IPHONE, 2).await;
    assert_eq!(t.count(ANNA, "new-device").await, 2);
    on(&t, IPHONE, 2).await.sign_in("anna", "wrong password").await;
    // Who registers or recovers in a browser gets no such letter for it.
    let mut bert = t.browser();
    let fields = [("login", "bert"), ("email", "bert@mail.example"), ("password", PASSWORD)];
    bert.post("/api/register", &fields).await;
    let code = t.code("bert@mail.example", "confirm-address").await;
    bert.post("/api/register_code", &[("code", &code)]).await;
    bert.post("/api/sign_out", &[]).await;
    bert.sign_in("bert", PASSWORD).await;
    assert_eq!(t.count("bert@mail.example", "new-device").await, 0);
});

both!(place_is_told_where_a_local_file_knows_it, |t| {
    let engine = t.engine();
    let file = t.folder().join("places.mmdb");
    std::fs::write(&file, crate::tests::server::geo::file()).expect("written");
    let t = spawn_app_with(engine, |config| config.geoip_file = Some(file)).await;
    t.account("anna").await;
    let mut desktop = on(&t, FIREFOX, 1).await;
    desktop.get("/account/devices").await.says("Hamburg, Germany, network 11.0.1.0/24");
    assert!(t.letter(ANNA, "new-device").await.text.contains("Hamburg, Germany"));
    desktop.headers.push(("sec-fetch-site", "same-origin".to_owned()));
    desktop.get("/account/devices?lang=ru").await.says("Гамбург, Германия");
    let mut elsewhere = t.browser().on_network(0x3000);
    elsewhere.sign_in("anna", PASSWORD).await;
    elsewhere.get("/account/devices").await.says("Сеть 11.48.0.0/24");
});
