//! Starting a conversation, writing, coming back; who finds which conversation.

use http::StatusCode;

use super::{FIRST, answer, begin, begin_about, newest_conversation, send, staffed, stored};
use crate::{
    account::deletion::purge,
    clock::{DAY, HOUR, MILLISECOND, MINUTE},
    config::{Config, Hours},
    db::DbError,
    domain::values::MessageText,
    server,
    support::conversation::{self, Author, NewMessage, Side, State, happened},
    tests::{
        harness::{Engine, PASSWORD, TestApp, db_test, spawn_app_with},
        profile::png,
    },
};

db_test!(where_nobody_answers_there_is_no_chat, |t| {
    let mut browser = t.browser();
    let page = browser.get("/support").await;
    page.assert_text("How to reach us");
    assert!(!page.body.contains("<textarea") && page.status == StatusCode::OK);
    browser.submit("/api/recover", &[("login", "anna")]).await;
    let method = browser.get("/recover/method").await;
    assert!(!method.body.contains("/support"));
    let refused = browser.clone().json().post("/api/support_begin", &[("message", "Hello")]).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    assert_eq!(t.number("SELECT COUNT(*) FROM conversations").await, 0);

    staffed(&t).await;
    browser.get("/recover/method").await.assert_text("Support chat");
    browser.get("/support").await.assert_text("Your message");
});

#[tokio::test]
async fn without_a_chat_the_contact_of_the_shop_is_shown() {
    let contact = |config: &mut Config| config.support_contact = Some("+49 30 123456".to_owned());
    let t = spawn_app_with(Engine::Sqlite, contact).await;
    t.browser().get("/support").await.assert_text("+49 30 123456");
    let mut browser = t.browser();
    browser
        .ask_for_code("anna")
        .await
        .assert_text("Nothing helps? This is how you reach us: +49 30 123456");
    staffed(&t).await;
    browser.get("/recover/code").await.assert_text("Nothing helps? Support chat");
}

db_test!(conversation_begins_and_is_there_again, |t| {
    staffed(&t).await;
    let mut browser = t.browser();
    let page = browser.get("/support").await;
    page.assert_text("Never tell anyone a code from a letter");
    page.assert_text("Which account is it about?");
    let page = begin_about(&mut browser, FIRST, "anna").await;
    page.assert_text(FIRST);
    page.assert_text("Your message is in the queue.");
    let cookie = browser.cookie("chat").expect("a cookie");
    assert_eq!(cookie.len(), 43, "a token of 256 bits");
    send(&mut browser, "По-русски тоже можно?", "second")
        .await
        .assert_text("По-русски тоже можно?");
    answer(&t, "Конечно!").await;

    // Days later, in another language, after a sign-in and a sign-out.
    t.account("bert").await;
    t.advance(30 * DAY);
    browser.get("/support?lang=ru").await.assert_text("Конечно!");
    browser.sign_in("bert", PASSWORD).await;
    browser.get("/support").await.assert_text(FIRST);
    browser.submit("/api/sign_out", &[]).await;
    browser.get("/support").await.assert_text(FIRST);
    let conversation = newest_conversation(&t).await;
    assert_eq!((conversation.claimed.as_deref(), conversation.account_id), (Some("anna"), None));
});

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

