//! The console's stream.

use http::StatusCode;

use super::{Events, QUEUE, act, hearing, new_conversation, operator, read, shopper_writes};
use crate::{
    args,
    clock::MINUTE,
    domain::{
        accounts::{self, Role},
        ids::ConversationId,
    },
    realtime::{Change, Event},
    support::conversation::{self, Side},
    tests::harness::{TestApp, db_test},
};

/// Changes the database without the server.
async fn change(t: &TestApp, sql: &'static str) {
    let mut tx = t.state.db.begin().await.expect("a transaction");
    tx.execute(sql, args![]).await.expect("done");
    tx.commit().await.expect("a commit");
}

db_test!(stream_brings_what_is_new_and_after_a_break_what_was_missed, |t| {
    let _hearing = hearing(&t).await;
    let (_, olga) = operator(&t, "olga").await;
    let one = new_conversation(&t, "first of one", None).await;
    let two = new_conversation(&t, "first of two", None).await;
    let path = format!("/operator/stream?open={one},{two}");
    let seen = format!("{one}:1,{two}:1");
    let mut events = Events::open(&t, &olga, &path, Some(&seen)).await;
    events.until(QUEUE).await;
    assert_eq!(events.messages(), [], "what is on the screen does not come again");
    shopper_writes(&t, &one, "second of one").await;
    events.until_message("second of one").await;
    shopper_writes(&t, &two, "second of two").await;
    events.until_message("second of two").await;
    let last = events.last_id();
    assert_eq!(last, format!("{one}:2,{two}:2"));
    drop(events);
    // While the stream is closed.
    shopper_writes(&t, &one, "third of one").await;
    shopper_writes(&t, &one, "fourth of one").await;
    let mut events = Events::open(&t, &olga, &path, Some(&last)).await;
    events.until(QUEUE).await;
    let texts: Vec<String> = events.messages().into_iter().map(|message| message.text).collect();
    assert_eq!(texts, ["third of one", "fourth of one"]);
    // An island that starts again sends the same cursor in the parameter.
    let path = format!("{path}&last={one}%3A3%2C{two}%3A2");
    let mut events = Events::open(&t, &olga, &path, None).await;
    events.until(QUEUE).await;
    let texts: Vec<String> = events.messages().into_iter().map(|message| message.text).collect();
    assert_eq!(texts, ["fourth of one"]);
    // A delivered message counts as read; the shopper sees that.
    assert_eq!(read(&t, &one).await.operator_read, 4);
});

db_test!(a_cursor_that_is_none_is_the_beginning_and_never_comes_back, |t| {
    let _hearing = hearing(&t).await;
    let (_, olga) = operator(&t, "olga").await;
    let id = new_conversation(&t, "first", None).await;
    let evil = ["evil:7", "evil%0Aevent:7", "%0D%0A:7", "%00:7", "evil%E2%80%A8:7"];
    for (number, evil) in evil.into_iter().enumerate() {
        let path = format!("/operator/stream?open={id}&last={evil}");
        let mut events = Events::open(&t, &olga, &path, None).await;
        let heard = events.until(QUEUE).await;
        assert!(!heard.contains("evil"), "{evil}: {heard}");
        assert!(events.has_message("first"), "{evil}");
        shopper_writes(&t, &id, &format!("more {number}")).await;
        events.until_message(&format!("more {number}")).await;
        assert_eq!(events.last_id(), format!("{id}:{}", number + 2), "{evil}");
    }
});

