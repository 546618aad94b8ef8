//! Who finds which conversation: by cookie, by account, after sign-out and deletion.

use http::StatusCode;

use super::{FIRST, begin, begin_about, newest_conversation, send, staffed, stored};
use crate::{
    account::deletion::purge,
    clock::{DAY, MILLISECOND},
    server,
    tests::{
        harness::{PASSWORD, db_test},
        profile::png,
    },
};

db_test!(a8_2_2_strangers_find_no_conversation_stream_or_picture, |t| {
    staffed(&t).await;
    let mut browser = t.browser();
    begin(&mut browser, FIRST).await;
    let id = newest_conversation(&t).await.id;

    let mut stranger = t.browser();
    let page = stranger.get("/support").await;
    assert!(!page.body.contains(FIRST) && !page.body.contains("role=\"log\""));
    let forged = crate::security::Token::new(&t.state.random).expose_secret();
    for cookie in ["", "nonsense", &forged, &id] {
        stranger.set_cookie("chat", cookie);
        let mut json = stranger.clone().json();
        assert_eq!(stranger.listen("/support/stream", "").await.status, StatusCode::NOT_FOUND);
        let sent = json.post("/api/support_send", &[("message", "Hello"), ("nonce", "x")]).await;
        assert_eq!(sent.status, StatusCode::NOT_FOUND, "{cookie}");
        for action in ["end", "typing", "seen", "email", "email_resend", "email_code", "email_off"]
        {
            let refused = json.post(&format!("/api/support_{action}"), &[]).await;
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{action}");
        }
    }
    // Nor does an id in the address help.
    for path in [format!("/support?id={id}"), format!("/support?conversation={id}")] {
        assert!(!stranger.get(&path).await.body.contains(FIRST));
    }
    assert_eq!(stored(&t).await.len(), 1);
});

db_test!(signed_in_shoppers_find_it_on_every_device_and_nobody_else_does, |t| {
    staffed(&t).await;
    let anna = t.account("anna").await;
    t.account("bert").await;
    let mut laptop = t.browser();
    laptop.sign_in("anna", PASSWORD).await;
    laptop.get("/support").await.assert_text("About your account anna");
    begin_about(&mut laptop, FIRST, "bert").await;
    let begun = newest_conversation(&t).await;
    // Not the typed one: a signed-in user asks about their own account.
    assert_eq!(begun.claimed_id.as_deref(), Some(&*anna.id));
    laptop.get("/account/activity").await.assert_text("Wrote to support");

    let mut phone = t.browser();
    phone.sign_in("anna", PASSWORD).await;
    phone.get("/support").await.assert_text(FIRST);
    send(&mut phone, "From the phone.", "phone").await;
    laptop.get("/support").await.assert_text("From the phone.");

    // Bert in Anna's browser: the cookie is there, but he must not read what she wrote signed in.
    laptop.submit("/api/sign_out", &[]).await;
    laptop.sign_in("bert", PASSWORD).await;
    assert!(!laptop.get("/support").await.body.contains(FIRST));
    assert_eq!(laptop.listen("/support/stream", "").await.status, StatusCode::NOT_FOUND);
    // Nor is it shown to the next signed-out user: it appears once Anna signs in again.
    laptop.submit("/api/sign_out", &[]).await;
    let page = laptop.get("/support").await;
    page.assert_text("A conversation from your account shows again once you sign in.");
    assert!(page.body.contains("href=\"/sign-in?next=%2Fsupport\"") && !page.body.contains(FIRST));
    let mut back = laptop.clone();
    back.sign_in("anna", PASSWORD).await;
    back.get("/support").await.assert_text(FIRST);
    // On another person's computer a conversation can be forgotten.
    laptop
        .submit("/api/support_leave", &[])
        .await
        .assert_text("This browser no longer shows the conversation.");
    let later = laptop.get("/support").await;
    assert!(!later.body.contains(FIRST) && !later.words().contains("shows again"));
    phone.get("/support").await.assert_text(FIRST);
});

