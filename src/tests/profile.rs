//! The profile, and malicious pictures.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};

use super::{
    browser::{Answer, Browser},
    harness::{PASSWORD, TestApp, db_test},
};
use crate::islands::Answer as InPlace;
use crate::islands::EmailsStored;

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

db_test!(picture_is_drawn_anew_small_and_square, |t| {
    let mut browser = signed_in(&t).await;
    assert_eq!(browser.get("/account/picture").await.status, 404);
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let answer = upload(&mut browser, &picture(900, 300, format)).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/account/profile"));
        let shown = browser.get("/account/picture").await;
        assert_eq!(shown.header("content-type"), "image/jpeg");
        assert_eq!(shown.header("cache-control"), "no-store");
        let drawn = image::load_from_memory(&shown.bytes).expect("a picture").to_rgb8();
        assert_eq!(drawn.dimensions(), (256, 256));
        // The middle was cropped: left red, right blue.
        assert!(drawn.get_pixel(20, 128).0[0] > 150 && drawn.get_pixel(236, 128).0[2] > 150);
    }
    let mut stranger = t.browser().json();
    assert_eq!(stranger.get("/account/picture").await.status, 401);
    let fields =
        [("display_name", "Anna"), ("locale", "en"), ("time_zone", ""), ("remove_picture", "on")];
    browser.submit("/api/profile", &fields).await.assert_text("Saved.");
    assert_eq!(browser.get("/account/picture").await.status, 404);
});

db_test!(metadata_is_gone_and_cameras_are_turned_upright, |t| {
    let mut browser = signed_in(&t).await;
    // Exif: orientation 3 (upside down), and a canary in place of a maker's note.
    let exif = [
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\0\0\0\0".as_slice(),
        b"GPS canary 55.7558 37.6173",
    ]
    .concat();
    let jpeg = picture(400, 400, ImageFormat::Jpeg);
    let length = u16::try_from(exif.len() + 2).expect("short").to_be_bytes();
    let file = [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat();
    upload(&mut browser, &file).await;
    let shown = browser.get("/account/picture").await;
    assert!(!shown.body.contains("canary") && !shown.body.contains("Exif"));
    let drawn = image::load_from_memory(&shown.bytes).expect("a picture").to_rgb8();
    assert!(
        drawn.get_pixel(20, 128).0[2] > 150,
        "turned by half a turn: the blue half is on the left now"
    );
});

db_test!(pictures_that_lie_are_refused_and_the_rest_is_kept, |t| {
    let mut browser = signed_in(&t).await;
    let good = png(300, 300);
    let mut truncated = picture(900, 900, ImageFormat::Jpeg);
    truncated.truncate(truncated.len() / 3);
    // A header that claims 30,000 × 30,000 pixels.
    let mut bomb = good.clone();
    bomb[16..20].copy_from_slice(&30_000_u32.to_be_bytes());
    bomb[20..24].copy_from_slice(&30_000_u32.to_be_bytes());
    let crc = crc32(&bomb[12..29]).to_be_bytes();
    bomb[29..33].copy_from_slice(&crc);
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec();
    let html = b"<!doctype html><script>alert(1)</script>".to_vec();
    let gif = b"GIF89a\x01\0\x01\0\0\0\0;".to_vec();
    for (name, file, kind) in [
        ("svg", svg, "picture_unknown"),
        ("html", html, "picture_unknown"),
        ("gif", gif, "picture_unknown"),
        ("truncated png", good[..good.len() / 2].to_vec(), "picture_broken"),
        ("header only", good[..40].to_vec(), "picture_broken"),
        ("bomb", bomb, "picture_too_many_pixels"),
        ("deep colours", deep(6_300), "picture_too_many_pixels"),
        ("too large", vec![0x89; 2 * 1024 * 1024 + 1], "picture_too_large"),
    ] {
        let answer = upload(&mut browser.clone().json(), &file).await;
        assert_eq!(answer.status, 422, "{name}: {answer:?}");
        assert_eq!(answer.field("picture"), kind, "{name}");
    }
    assert_eq!(t.number("SELECT COUNT(*) FROM pictures").await, 0);
    assert_eq!(t.find("anna").await.display_name, None, "all or nothing");
    // A browser receives its form again, with the name that was typed.
    upload(&mut browser, b"nothing").await;
    let page = browser.get("/account/profile").await;
    page.assert_text("This is no PNG, JPEG or WebP picture");
    assert!(page.body.contains(r#"value="Anna""#));
});

db_test!(empty_and_torn_pictures_are_refused_with_the_reason, |t| {
    let mut browser = signed_in(&t).await;
    upload(&mut browser, b"").await;
    browser
        .get("/account/profile")
        .await
        .assert_text("This file is empty. Please choose another one.");
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let whole = picture(900, 900, format);
        for part in [whole.len() / 2, whole.len() * 9 / 10, whole.len() - 3] {
            let answer = upload(&mut browser.clone().json(), &whole[..part]).await;
            assert_eq!(answer.field("picture"), "picture_broken", "{format:?} up to {part}");
        }
        // Data that a camera appends is not part of the picture.
        let more = [&whole[..], b"and a little film"].concat();
        assert_eq!(upload(&mut browser.clone().json(), &more).await.status, 200, "{format:?}");
    }
    // If no file is chosen, there is no picture to check.
    assert_eq!(browser.post("/api/profile", &FIELDS).await.status, 303);
});

/// Returns the header of a PNG with eight bytes a pixel: few enough pixels, but too much memory.
fn deep(side: u32) -> Vec<u8> {
    let mut file = png(300, 300);
    file[16..20].copy_from_slice(&side.to_be_bytes());
    file[20..24].copy_from_slice(&side.to_be_bytes());
    (file[24], file[25]) = (16, 6);
    let crc = crc32(&file[12..29]).to_be_bytes();
    file[29..33].copy_from_slice(&crc);
    file
}

/// The checksum of PNG (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (0_u32.wrapping_sub(crc & 1)))
        })
    })
}