db_test!(stream_shows_typing_new_conversations_and_what_colleagues_do, |t| {
    let _hearing = hearing(&t).await;
    let (_, olga) = operator(&t, "olga").await;
    let (_, mut petr) = operator(&t, "petr").await;
    let id = new_conversation(&t, "help", None).await;
    let mut events = Events::open(&t, &olga, &format!("/operator/stream?open={id}"), None).await;
    events.until(QUEUE).await;
    conversation::typing(&t.state, &id, Side::Shopper).await.expect("said");
    events.until(r#"{"Typing":true}"#).await;
    act(&mut petr, "take", &id, &[]).await;
    events.until_message("An operator took the conversation").await;
    assert!(events.heads().iter().any(|head| head.about == "petr has it"));
    act(&mut petr, "note", &id, &[("note", "a note of Petr's")]).await;
    events.until("a note of Petr").await;
    let other = new_conversation(&t, "me too", None).await;
    let queue = events.until(&format!(r#""id":"{other}""#)).await;
    assert!(queue.contains(r#""preview":"me too""#), "{queue}");
    let notices = events.data("notify");
    assert_eq!(notices, ["A shopper waits: Password"], "nothing of what was written");
});

db_test!(stream_says_that_nobody_types_any_more_after_a_message_and_after_a_break, |t| {
    let _hearing = hearing(&t).await;
    let (_, olga) = operator(&t, "olga").await;
    let id = new_conversation(&t, "help", None).await;
    let path = format!("/operator/stream?open={id}");
    let mut events = Events::open(&t, &olga, &path, None).await;
    events.until(QUEUE).await;
    conversation::typing(&t.state, &id, Side::Shopper).await.expect("said");
    events.until(r#"{"Typing":true}"#).await;
    shopper_writes(&t, &id, "please").await;
    events.until_message("please").await;
    assert_eq!(events.typing(), [false, true, false], "what was being typed is there");
    let last = events.last_id();
    drop(events);
    // The page may still show what was reported before the break.
    let mut events = Events::open(&t, &olga, &path, Some(&last)).await;
    events.until(QUEUE).await;
    assert_eq!(events.typing(), [false]);
});

db_test!(stream_ends_with_the_session, |t| {
    let _hearing = hearing(&t).await;
    let (olga, browser) = operator(&t, "olga").await;
    let id = new_conversation(&t, "help", None).await;
    let mut events = Events::open(&t, &browser, &format!("/operator/stream?open={id}"), None).await;
    events.until(QUEUE).await;
    let mut tx = t.state.db.begin().await.expect("a transaction");
    accounts::set_role(&mut tx, &olga.id, Role::Shopper, t.now(), None).await.expect("done");
    tx.commit().await.expect("a commit");
    shopper_writes(&t, &id, "a secret").await;
    let heard = events.end().await;
    assert!(heard.contains("event: go") && !heard.contains("a secret"), "{heard}");
    // An open window is no use of the session: half an hour without a request by the user ends it.
    let (_, browser) = operator(&t, "petr").await;
    let mut events = Events::open(&t, &browser, &format!("/operator/stream?open={id}"), None).await;
    events.until(QUEUE).await;
    t.advance(31 * MINUTE);
    shopper_writes(&t, &id, "another secret").await;
    let heard = events.end().await;
    assert!(heard.contains("event: go") && !heard.contains("another secret"), "{heard}");
});

db_test!(messages_do_not_wait_while_the_queues_of_other_windows_are_drawn, |t| {
    let _hearing = hearing(&t).await;
    let (_, olga) = operator(&t, "olga").await;
    let id = new_conversation(&t, "help", None).await;
    let others = t.state.queues.acquire().await.expect("a turn");
    let mut events = Events::open(&t, &olga, &format!("/operator/stream?open={id}"), None).await;
    for words in ["a first word", "a second word"] {
        shopper_writes(&t, &id, words).await;
        assert!(!events.until_message(words).await.contains(QUEUE), "it is not its turn");
    }
    drop(others);
    events.until(QUEUE).await;
    // A window that never finishes is not waited for forever.
    let _others = t.state.queues.acquire().await.expect("a turn");
    let mut another = Events::open(&t, &olga, "/operator/stream", None).await;
    another.until(QUEUE).await;
});

db_test!(stream_of_an_operator_opens_however_many_the_shopper_has_opened, |t| {
    let _hearing = hearing(&t).await;
    let (_, olga) = operator(&t, "olga").await;
    let mut shopper = t.browser();
    let first = [("topic", "other"), ("message", "help")];
    shopper.submit("/api/support_begin", &first).await.assert_text("help");
    let (id,): (ConversationId,) = t
        .state
        .db
        .fetch_one("SELECT id FROM conversations", args![])
        .await
        .expect("a conversation");
    let mut streams = Vec::new();
    let refused = loop {
        let stream = shopper.listen("/support/stream", "").await;
        if stream.status != StatusCode::OK {
            break stream.status;
        }
        streams.push(stream);
        assert!(streams.len() < 300, "there is no end to them");
    };
    assert_eq!(refused, StatusCode::SERVICE_UNAVAILABLE);
    let mut events = Events::open(&t, &olga, &format!("/operator/stream?open={id}"), None).await;
    events.until(QUEUE).await;
    shopper_writes(&t, &id, "one thing more").await;
    events.until_message("one thing more").await;
    // After a window is closed another may be opened.
    drop(streams);
    let mut again = shopper.listen("/support/stream", "").await;
    while again.status != StatusCode::OK {
        tokio::task::yield_now().await;
        again = shopper.listen("/support/stream", "").await;
    }
});

db_test!(stream_that_a_fault_of_the_database_ends_is_opened_again, |t| {
    let _hearing = hearing(&t).await;
    let (_, olga) = operator(&t, "olga").await;
    let id = new_conversation(&t, "help", None).await;
    let path = format!("/operator/stream?open={id}");
    let mut events = Events::open(&t, &olga, &path, None).await;
    events.until(QUEUE).await;
    let last = events.last_id();
    const AWAY: [&str; 2] =
        ["ALTER TABLE sessions RENAME TO away", "ALTER TABLE away RENAME TO sessions"];
    change(&t, AWAY[0]).await;
    shopper_writes(&t, &id, "one thing more").await;
    // The page and the draft in it stay; the browser reconnects by itself.
    let heard = events.end().await;
    assert!(!heard.contains("event: go"), "{heard}");
    change(&t, AWAY[1]).await;
    let mut events = Events::open(&t, &olga, &path, Some(&last)).await;
    events.until_message("one thing more").await;
});

db_test!(whoever_types_on_is_told_of_once_in_a_while, |t| {
    let _hearing = hearing(&t).await;
    let id = new_conversation(&t, "help", None).await;
    let topic = conversation::topic(&id);
    let mut listener = t.state.realtime.listen(&topic).expect("it listens");
    // On PostgreSQL earlier signals may arrive late.
    t.state.realtime.publish_now(&t.state.db, &topic, Change::Email).await.expect("said");
    while listener.next().await != Event::Changed(Change::Email) {}
    for side in [Side::Shopper, Side::Shopper, Side::Operator, Side::Shopper] {
        conversation::typing(&t.state, &id, side).await.expect("said");
    }
    shopper_writes(&t, &id, "there").await;
    let mut heard = Vec::new();
    while !matches!(heard.last(), Some(Event::Changed(Change::Message))) {
        heard.push(listener.next().await);
    }
    let changes = [Change::TypingShopper, Change::TypingOperator, Change::Message];
    assert_eq!(heard, changes.map(Event::Changed));
});