db_test!(a7_4_1_what_was_written_signed_in_does_not_outlive_the_session, |t| {
    staffed(&t).await;
    t.account("anna").await;
    let mut thief = t.browser();
    thief.sign_in("anna", PASSWORD).await;
    let fields = [("message", FIRST), ("nonce", "one")];
    thief.upload("/api/support_begin", &fields, ("picture", "image/png", &png(30, 20))).await;
    let begun = newest_conversation(&t).await;
    let (picture,): (String,) = t
        .state
        .db
        .fetch_one("SELECT id FROM message_pictures", crate::args![])
        .await
        .expect("a picture");
    let picture = format!("/support/picture/{picture}");
    assert_eq!(thief.get(&picture).await.status, StatusCode::OK);

    // A new password ends the thief's session; the chat cookie remains.
    let mut anna = t.browser().on_network(1);
    anna.ask_for_code("anna").await;
    let code = t.code("anna@mail.example", "recovery-code").await;
    anna.enter_code(&code).await;
    anna.new_password("blue lamp eight").await.assert_text("Your password is new");
    assert!(thief.cookie("chat").is_some());
    let page = thief.get("/support").await;
    assert!(!page.body.contains(FIRST) && !page.body.contains("role=\"log\""));
    assert_eq!(thief.get(&picture).await.status, StatusCode::NOT_FOUND);
    assert_eq!(thief.listen("/support/stream", "").await.status, StatusCode::NOT_FOUND);
    let mut json = thief.clone().json();
    let sent = json.post("/api/support_send", &[("message", "Hello"), ("nonce", "x")]).await;
    assert_eq!(sent.status, StatusCode::NOT_FOUND);
    for action in ["end", "typing", "email", "email_resend", "email_code", "email_off"] {
        let refused = json.post(&format!("/api/support_{action}"), &[]).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{action}");
    }
    // What is written from here is another conversation, without an account.
    t.advance(MILLISECOND);
    begin(&mut thief, "Somebody else.").await;
    let other = newest_conversation(&t).await;
    assert!(other.id != begun.id && other.account_id.is_none());
    anna.sign_in("anna", "blue lamp eight").await;
    let page = anna.get("/support").await;
    assert!(page.body.contains(FIRST) && !page.body.contains("Somebody else."));
});

db_test!(conversation_begun_signed_out_is_taken_along_when_signed_in, |t| {
    staffed(&t).await;
    t.account("anna").await;
    let mut browser = t.browser();
    begin(&mut browser, FIRST).await;
    browser.sign_in("anna", PASSWORD).await;
    let mut phone = t.browser();
    phone.sign_in("anna", PASSWORD).await;
    assert!(!phone.get("/support").await.body.contains(FIRST));
    send(&mut browser, "I am in again.", "second").await;
    phone.get("/support").await.assert_text(FIRST);
    phone.get("/account/activity").await.assert_text("Wrote to support");
});

db_test!(what_another_began_signed_in_is_not_gone_on_with, |t| {
    staffed(&t).await;
    t.account("anna").await;
    t.account("bert").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    browser.get("/support").await;
    // The answer to Anna is lost; then Bert signs in.
    begin(&mut browser.clone(), "Anna's own.").await;
    browser.submit("/api/sign_out", &[]).await;
    browser.sign_in("bert", PASSWORD).await;
    assert!(!browser.get("/support").await.body.contains("Anna's own."));
    let page = begin(&mut browser, "Bert's own.").await;
    page.assert_text("Bert's own.");
    assert!(!page.body.contains("Anna's own."));
    assert_eq!(t.number("SELECT COUNT(*) FROM conversations").await, 2);
    let mut anna = t.browser();
    anna.sign_in("anna", PASSWORD).await;
    let page = anna.get("/support").await;
    page.assert_text("Anna's own.");
    assert!(!page.body.contains("Bert's own."));
});

db_test!(conversations_go_with_their_account_and_with_time, |t| {
    staffed(&t).await;
    let anna = t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    begin(&mut browser, "Anna's own.").await;
    t.advance(MILLISECOND);
    begin_about(&mut t.browser(), "About Anna.", "anna").await;
    assert_eq!(newest_conversation(&t).await.claimed_id.as_deref(), Some(&*anna.id));
    assert!(purge::purge(&t.state, &anna.id, false).await.expect("done"));
    let left = stored(&t).await;
    assert_eq!(left, [("shopper".to_owned(), "About Anna.".to_owned())]);
    let left = newest_conversation(&t).await;
    assert_eq!((left.claimed, left.claimed_id), (None, None));

    t.advance(179 * DAY);
    server::sweep(&t.state).await.expect("done");
    assert_eq!(stored(&t).await.len(), 1);
    t.advance(2 * DAY);
    server::sweep(&t.state).await.expect("done");
    assert!(stored(&t).await.is_empty());
});
