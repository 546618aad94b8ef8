//! Saving in two tabs, and in place.

use serde_json::{Value, json};

use super::{png, signed_in};
use crate::{
    islands::Answer as InPlace,
    tests::harness::{PASSWORD, db_test},
};

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
