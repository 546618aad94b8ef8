//! Answers: their translations, their nonces, and when they count as read.

use super::{Events, act, hearing, new_conversation, operator, shopper_writes, write};
use crate::{
    args,
    clock::{MINUTE, Timestamp},
    domain::ids::ConversationId,
    realtime::Event,
    support::conversation::{self, Author, Translated},
    tests::harness::{TestApp, db_test},
};

/// Stores `words` as the translation of the waiting messages, as the service would.
async fn translate(t: &TestApp, words: &str) {
    let due =
        conversation::untranslated(&t.state.db, Timestamp::default(), 20).await.expect("messages");
    for message in due {
        let mut tx = t.state.db.begin().await.expect("a transaction");
        let target = message.target();
        assert!(
            conversation::take_for_translation(&mut tx, &message, target).await.expect("taken")
        );
        conversation::set_translation(&t.state, &mut tx, &message, words).await.expect("kept");
        tx.commit().await.expect("a commit");
    }
}

db_test!(translation_that_came_while_nobody_listened_is_not_lost, |t| {
    let _hearing = hearing(&t).await;
    let (_, mut olga) = operator(&t, "olga").await;
    let mut shopper = t.browser();
    let first = [("topic", "other"), ("message", "Привет")];
    shopper.submit("/api/support_begin", &first).await.assert_text("Привет");
    let (id,): (ConversationId,) = t
        .state
        .db
        .fetch_one("SELECT id FROM conversations", args![])
        .await
        .expect("a conversation");
    translate(&t, "Long ago").await;
    t.advance(20 * MINUTE);
    shopper_writes(&t, &id, "Ещё раз").await;
    let page = olga.get(&format!("/operator?open={id}")).await;
    assert!(page.body.contains("Long ago") && !page.body.contains("Once more"));
    // The page is loaded, but nothing listens yet, or no longer does, and the page may stay open for long.
    translate(&t, "Once more").await;
    t.advance(9 * MINUTE);
    let path = format!("/operator/stream?open={id}");
    let mut events = Events::open(&t, &olga, &path, Some(&format!("{id}:2"))).await;
    let heard = events.until_message("Once more").await;
    assert!(!heard.contains("Long ago"), "that was on the screen");

    act(&mut olga, "answer", &id, &[("message", "Good day"), ("nonce", "n")]).await;
    let page = shopper.get("/support").await;
    let (_, rest) = page.body.split_once("&quot;last&quot;:&quot;").expect("a stream");
    let last = rest.split('&').next().expect("a cursor");
    translate(&t, "Добрый день").await;
    t.advance(60 * MINUTE);
    shopper.listen("/support/stream", last).await.until("Добрый день").await;
    // A listener that lost signals reads again, too.
    assert_eq!(Translated::said(&Event::All), Translated::Lately);
});

db_test!(nonce_of_an_answer_is_told_to_its_author_alone, |t| {
    let _hearing = hearing(&t).await;
    let (_, mut olga) = operator(&t, "olga").await;
    let (_, petr) = operator(&t, "petr").await;
    let id = new_conversation(&t, "help", None).await;
    let path = format!("/operator/stream?open={id}");
    act(&mut olga, "answer", &id, &[("message", "at once"), ("nonce", "of-olga")]).await;
    for (browser, nonce) in [(&olga, Some("of-olga")), (&petr, None)] {
        let mut events = Events::open(&t, browser, &path, None).await;
        events.until_message("at once").await;
        let messages = events.messages();
        let nonces: Vec<Option<&str>> = messages.iter().map(|one| one.nonce.as_deref()).collect();
        assert_eq!(nonces, [None, nonce]);
        // No page shows a message as pending.
        let page = browser.clone().get(&format!("/operator?open={id}")).await;
        assert!(page.body.contains("at once") && !page.body.contains("of-olga"));
    }
});

db_test!(only_an_answer_is_said_to_be_read, |t| {
    let (account, mut olga) = operator(&t, "olga").await;
    let mut shopper = t.browser();
    let first = [("topic", "other"), ("message", "Is anybody there?")];
    shopper.submit("/api/support_begin", &first).await.assert_text("Is anybody there?");
    let (id,): (ConversationId,) = t
        .state
        .db
        .fetch_one("SELECT id FROM conversations", args![])
        .await
        .expect("a conversation");
    let path = format!("/operator?open={id}");
    let seen = "Read by the shopper:";
    // The shopper has read his own words.
    assert!(!olga.get(&path).await.words().contains(seen));
    write(&t, &id, Author::Operator, Some(&account.id), "I am").await;
    assert!(!olga.get(&path).await.words().contains(seen));
    shopper.get("/support").await.assert_text("I am");
    olga.get(&path).await.assert_text(seen);
    shopper_writes(&t, &id, "Good").await;
    assert!(!olga.get(&path).await.words().contains(seen));
});
