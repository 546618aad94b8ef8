//! Starting a conversation, writing, coming back.

use http::StatusCode;

use super::{FIRST, answer, begin, begin_about, newest_conversation, send, staffed, stored};
use crate::{
    clock::{DAY, HOUR, MINUTE},
    config::{Config, Hours},
    support::conversation::{self, State},
    tests::harness::{Engine, PASSWORD, db_test, spawn_app_with},
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
