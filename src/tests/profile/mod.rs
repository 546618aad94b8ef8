//! The profile, and malicious pictures.

mod letters;
mod pictures;
mod saving;

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use super::{
    browser::{Answer, Browser},
    harness::{PASSWORD, TestApp, db_test},
};

async fn signed_in(t: &TestApp) -> Browser {
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    browser
}

fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let half = |x: u32, _: u32| if x < width / 2 { Rgb([200, 30, 30]) } else { Rgb([30, 30, 200]) };
    let mut file = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, half))
        .write_to(&mut file, format)
        .expect("a picture");
    file.into_inner()
}

pub(super) fn png(width: u32, height: u32) -> Vec<u8> {
    picture(width, height, ImageFormat::Png)
}

const FIELDS: [(&str, &str); 3] = [("display_name", "Anna"), ("locale", "en"), ("time_zone", "")];

async fn upload(browser: &mut Browser, file: &[u8]) -> Answer {
    browser.upload("/api/profile", &FIELDS, ("picture", "image/png", file)).await
}

db_test!(profile_is_saved_and_greets_by_name, |t| {
    let mut browser = signed_in(&t).await;
    browser.get("/account/profile").await.assert_text("Change password");
    let fields = [
        ("display_name", "  Анна \u{1f98a} Арбат "),
        ("locale", "ru"),
        ("time_zone", "Europe/Moscow"),
    ];
    let answer = browser.submit("/api/profile", &fields).await;
    answer.assert_text("Сохранено.");
    browser.get("/account").await.assert_text("Здравствуйте, Анна \u{1f98a} Арбат!");
    let anna = t.find("anna").await;
    assert_eq!((anna.time_zone(), anna.locale().tag()), (Some("Europe/Moscow"), "ru"));
    // Times use the new zone: 14:03 UTC is 17:03 in Moscow.
    browser.get("/account/activity").await.assert_text("17:03 MSK");
});

db_test!(names_with_everything_in_them, |t| {
    let mut browser = signed_in(&t).await;
    let mut save = async |name: &str| {
        let fields = [("display_name", name), ("locale", "en"), ("time_zone", "")];
        let answer = browser.clone().json().post("/api/profile", &fields).await;
        (answer.field("display_name"), browser.get("/account").await)
    };
    for (typed, kept) in [
        ("\u{10348}\u{1d11e}\u{1f600}", "\u{10348}\u{1d11e}\u{1f600}"),
        ("An\u{202e}na\u{2066}\u{200f}", "Anna"),
        ("one\r\ntwo\tthree", "one two three"),
        ("Zoe\u{308}", "Zo\u{eb}"),
        ("e\u{301}".repeat(64).as_str(), "\u{e9}".repeat(64).as_str()),
    ] {
        let (refused, page) = save(typed).await;
        assert_eq!(refused, "");
        page.assert_text(&format!("Hello, {kept}"));
    }
    for long in ["x".repeat(65), "\u{1f600}".repeat(65), "x".repeat(10_000)] {
        assert_eq!(save(&long).await.0, "display_name_too_long");
    }
    let (_, page) = save("<script>alert(1)</script>").await;
    assert!(!page.body.contains("<script>alert"));
    save(" \u{200b}\u{202e} ").await.1.assert_text("Hello, anna");
});

db_test!(unknown_language_and_time_zone_are_refused_at_their_fields, |t| {
    let mut browser = signed_in(&t).await.json();
    let fields = [("display_name", ""), ("locale", "xx"), ("time_zone", "Mars/Olympus")];
    let answer = browser.post("/api/profile", &fields).await;
    assert_eq!(answer.field("locale"), "language_unknown");
    assert_eq!(answer.field("time_zone"), "time_zone_unknown");
    for evil in ["../../etc/passwd", "posix/Europe/Berlin", "europe/berlin"] {
        let fields = [("display_name", ""), ("locale", "en"), ("time_zone", evil)];
        let answer = browser.post("/api/profile", &fields).await;
        assert_eq!(answer.field("time_zone"), "time_zone_unknown", "{evil}");
    }
    // Refused before any field is read.
    let fields = [("display_name", ""), ("locale", "en"), ("time_zone", "Europe/Berlin\0")];
    let answer = browser.post("/api/profile", &fields).await;
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (400, "malformed"));
});

