//! Screenshots, and malicious pictures.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::body::{Body, Bytes};
use http::{Request, StatusCode, header};
use image::{GenericImageView as _, ImageFormat};
use tower::ServiceExt as _;

use super::{FIRST, begin, newest_conversation, staffed, stored};
use crate::{
    args,
    clock::{MILLISECOND, MINUTE},
    domain::accounts::Role,
    tests::{
        browser::{Answer, Browser},
        harness::{PASSWORD, TestApp, db_test},
        profile::png,
    },
};

async fn upload(browser: &mut Browser, message: &str, nonce: &str, file: &[u8]) -> Answer {
    let fields = [("message", message), ("nonce", nonce)];
    browser.upload("/api/support_send", &fields, ("picture", "image/png", file)).await
}

async fn newest(t: &TestApp) -> String {
    let sql = "SELECT id FROM message_pictures ORDER BY id DESC LIMIT 1";
    let (id,): (String,) = t.state.db.fetch_one(sql, args![]).await.expect("a picture");
    format!("/support/picture/{id}")
}

db_test!(a7_3_1_pictures_that_arrive_keep_nobody_signed_in, |t| {
    staffed(&t).await;
    let mut browser = t.browser();
    begin(&mut browser, FIRST).await;
    upload(&mut browser, "", "picture", &png(30, 20)).await;
    let path = newest(&t).await;
    let olga = t.staff("olga", Role::Operator).await;
    let mut console = t.staff_browser(&olga).await;
    // An open console may load the picture of each new message while the operator is away.
    for _ in 0..2 {
        t.advance(14 * MINUTE);
        assert_eq!(console.get(&path).await.status, StatusCode::OK);
    }
    t.advance(2 * MINUTE);
    assert_eq!(console.get(&path).await.status, StatusCode::NOT_FOUND);
    assert!(!console.is_signed_in().await);
});

db_test!(pictures_are_drawn_anew_and_seen_by_their_shopper_and_the_staff_only, |t| {
    staffed(&t).await;
    let mut browser = t.browser();
    begin(&mut browser, FIRST).await;
    let sent = upload(&mut browser, "", "picture", &png(3_000, 1_500)).await;
    assert_eq!((sent.status, sent.location()), (StatusCode::SEE_OTHER, "/support"));
    let path = newest(&t).await;
    assert!(browser.get("/support").await.body.contains(&format!("src=\"{path}\"")));
    let shown = browser.get(&path).await;
    assert_eq!(shown.header("content-type"), "image/jpeg");
    assert_eq!(shown.header("cache-control"), "no-store");
    assert_eq!(shown.header("x-content-type-options"), "nosniff");
    assert!(shown.header("content-security-policy").contains("sandbox"));
    let drawn = image::load_from_memory_with_format(&shown.bytes, ImageFormat::Jpeg);
    assert_eq!(drawn.expect("a JPEG").dimensions(), (1_600, 800));
    // A small picture keeps its size.
    t.advance(MILLISECOND);
    upload(&mut browser, "Small", "small", &png(30, 20)).await;
    let small = browser.get(&newest(&t).await).await;
    let small = image::load_from_memory(&small.bytes).expect("a picture");
    assert_eq!(small.dimensions(), (30, 20));

    // Nobody else can load it: no stranger, no shopper with another conversation, no operator without a staff session.
    let mut stranger = t.browser();
    assert_eq!(stranger.get(&path).await.status, StatusCode::NOT_FOUND);
    begin(&mut stranger, "Hello").await;
    assert_eq!(stranger.get(&path).await.status, StatusCode::NOT_FOUND);
    let olga = t.staff("olga", Role::Operator).await;
    let mut at_home = t.browser();
    at_home.sign_in("olga", PASSWORD).await;
    assert_eq!(at_home.get(&path).await.status, StatusCode::NOT_FOUND);
    let mut at_work = t.staff_browser(&olga).await;
    assert_eq!(at_work.get(&path).await.status, StatusCode::OK);
    assert_eq!(at_work.get("/support/picture/none").await.status, StatusCode::NOT_FOUND);
});

db_test!(pictures_that_lie_are_refused_with_the_text_kept, |t| {
    staffed(&t).await;
    let mut browser = t.browser();
    begin(&mut browser, FIRST).await;
    let html = b"<html><script>alert(1)</script></html>".as_slice();
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>".as_slice();
    let gif = b"GIF89a\x01\0\x01\0\0\0\0;".as_slice();
    let mut truncated = png(900, 900);
    truncated.truncate(truncated.len() / 2);
    let polyglot = [png(30, 30), html.to_vec()].concat();
    let large = vec![0_u8; 5 * 1024 * 1024 + 1];
    for (file, kind) in [
        (html, "picture_unknown"),
        (svg, "picture_unknown"),
        (gif, "picture_unknown"),
        (&truncated, "picture_broken"),
        (&large, "attachment_too_large"),
    ] {
        let json = upload(&mut browser.clone().json(), "Look:", "nonce", file).await;
        assert_eq!((json.status.as_u16(), json.field("picture").as_str()), (422, kind));
    }
    let back = upload(&mut browser, "Look here:", "nonce", html).await;
    assert_eq!(back.location(), "/support");
    let page = browser.get("/support").await;
    page.assert_text("This is no PNG, JPEG or WebP picture.");
    assert!(page.body.contains(">Look here:</textarea>"));
    assert_eq!(stored(&t).await.len(), 1);

    // Data behind a real picture does not survive re-encoding.
    upload(&mut browser, "", "poly", &polyglot).await;
    let shown = browser.get(&newest(&t).await).await;
    assert!(!shown.body.contains("script") && shown.bytes.starts_with(&[0xff, 0xd8]));
});

