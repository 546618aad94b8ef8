//! The same form posted twice, and many messages posted at once.

use http::StatusCode;

use super::{FIRST, begin, newest_conversation, send, staffed, stored};
use crate::{clock::MILLISECOND, support::conversation, tests::harness::db_test};

db_test!(the_same_post_twice_is_one_message, |t| {
    staffed(&t).await;
    let mut browser = t.browser();
    begin(&mut browser, FIRST).await;
    for _ in 0..3 {
        send(&mut browser, "Once.", "nonce-1").await.assert_text("Once.");
    }
    let many = (0..20).map(|_| {
        let mut tab = browser.clone().json();
        tokio::spawn(async move {
            let fields = [("message", "At the same time."), ("nonce", "nonce-2")];
            tab.post("/api/support_send", &fields).await.status
        })
    });
    for one in many.collect::<Vec<_>>() {
        assert_eq!(one.await.expect("an answer"), StatusCode::OK);
    }
    let texts: Vec<String> = stored(&t).await.into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, [FIRST, "Once.", "At the same time."]);
    // The same words again, this time intended.
    send(&mut browser, "Once.", "nonce-3").await;
    assert_eq!(newest_conversation(&t).await.last_seq, 4);
});

db_test!(messages_are_numbered_without_gaps_however_many_write, |t| {
    staffed(&t).await;
    let mut browser = t.browser();
    begin(&mut browser, FIRST).await;
    let many = (0..12).map(|n| {
        let mut tab = browser.clone().json();
        tokio::spawn(async move {
            let (message, nonce) = (format!("Message {n}"), format!("nonce-{n}"));
            let fields = [("message", message.as_str()), ("nonce", nonce.as_str())];
            tab.post("/api/support_send", &fields).await.status
        })
    });
    for one in many.collect::<Vec<_>>() {
        assert_eq!(one.await.expect("an answer"), StatusCode::OK);
    }
    let id = newest_conversation(&t).await.id;
    let messages = conversation::messages_after(&t.state.db, &id, 0, 100).await.expect("messages");
    assert_eq!(messages.iter().map(|m| m.seq).collect::<Vec<_>>(), (1..=13).collect::<Vec<_>>());
});

db_test!(a_form_of_before_joins_the_conversation_that_is_open, |t| {
    staffed(&t).await;
    let mut browser = t.browser();
    begin(&mut browser, FIRST).await;
    let fields = [("message", "From another tab."), ("nonce", "tab")];
    browser.submit("/api/support_begin", &fields).await.assert_text(FIRST);
    assert_eq!(t.number("SELECT COUNT(*) FROM conversations").await, 1);
});

db_test!(the_same_form_posted_twice_begins_one_conversation, |t| {
    staffed(&t).await;
    let conversations = || t.number("SELECT COUNT(*) FROM conversations");
    let mut browser = t.browser();
    browser.get("/support").await;
    let before = browser.clone();
    begin(&mut browser, FIRST).await;
    // The answer was lost, and the browser posts the same request again.
    let mut again = before.clone();
    begin(&mut again, FIRST).await.assert_text(FIRST);
    assert_eq!(again.cookie("chat"), browser.cookie("chat"));
    assert_eq!((conversations().await, stored(&t).await.len()), (1, 1));
    // Or the page is reloaded; or a second tab was open.
    let mut reloaded = before.clone();
    assert_eq!(reloaded.get("/support").await.location(), "/support");
    reloaded.get("/support").await.assert_text(FIRST);
    assert_eq!(reloaded.cookie("chat"), browser.cookie("chat"));
    let fields = [("message", "From another tab."), ("nonce", "tab")];
    before.clone().submit("/api/support_begin", &fields).await.assert_text(FIRST);
    assert_eq!((conversations().await, stored(&t).await.len()), (1, 2));

    // Ended, and started again: until something is written, the previous conversation is shown.
    browser.submit("/api/support_end", &[]).await;
    browser.get("/support?new").await.assert_text("Your message");
    browser.get("/support").await.assert_text(FIRST);
    t.advance(MILLISECOND);
    let many = (0..5).map(|_| {
        let mut tab = browser.clone().json();
        tokio::spawn(async move {
            let fields = [("message", "At the same time."), ("nonce", "twice")];
            (tab.post("/api/support_begin", &fields).await.status, tab.cookie("chat"))
        })
    });
    let mut cookies = Vec::new();
    for one in many.collect::<Vec<_>>() {
        let (status, cookie) = one.await.expect("an answer");
        assert_eq!(status, StatusCode::OK);
        cookies.push(cookie);
    }
    assert!(cookies.iter().all(|cookie| cookie.is_some() && *cookie == cookies[0]));
    assert_ne!(cookies[0], browser.cookie("chat"));
    assert_eq!(conversations().await, 2);
    let id = newest_conversation(&t).await.id;
    let messages = conversation::messages_after(&t.state.db, &id, 0, 10).await.expect("messages");
    assert_eq!(messages.len(), 1);
});
