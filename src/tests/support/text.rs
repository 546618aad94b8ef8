//! What users write, and what attackers try to have executed.

use http::StatusCode;
use serde_json::json;

use super::{answer, begin, begin_about, last_stored, newest_conversation, send, staffed};
use crate::{
    args,
    domain::{
        accounts::Role,
        values::{MessageProblem, MessageText},
    },
    islands::Answer as InPlace,
    tests::harness::db_test,
};

const PAYLOADS: [&str; 8] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</textarea><script>alert(1)</script>",
    "\"><svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{7*7}} ${7*7} <%= 7*7 %>",
    "</div></div><form action=https://evil.example>",
    "<!--<script>--><b>x",
];

db_test!(a1_3_2_messages_are_text_and_nothing_runs, |t| {
    staffed(&t).await;
    let mut browser = t.browser();
    begin(&mut browser, PAYLOADS[0]).await;
    for (number, payload) in PAYLOADS.iter().enumerate() {
        send(&mut browser, payload, &format!("nonce-{number}")).await;
        assert_eq!(last_stored(&t).await, *payload, "it is kept as it was written");
        answer(&t, payload).await;
    }
    let page = browser.get("/support").await;
    let log = page.body.split("id=\"log\"").nth(1).expect("a log");
    let log = log.split("id=\"chat-status\"").next().unwrap_or_default();
    for evil in ["<script", "<img src=x", "<svg onload", "<form", "<b>", "<!--<"] {
        assert!(!log.contains(evil), "{evil}");
    }
    assert!(log.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(!log.contains("href=\"javascript"), "links are shown, never made");

    // The same in the live stream.
    let mut stream = browser.listen("/support/stream", "").await;
    let payloads = PAYLOADS.iter().flat_map(|payload| [payload; 2]);
    for payload in std::iter::once(&PAYLOADS[0]).chain(payloads) {
        let event = stream.next().await.expect("an event");
        let mut message = event.json()["Message"].clone();
        assert_eq!(message["text"].take(), *payload, "it is a text, and shown as one");
        assert!(!message.to_string().contains(['<', '>']), "nothing else is of the writer");
    }
});

db_test!(refused_text_comes_back_as_text, |t| {
    staffed(&t).await;
    let mut browser = t.browser();
    let fields =
        [("message", "</textarea><script>alert(1)</script>&amp;"), ("account", &"x".repeat(300))];
    let page = browser.submit("/api/support_begin", &fields).await;
    assert!(
        page.body.contains(">&lt;/textarea>&lt;script>alert(1)&lt;/script>&amp;amp;</textarea>")
    );
    let empty = browser.get("/support").await;
    assert!(empty.body.contains("></textarea>"), "nothing stands in an empty field");
});

db_test!(a1_3_2_what_a_shopper_typed_is_text_in_the_boxes_of_the_console, |t| {
    staffed(&t).await;
    let evil = "</textarea><form action=https://evil.example>";
    begin_about(&mut t.browser(), "Hello", evil).await;
    let id = newest_conversation(&t).await.id;
    let olga = t.staff("olga", Role::Operator).await;
    let mut console = t.staff_browser(&olga).await;
    let canned = [("answer_locale", "en"), ("title", "Hello"), ("text", "Hello {login}")];
    console.submit("/api/operator_canned", &canned).await;
    let (canned,): (String,) = t
        .state
        .db
        .fetch_one("SELECT id FROM canned_answers", args![])
        .await
        .expect("a canned answer");
    let inserted = console.get(&format!("/operator?open={id}&into={id}&canned={canned}")).await;
    assert!(
        inserted.body.contains("&lt;/textarea>&lt;form action=https://evil.example></textarea>")
    );

    // Text typed into other fields, which comes back after a switch of the language.
    for (screen, name) in
        [(format!("/operator?open={id}"), "note"), ("/operator/answers".to_owned(), "text")]
    {
        let fields = [("lang", "ru"), ("screen", &*screen), (name, evil)];
        let page = console.submit("/api/language", &fields).await;
        assert!(!page.body.contains("</textarea><form"), "{name} on {screen}");
    }
});

db_test!(ten_thousand_characters_are_refused_and_kept, |t| {
    staffed(&t).await;
    let mut browser = t.browser();
    let long = "ж".repeat(10_000);
    let edge = ("picture", "application/octet-stream", b"".as_slice());
    let fields = [("topic", "order"), ("account", "anna"), ("message", long.as_str())];
    let page = browser.upload("/api/support_begin", &fields, edge).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.assert_text("A message may have 4,000 characters at most.");
    assert!(page.body.contains(&format!(">{long}</textarea>")), "nothing typed is lost");
    assert!(
        page.body.contains("value=\"anna\"")
            && page.body.contains("<option value=\"order\" selected")
    );
    // The language switch leads back to the chat.
    assert!(page.body.contains("name=\"screen\" value=\"/support\""));

    begin(&mut browser, "Hello").await;
    let fields = [("message", long.as_str()), ("nonce", "long")];
    let page = browser.upload("/api/support_send", &fields, edge).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains(&format!(">{long}</textarea>")) && page.body.contains(">Hello<"));
    let json = browser.clone().json().upload("/api/support_send", &fields, edge).await;
    assert_eq!((json.status.as_u16(), json.field("message").as_str()), (422, "message_too_long"));
    assert_eq!(last_stored(&t).await, "Hello");

    // A short one is redirected as usual.
    let page = browser.submit("/api/support_send", &[("message", " \u{202e} \n")]).await;
    page.assert_text("Please write something, or add a picture.");
    let most = "🦊".repeat(4_000);
    let sent = browser.upload("/api/support_send", &[("message", most.as_str())], edge).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    assert_eq!(last_stored(&t).await, most);
});