db_test!(two_tabs_the_second_is_told_and_nothing_is_lost, |t| {
    let mut browser = signed_in(&t).await;
    let version = t.find("anna").await.version.to_string();
    let save = |name: &'static str, zone: &'static str| {
        [("display_name", name), ("locale", "en"), ("time_zone", zone), ("version", "")].map(
            |(field, value)| {
                (field, if field == "version" { version.clone() } else { value.to_owned() })
            },
        )
    };
    let mut post = async |fields: [(&str, String); 4]| {
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.submit("/api/profile", &fields).await
    };
    post(save("First", "Europe/Berlin")).await.assert_text("Saved.");
    let answer = post(save("Second", "Asia/Tokyo")).await;
    answer.assert_text("changed in another window");
    answer.assert_text("Saved now: name First, language English, time zone Europe/Berlin.");
    assert!(answer.body.contains(r#"value="Second""#));
    assert_eq!(t.find("anna").await.display_name.as_deref(), Some("First"));
    // The form that came back has the current version: saving again works.
    let now = t.find("anna").await.version.to_string();
    assert!(answer.body.contains(&format!(r#"name="version" value="{now}""#)), "{}", answer.body);
    let mut again = save("Second", "Asia/Tokyo");
    again[3].1 = now;
    post(again).await.assert_text("Saved.");
    assert_eq!(t.find("anna").await.display_name.as_deref(), Some("Second"));
});

db_test!(saved_in_place_it_stays_and_the_next_entry_goes_by_the_new_version, |t| {
    let mut browser = signed_in(&t).await;
    browser.headers.push(("accept", InPlace::MEDIA_TYPE.to_owned()));
    let version = t.find("anna").await.version;
    let mut save = async |name: &str, locale: &str, version: i64, file: &[u8]| {
        let version = version.to_string();
        let fields = [
            ("screen", "/account/profile?from=a-link"),
            ("version", version.as_str()),
            ("locale_was", "en"),
            ("display_name", name),
            ("locale", locale),
            ("time_zone", "Europe/Moscow"),
        ];
        let kind = if file.is_empty() { "application/octet-stream" } else { "image/jpeg" };
        let answer = browser.upload("/api/profile", &fields, ("picture", kind, file)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("content-type"), InPlace::MEDIA_TYPE);
        (answer.json(), browser.cookie("draft"))
    };
    let now = |answer: &Value, name: &str| {
        let all = answer["now"].as_array().cloned().unwrap_or_default();
        let found = all.into_iter().find(|pair| pair[0] == name);
        found.and_then(|pair| pair[1].as_str().map(str::to_owned)).unwrap_or_default()
    };

    let (saved, flash) = save("Anna Kim", "en", version, &png(300, 300)).await;
    assert_eq!((&saved["refusal"], &saved["is_new"]), (&Value::Null, &Value::Bool(false)));
    assert_eq!((&saved["next"], flash), (&json!("/account/profile?from=a-link"), None));
    assert_eq!(now(&saved, "version"), (version + 1).to_string());
    assert_eq!(now(&saved, "initials"), "AK");
    let picture = now(&saved, "picture");
    assert!(picture.starts_with("/account/picture?"), "{picture}");
    assert_eq!(t.find("anna").await.version, version + 1);

    // A second save uses the new version, and without a file the picture stays.
    let (saved, _) = save("Anna", "en", version + 1, b"").await;
    assert_eq!(now(&saved, "version"), (version + 2).to_string());
    assert_eq!(
        (now(&saved, "initials"), now(&saved, "picture")),
        ("A".to_owned(), picture.clone())
    );

    // Errors are reported at their fields.
    let (refused, _) = save(&"x".repeat(65), "en", version + 2, b"none").await;
    let fields = refused["refusal"]["fields"].as_array().expect("fields").clone();
    let fields: Vec<&str> = fields.iter().filter_map(|field| field[0].as_str()).collect();
    assert_eq!(fields, ["display_name", "picture"]);

    // Another tab saved first: what it saved is reported, and saving again is possible.
    let (stale, flash) = save("Second", "en", version, b"").await;
    let summary = stale["refusal"]["summary"].as_str().unwrap_or_default();
    assert!(summary.contains("changed in another window"), "{summary}");
    assert!(summary.contains("name Anna, language English, time zone Europe/Moscow"), "{summary}");
    assert_eq!((now(&stale, "version"), flash), ((version + 2).to_string(), None));
    assert_eq!(t.find("anna").await.display_name.as_deref(), Some("Anna"));
    let (saved, _) = save("Second", "en", version + 2, b"").await;
    assert_eq!(now(&saved, "version"), (version + 3).to_string());

    // In another language it is another page, which shows the notice itself.
    let (saved, flash) = save("Second", "ru", version + 3, b"").await;
    assert_eq!((&saved["next"], &saved["is_new"]), (&json!("/account/profile"), &json!(true)));
    assert!(flash.is_some());
    browser.headers.pop();
    browser.get("/account/profile").await.assert_text("Сохранено.");
});

db_test!(in_place_whoever_was_signed_out_meanwhile_signs_in_first_and_loses_nothing, |t| {
    let mut browser = signed_in(&t).await;
    browser.clone().post("/api/sign_out", &[]).await;
    browser.headers.push(("accept", InPlace::MEDIA_TYPE.to_owned()));
    let fields = [("display_name", "Kept"), ("locale", "en"), ("time_zone", "")];
    let edge = ("picture", "application/octet-stream", b"".as_slice());
    let answer = browser.upload("/api/profile", &fields, edge).await.json();
    let to = "/sign-in?next=%2Faccount%2Fprofile";
    assert_eq!((&answer["next"], &answer["is_new"]), (&json!(to), &json!(true)));
    browser.headers.pop();
    browser.sign_in("anna", PASSWORD).await;
    let page = browser.get("/account/profile").await;
    assert!(page.body.contains(r#"value="Kept""#), "{}", page.body);
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

db_test!(letters_of_choice_can_be_declined_and_those_of_safety_cannot, |t| {
    let mut browser = signed_in(&t).await;
    let page = browser.get("/account/settings/letters").await;
    page.assert_text("cannot be switched off");
    let register = async |n: u32| {
        let fields =
            [("login", "bert"), ("email", "anna@mail.example"), ("password", "blue lamp eight")];
        t.browser().on_network(n).post("/api/register", &fields).await;
    };
    // Turned off: a registration with this address no longer sends an email; each sign-in does.
    browser.submit("/api/letters", &[("signed_in", "on")]).await.assert_text("Saved.");
    register(1).await;
    assert_eq!(t.count("anna@mail.example", "address-in-use").await, 0);
    browser.sign_in("anna", PASSWORD).await;
    browser.post("/api/sign_out", &[]).await;
    browser.sign_in("anna", PASSWORD).await;
    assert_eq!(t.count("anna@mail.example", "signed-in").await, 2);
    // A post cannot turn off the emails that keep the account safe.
    let all = [("new_device", "off"), ("password_changed", "off"), ("version", "1")];
    browser.post("/api/letters", &all).await;
    t.browser().sign_in("anna", PASSWORD).await;
    assert_eq!(t.count("anna@mail.example", "new-device").await, 2);
    let stale = browser.json().post("/api/letters", &[("version", "0")]).await;
    assert_eq!((stale.status.as_u16(), stale.error().as_str()), (409, "changed_elsewhere"));
});

/// Parses the answer to the switches.
fn stored(answer: &Answer) -> EmailsStored {
    assert_eq!(answer.status.as_u16(), 200, "{answer:?}");
    serde_json::from_str(&answer.body).expect("what is stored")
}

fn is_on(stored: &EmailsStored) -> Vec<bool> {
    stored.chosen.iter().map(|(_, is_on)| *is_on).collect()
}

db_test!(switches_are_saved_one_by_one_and_none_undoes_another_tabs, |t| {
    let mut browser = signed_in(&t).await.json();
    let both_on = [("address_in_use", "on"), ("signed_in", "on"), ("version", "0")];
    let first = stored(&browser.post("/api/letter_switch", &both_on).await);
    assert_eq!((is_on(&first), first.version, first.is_stale), (vec![true, true], 1, false));
    // Another tab that was opened before: nothing is saved, and the answer reports what is stored.
    let none = [("version", "0")];
    let late = stored(&browser.post("/api/letter_switch", &none).await);
    assert_eq!((is_on(&late), late.version, late.is_stale), (vec![true, true], 1, true));
    // The same post again, as after a lost answer, is no conflict.
    let again = stored(&browser.post("/api/letter_switch", &both_on).await);
    assert_eq!((is_on(&again), again.version, again.is_stale), (vec![true, true], 1, false));
    let undone = [("address_in_use", "on"), ("version", "1")];
    let undone = stored(&browser.post("/api/letter_switch", &undone).await);
    assert_eq!((is_on(&undone), undone.version, undone.is_stale), (vec![true, false], 2, false));
    let none = stored(&browser.post("/api/letter_switch", &[("version", "2")]).await);
    assert_eq!(is_on(&none), [false, false]);
    browser.post("/api/sign_out", &[]).await;
    let out = browser.post("/api/letter_switch", &[("version", "3")]).await;
    assert_eq!((out.status.as_u16(), out.error().as_str()), (401, "signed_out"));
});