db_test!(time_zones_by_their_older_names_are_taken, |t| {
    use crate::domain::format::{self, Zone};
    let mut browser = signed_in(&t).await;
    // In India it is 19:33, in Kyiv 16:03.
    for (zone, clock) in
        [("Asia/Calcutta", "19:33"), ("Europe/Kiev", "16:03"), ("Etc/UTC", "14:03")]
    {
        let fields = [("display_name", ""), ("locale", "en"), ("time_zone", zone)];
        browser.submit("/api/profile", &fields).await.assert_text("Saved.");
        assert_eq!(t.find("anna").await.time_zone(), Some(zone));
        browser.get("/account/activity").await.assert_text(clock);
        let page = browser.get("/account/profile").await;
        let chosen = format!(r#"<option value="{zone}" selected"#);
        assert!(page.body.contains(&chosen), "{zone} is not chosen: {}", page.body);
    }
    // They come from the bundled database, whatever the distribution has.
    for zone in ["Asia/Calcutta", "Asia/Kolkata", "Europe/Kiev", "Europe/Kyiv"] {
        assert!(Zone::names().split(' ').any(|name| name == zone), "{zone}");
    }
    let kyiv = Zone::parse("Europe/Kiev").expect("a zone");
    assert_eq!(format::clock(&kyiv, crate::tests::harness::START), "16:03 EET");
});

db_test!(a_stored_time_zone_is_never_dropped, |t| {
    let mut browser = signed_in(&t).await;
    // As a newer version, or another release of the time zone database, may have stored it.
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let sql = "UPDATE accounts SET time_zone = 'Mars/Olympus_Mons'";
    tx.execute(sql, crate::args![]).await.expect("done");
    tx.commit().await.expect("a commit");
    let page = browser.get("/account/profile").await;
    let chosen = r#"<option value="Mars/Olympus_Mons" selected"#;
    assert!(page.body.contains(chosen), "{}", page.body);
    // Saving sends it along, and when another field is refused it is not lost.
    let fields = [("display_name", "Anna"), ("locale", "en"), ("time_zone", "Mars/Olympus_Mons")];
    browser.submit("/api/profile", &fields).await.assert_text("Saved.");
    assert_eq!(t.find("anna").await.time_zone(), Some("Mars/Olympus_Mons"));
    let fields = [("display_name", "Anna"), ("locale", "en"), ("time_zone", "Mars/Gale")];
    let refused = browser.clone().json().post("/api/profile", &fields).await;
    assert_eq!(refused.field("time_zone"), "time_zone_unknown");
    // Another zone can be chosen.
    let fields = [("display_name", "Anna"), ("locale", "en"), ("time_zone", "Europe/Moscow")];
    browser.submit("/api/profile", &fields).await.assert_text("Saved.");
    assert_eq!(t.find("anna").await.time_zone(), Some("Europe/Moscow"));
});

db_test!(a3_5_only_forms_are_read_and_only_one_may_bring_a_file, |t| {
    let mut browser = signed_in(&t).await;
    let mut elsewhere = browser.clone();
    let answer = elsewhere.upload("/api/sign_out", &[], ("x", "image/png", b"x")).await;
    assert_eq!(answer.status, 400);
    browser.headers.push(("content-type", "text/plain".to_owned()));
    assert_eq!(browser.post("/api/profile", &FIELDS).await.status, 400);
    browser.headers.pop();
    browser.headers.push(("sec-fetch-site", "cross-site".to_owned()));
    assert_eq!(upload(&mut browser, b"x").await.status, 403);
    assert_eq!(t.find("anna").await.display_name, None);
    // Nothing that a stranger sends here is read, and a form without a picture has the small limit for everyone.
    let pairs = "&a".repeat(1 << 19);
    let mut stranger = t.browser().json();
    let answer = stranger.request(http::Method::POST, "/api/profile", Some(pairs.clone())).await;
    assert_eq!(answer.status, 401);
    browser.headers.pop();
    let answer =
        browser.clone().json().request(http::Method::POST, "/api/profile", Some(pairs)).await;
    assert_eq!(answer.status, 413);
    // Other forms keep the small limit.
    let mut large = t.browser();
    let long = "x".repeat(100_000);
    assert_eq!(large.post("/api/sign_in", &[("login", long.as_str())]).await.status, 413);
});

db_test!(language_switched_in_another_tab_is_not_switched_back, |t| {
    let mut browser = signed_in(&t).await;
    browser.get("/account/profile").await;
    browser.clone().post("/api/language", &[("lang", "ru"), ("screen", "/account")]).await;
    let fields =
        [("display_name", "Anna"), ("locale", "en"), ("locale_was", "en"), ("time_zone", "")];
    browser.post("/api/profile", &fields).await;
    let anna = t.find("anna").await;
    assert_eq!((anna.locale().tag(), anna.display_name.as_deref()), ("ru", Some("Anna")));
});