db_test!(message_posted_in_place_is_answered_in_words_and_comes_back_under_its_nonce, |t| {
    staffed(&t).await;
    let mut browser = t.browser();
    begin(&mut browser, "Hello").await;
    let mut island = browser.clone();
    island.headers.push(("accept", InPlace::MEDIA_TYPE.to_owned()));
    let edge = ("picture", "application/octet-stream", b"".as_slice());
    let mut post = async |message: &str, nonce: &str| {
        let fields = [("screen", "/support"), ("message", message), ("nonce", nonce)];
        let answer = island.upload("/api/support_send", &fields, edge).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        assert_eq!(island.cookie("draft"), None, "nothing has to travel");
        answer.json()
    };
    let sent = post("In place.", "in-place").await;
    assert_eq!((&sent["next"], &sent["refusal"]), (&json!("/support"), &json!(null)));
    let refused = post(&"x".repeat(10_000), "long").await["refusal"].clone();
    assert_eq!(refused["error"], "message_too_long");
    let words =
        "A message may have 4,000 characters at most. Please shorten it, or send it in parts.";
    assert_eq!(refused["fields"], json!([["message", words]]));
    assert_eq!(last_stored(&t).await, "In place.");

    answer(&t, "An answer.").await;
    let mut stream = browser.listen("/support/stream", "").await;
    let own = stream.until("In place.").await.json()["Message"].clone();
    assert_eq!((&own["is_own"], &own["nonce"]), (&json!(true), &json!("in-place")));
    let answered = stream.until("An answer.").await.json()["Message"].clone();
    assert_eq!((&answered["is_own"], &answered["nonce"]), (&json!(false), &json!(null)));
    // No page shows a message as pending.
    let page = browser.get("/support").await;
    assert!(page.body.contains("In place.") && !page.body.contains("in-place"));

    // A browser without a conversation, or no longer with one, is sent to a page.
    let mut stranger = t.browser();
    stranger.headers = island.headers.clone();
    let gone = stranger.post("/api/support_send", &[("message", "Hello")]).await.json();
    assert_eq!(gone["refusal"]["error"], "not_found");
});

db_test!(a_flash_of_usual_length_survives_the_language_switch, |t| {
    staffed(&t).await;
    let mut browser = t.browser();
    let text = "Я не могу войти. ".repeat(50);
    let fields =
        [("lang", "ru"), ("screen", "/support"), ("message", text.as_str()), ("account", "anna")];
    let page = browser.submit("/api/language", &fields).await;
    page.assert_text("Чат поддержки");
    assert!(page.body.contains(&text) && page.body.contains("value=\"anna\""));
});

#[test]
fn messages_are_tidied_and_never_cut() {
    let text = |typed: &str| MessageText::parse(typed).map(|text| text.as_str().to_owned());
    for (typed, kept) in [
        ("  Hello\r\nworld\t! \n", "Hello\nworld\t!"),
        ("a\u{202e}b\u{2066}c\u{2069}d\u{202c}", "abcd"),
        ("bell\u{7}null\0escape\u{1b}[31m", "bellnullescape[31m"),
        ("Zoe\u{308}", "Zo\u{eb}"),
        // What right-to-left scripts and emoji sequences need stays.
        ("\u{05e9}\u{200f}!", "\u{05e9}\u{200f}!"),
        (
            "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
            "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
        ),
    ] {
        assert_eq!(text(typed), Ok(kept.to_owned()));
    }
    for nothing in ["", " \n\t ", "\u{200b}\u{202e}\u{feff}", "\0\u{7}"] {
        assert_eq!(text(nothing), Err(MessageProblem::Missing));
    }
    assert_eq!(text(&"x".repeat(4_001)), Err(MessageProblem::TooLong));
    assert_eq!(text(&format!("  {}  ", "x".repeat(4_000))), Ok("x".repeat(4_000)));
}