db_test!(picture_sent_twice_is_kept_once, |t| {
    staffed(&t).await;
    let mut browser = t.browser();
    begin(&mut browser, FIRST).await;
    for _ in 0..3 {
        upload(&mut browser, "Once", "once", &png(30, 30)).await;
    }
    assert_eq!(t.number("SELECT COUNT(*) FROM message_pictures").await, 1);
    assert_eq!(newest_conversation(&t).await.last_seq, 2);
    // The first message may have one, too.
    let mut another = t.browser();
    let fields = [("topic", "order"), ("message", ""), ("nonce", "a")];
    let file = ("picture", "image/png", png(30, 30));
    let begun = another.upload("/api/support_begin", &fields, (file.0, file.1, &file.2)).await;
    assert_eq!(begun.location(), "/support");
    assert!(another.get("/support").await.body.contains("/support/picture/"));
});

db_test!(a_form_of_strangers_takes_no_more_memory_than_its_text, |t| {
    staffed(&t).await;
    let picture = png(30, 30);
    let file = || ("picture", "image/png", picture.as_slice());
    let begin = "/api/support_begin";
    let mut stranger = t.browser().json();
    let many: Vec<(String, String)> =
        (0..1_000).map(|n| (format!("field{n}"), "x".to_owned())).collect();
    let many: Vec<(&str, &str)> =
        many.iter().map(|(name, v)| (name.as_str(), v.as_str())).collect();
    let four_kb = "x".repeat(4 * 1024);
    let heavy = [("message", four_kb.as_str()); 20];
    for fields in [many.as_slice(), &heavy] {
        for refused in
            [stranger.upload(begin, fields, file()).await, stranger.post(begin, fields).await]
        {
            let answer = (refused.status, refused.error());
            assert_eq!(answer, (StatusCode::PAYLOAD_TOO_LARGE, "too_large".to_owned()));
        }
    }
    // The name of a field counts as text, too.
    let long_name = "x".repeat(70 * 1024);
    let refused = stranger.upload(begin, &[(&long_name, "")], file()).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(stored(&t).await.is_empty());
    // As many fields as a form may have, and a message of the maximum length.
    let mut fields = many[..29].to_vec();
    let long = "\u{416}".repeat(4_000);
    fields.extend([("message", long.as_str()), ("nonce", "first")]);
    let begun = stranger.upload(begin, &fields, file()).await;
    assert_eq!(begun.status, StatusCode::OK, "{begun:?}");
    assert_eq!(stored(&t).await.len(), 1);
});

db_test!(without_a_conversation_no_picture_is_read, |t| {
    const EDGE: &str = "edge";
    staffed(&t).await;
    let read = Arc::new(AtomicUsize::new(0));
    let head = format!(
        "--{EDGE}\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a.png\"\r\n\r\n"
    );
    let chunks = std::iter::once(Bytes::from(head))
        .chain(std::iter::repeat_n(Bytes::from(vec![0; 16 * 1024]), 64))
        .chain(std::iter::once(Bytes::from(format!("\r\n--{EDGE}--\r\n"))));
    let counted = Arc::clone(&read);
    let chunks = chunks.map(move |chunk| {
        counted.fetch_add(chunk.len(), Ordering::Relaxed);
        Ok::<_, Infallible>(chunk)
    });
    let request = Request::post("/api/support_send")
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={EDGE}"))
        .body(Body::from_stream(futures::stream::iter(chunks)))
        .expect("a request");
    let answer = t.router.clone().oneshot(request).await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    let read = read.load(Ordering::Relaxed);
    assert!(read < 128 * 1024, "{read} bytes of a megabyte were read");

    // What was typed is not lost when the conversation is over for this browser.
    let mut browser = t.browser();
    let sent = browser.submit("/api/support_send", &[("message", "Still there?")]).await;
    assert!(sent.body.contains(">Still there?</textarea>"));
    let fields = [("message", "And now?")];
    let nothing = ("picture", "application/octet-stream", [].as_slice());
    browser.upload("/api/support_send", &fields, nothing).await;
    assert!(browser.get("/support").await.body.contains(">And now?</textarea>"));
});