db_test!(ended_conversation_goes_on_when_one_writes_or_a_new_one_begins, |t| {
    staffed(&t).await;
    let mut browser = t.browser();
    begin(&mut browser, FIRST).await;
    let page = browser.submit("/api/support_end", &[]).await;
    page.assert_text("You ended the conversation.");
    page.assert_text("This conversation is over.");
    assert_eq!(newest_conversation(&t).await.state(), State::Closed);
    // Ending twice has no further effect.
    browser.submit("/api/support_end", &[]).await;
    assert_eq!(stored(&t).await.len(), 2);

    let page = send(&mut browser, "One more thing.", "more").await;
    page.assert_text("The conversation goes on.");
    assert!(!page.words().contains("This conversation is over."));
    let reopened = newest_conversation(&t).await;
    assert_eq!((reopened.state(), reopened.closed_at), (State::Waiting, None));

    // While it is open there is no other.
    assert!(browser.get("/support?new").await.body.contains(FIRST));
    browser.submit("/api/support_end", &[]).await;
    assert!(!browser.get("/support?new").await.body.contains(FIRST));
    begin(&mut browser, "Something else.").await;
    assert_eq!(t.number("SELECT COUNT(*) FROM conversations").await, 2);
    let page = browser.get("/support").await;
    assert!(page.body.contains("Something else.") && !page.body.contains(FIRST));
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

db_test!(first_answers_make_what_is_usual, |t| {
    staffed(&t).await;
    for minutes in [1, 2, 3, 40] {
        let mut browser = t.browser().on_network(minutes);
        begin(&mut browser, FIRST).await;
        t.advance(crate::clock::minutes(minutes.into()));
        answer(&t, "Hello!").await;
        // Only the first answer counts.
        t.advance(HOUR);
        answer(&t, "Still there?").await;
    }
    assert_eq!(t.number("SELECT COUNT(*) FROM answers").await, 4);
    let usual = async || conversation::usual_wait(&t.state.db).await.expect("an answer");
    assert_eq!(usual().await, None, "four are too few to tell");
    assert!(!t.browser().get("/support").await.words().contains("Usually answers"));
    let mut browser = t.browser();
    begin(&mut browser, FIRST).await;
    t.advance(5 * MINUTE);
    answer(&t, "Hello!").await;
    assert_eq!(usual().await, Some(3 * MINUTE));
    t.browser().get("/support").await.assert_text("We usually answer within 3 minutes.");
    // Conversations before the last twenty no longer count.
    for n in 0..20 {
        begin(&mut t.browser().on_network(100 + n), FIRST).await;
        t.advance(30 * crate::clock::SECOND);
        answer(&t, "Hello!").await;
    }
    assert_eq!(usual().await, Some(30 * crate::clock::SECOND));
});

#[tokio::test]
async fn outside_office_hours_it_says_when_somebody_is_there() {
    let hours = |text: &str| {
        let text = text.to_owned();
        move |config: &mut Config| {
            config.support_hours = Some(Hours::parse(&text).expect("hours"));
        }
    };
    // It is Friday, 14:03 UTC.
    let t = spawn_app_with(Engine::Sqlite, hours("Mon-Fri 09:00-14:00 UTC")).await;
    staffed(&t).await;
    let page = t.browser().get("/support").await;
    page.assert_text("Nobody is here just now.");
    page.assert_text("We are back: 16 November 2026, 09:");
    let mut browser = t.browser();
    begin(&mut browser, FIRST).await.assert_text("Nobody is here just now.");
    let t = spawn_app_with(Engine::Sqlite, hours("Mon-Fri 09:00-18:00 UTC")).await;
    staffed(&t).await;
    assert!(!t.browser().get("/support").await.words().contains("Nobody is here"));
}

db_test!(reading_is_marked_and_goes_only_forward, |t| {
    staffed(&t).await;
    let mut browser = t.browser();
    begin(&mut browser, FIRST).await;
    answer(&t, "Hello!").await;
    let waiting = newest_conversation(&t).await;
    assert_eq!((waiting.shopper_read, waiting.unread_since), (1, Some(t.now())));
    browser.get("/support").await.assert_text("Hello!");
    let read = newest_conversation(&t).await;
    assert_eq!((read.shopper_read, read.unread_since), (2, None));

    let mark = async |seq| {
        let mut tx = t.state.db.begin().await?;
        let side = Side::Operator;
        let forward = conversation::mark_read(&t.state, &mut tx, &read.id, side, seq).await?;
        tx.commit().await?;
        Ok::<_, DbError>(forward)
    };
    send(&mut browser, "And now?", "second").await;
    t.advance(MINUTE);
    assert!(mark(3).await.expect("done"));
    assert!(!mark(1).await.expect("done") && !mark(99).await.expect("done"));
    assert_eq!(newest_conversation(&t).await.operator_read, 3);
    browser.get("/support").await.assert_text("Seen: 14:04");
});

db_test!(an_answer_posted_while_the_one_before_is_read_stays_unread, |t| {
    staffed(&t).await;
    let mut browser = t.browser();
    begin(&mut browser, FIRST).await;
    answer(&t, "First answer.").await;
    let before = newest_conversation(&t).await;
    // The second answer is not committed yet when the first one is read.
    let text = MessageText::parse("Second answer.").expect("a message");
    let message = NewMessage {
        conversation: &before.id,
        author: Author::Operator,
        operator_id: Some(&t.state.random.id(t.now())),
        text: Some(&text),
        picture: None,
        nonce: "second",
    };
    let mut posting = t.state.db.begin().await.expect("a transaction");
    conversation::post(&t.state, &mut posting, &message).await.expect("posted");
    let (state, id) = (t.state.clone(), before.id.clone());
    let reading = tokio::spawn(async move {
        let mut tx = state.db.begin_relaxed().await?;
        conversation::mark_read(&state, &mut tx, &id, Side::Shopper, 2).await?;
        tx.commit().await
    });
    t.until_it_waits(&reading).await;
    posting.commit().await.expect("a commit");
    reading.await.expect("no panic").expect("read");
    let after = newest_conversation(&t).await;
    assert_eq!((after.shopper_read, after.last_seq), (2, 3));
    assert!(after.unread_since.is_some(), "or no letter ever tells of it");
});

db_test!(too_much_at_once_is_refused_and_what_was_typed_is_kept, |t| {
    staffed(&t).await;
    let mut browser = t.browser();
    begin(&mut browser, FIRST).await;
    for n in 0..30 {
        send(&mut browser, "Again.", &format!("nonce-{n}")).await;
    }
    let refused = send(&mut browser, "One too many.", "last").await;
    refused.assert_text("That was a lot at once.");
    assert!(refused.body.contains(">One too many.</textarea>"));
    t.advance(MINUTE);
    send(&mut browser, "One too many.", "last").await;
    assert_eq!(newest_conversation(&t).await.last_seq, 32);

    for _ in 0..9 {
        begin(&mut t.browser(), FIRST).await;
        // A refused message begins no conversation.
        t.browser().submit("/api/support_begin", &[("message", "")]).await;
    }
    let fields = [("message", "The eleventh."), ("account", "anna"), ("topic", "order")];
    let refused = t.browser().submit("/api/support_begin", &fields).await;
    refused.assert_text("Many conversations were begun from your network.");
    assert!(refused.body.contains(">The eleventh.</textarea>"));
    assert!(refused.body.contains("value=\"anna\""));
    begin(&mut t.browser().on_network(3), FIRST).await;
    let json = t.browser().json().post("/api/support_begin", &fields).await;
    assert_eq!(
        (json.status, json.error().as_str()),
        (StatusCode::TOO_MANY_REQUESTS, "too_many_conversations")
    );
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

db_test!(earlier_messages_are_a_page_of_their_own, |t| {
    staffed(&t).await;
    let mut browser = t.browser();
    begin(&mut browser, FIRST).await;
    for n in 2..=105 {
        answer(&t, &format!("Answer number {n}.")).await;
    }
    let newest = browser.get("/support").await;
    assert!(newest.body.contains("number 105.") && !newest.body.contains(FIRST));
    newest.assert_text("Earlier messages");
    let earlier = browser.get("/support?before=6").await;
    assert!(earlier.body.contains(FIRST) && earlier.body.contains("number 5."));
    assert!(
        !earlier.body.contains("number 6.") && !earlier.body.contains("&quot;last&quot;:&quot;")
    );
    earlier.assert_text("To the newest messages");
});

db_test!(whoever_is_recovering_need_not_say_again_which_account, |t| {
    staffed(&t).await;
    let mut browser = t.browser();
    browser.ask_for_code("anna@mail.example").await;
    browser.get("/recover/code").await.assert_text("Nothing helps? Support chat");
    let page = browser.get("/support").await;
    assert!(page.body.contains("value=\"anna@mail.example\""));
    assert!(page.body.contains("<option value=\"password\" selected"));
    begin(&mut browser, FIRST).await;
    // The recovery continues afterwards.
    browser.get("/recover/code").await.assert_text("Enter the code from the letter");
});

async fn what_happened(t: &TestApp, what: &str) {
    let id = newest_conversation(t).await.id;
    let mut tx = t.state.db.begin().await.expect("a transaction");
    conversation::system(&t.state, &mut tx, &id, what).await.expect("done");
    tx.commit().await.expect("a commit");
}

db_test!(what_happened_is_told_in_words, |t| {
    staffed(&t).await;
    let mut browser = t.browser();
    begin(&mut browser, FIRST).await;
    what_happened(&t, happened::TAKEN).await;
    what_happened(&t, "assisted_opened").await;
    what_happened(&t, "of_a_newer_version").await;
    let page = browser.get("/support").await;
    page.assert_text("Somebody from support is reading your message.");
    assert!(page.body.contains("href=\"/recover/assisted\""));
    assert!(!page.body.contains("of_a_newer_version"));
    browser
        .get("/support?lang=ru")
        .await
        .assert_text("Сотрудник поддержки уже читает ваше сообщение.");
});
