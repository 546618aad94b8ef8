//! The console's stream.

use http::StatusCode;
use serde_json::json;

use super::{Events, QUEUE, act, hearing, new_conversation, operator, read, shopper_writes, write};
use crate::{
    args,
    clock::{MINUTE, Timestamp},
    domain::{
        accounts::{self, Role},
        ids::ConversationId,
    },
    islands::Answer,
    realtime::Event,
    support::conversation::{self, Author, Side, Translated},
    tests::{
        browser::Browser,
        harness::{PASSWORD, TestApp, db_test},
    },
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

db_test!(
    box_for_an_answer_is_there_from_the_beginning_and_hidden_while_a_conversation_is_closed,
    |t| {
        let _hearing = hearing(&t).await;
        let (_, mut olga) = operator(&t, "olga").await;
        let id = new_conversation(&t, "help", None).await;
        let (shown, hidden) = ("class=\"head\"", "class=\"head closed\"");
        let page = olga.get(&format!("/operator?open={id}")).await;
        assert!(page.body.contains(shown) && page.body.contains("name=\"message\""));
        let path = format!("/operator/stream?open={id}");
        let mut before = Events::open(&t, &olga, &path, Some(&format!("{id}:1"))).await;
        before.until(QUEUE).await;
        act(&mut olga, "close", &id, &[("solved", "yes")]).await;
        before.until(r#""is_closed":true"#).await;
        drop(before);
        let page = olga.get(&format!("/operator?open={id}")).await;
        assert!(page.body.contains(hidden) && page.body.contains("name=\"message\""));
        let css = include_str!("../../../style/console.css");
        assert!(css.contains(".head.closed ~ .box {\n    display: none;"), "nobody finds it then");
        // A window that was closed when the conversation continued receives the message, too; a draft in the box stays,
        // because the box itself is never sent.
        shopper_writes(&t, &id, "one thing more").await;
        let mut after = Events::open(&t, &olga, &path, Some(&format!("{id}:2"))).await;
        after.until_message("one thing more").await;
        shopper_writes(&t, &id, "and another").await;
        let heard = after.until_message("and another").await;
        assert!(!heard.contains('<'), "{heard}");
        let heads = after.heads();
        assert!(!heads.is_empty() && heads.iter().all(|head| !head.is_closed));
    }
);

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
    t.state.realtime.publish_now(&t.state.db, &topic, "now").await.expect("said");
    while listener.next().await != Event::Word("now".into()) {}
    for side in [Side::Shopper, Side::Shopper, Side::Operator, Side::Shopper] {
        conversation::typing(&t.state, &id, side).await.expect("said");
    }
    shopper_writes(&t, &id, "there").await;
    let mut heard = Vec::new();
    while !matches!(heard.last(), Some(Event::Word(word)) if &**word == "message") {
        heard.push(listener.next().await);
    }
    let words = ["typing:shopper", "typing:operator", "message"];
    assert_eq!(heard, words.map(|word| Event::Word(word.into())));
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

db_test!(duty_comes_to_every_window_with_whom_to_hand_over_to, |t| {
    let _hearing = hearing(&t).await;
    let (_, mut olga) = operator(&t, "olga").await;
    let (petr, mut at_petr) = operator(&t, "petr").await;
    let id = new_conversation(&t, "help", None).await;
    act(&mut olga, "take", &id, &[]).await;
    let mut events = Events::open(&t, &olga, &format!("/operator/stream?open={id}"), None).await;
    let begun = events.until(QUEUE).await;
    assert!(begun.contains(r#"{"Close":[]}"#), "nobody is there: {begun}");
    act(&mut at_petr, "duty", &id, &[("duty", "on")]).await;
    events.until(r#""colleagues":"Colleagues: petr""#).await;
    events.until(&format!(r#"{{"Close":[["{}","petr"]]}}"#, petr.id)).await;
    // The operator's own duty, as in all other windows.
    act(&mut olga, "duty", &id, &[("duty", "on")]).await;
    events.until(r#"{"Duty":{"is_on":true,"state":"You are on duty.""#).await;
    // While searching, too.
    let path = "/operator/stream?q=help";
    let mut searching = Events::open(&t, &olga, path, None).await;
    searching.until(r#""colleagues":"Colleagues: petr""#).await;
    act(&mut at_petr, "duty", &id, &[("duty", "off")]).await;
    searching.until(r#""colleagues":"Colleagues: petr (off duty)""#).await;
});

db_test!(what_a_look_shows_comes_to_whoever_looked_alone, |t| {
    let _hearing = hearing(&t).await;
    let anna = t.account_with("anna", "anna@mail.example", PASSWORD).await;
    let id = new_conversation(&t, "help", Some(&anna)).await;
    let (_, mut olga) = operator(&t, "olga").await;
    let (_, petr) = operator(&t, "petr").await;
    let path = format!("/operator/stream?open={id}");
    let mut at_olga = Events::open(&t, &olga, &path, None).await;
    let mut at_petr = Events::open(&t, &petr, &path, None).await;
    at_olga.until(QUEUE).await;
    at_petr.until(QUEUE).await;
    let mut island = in_place(&olga);
    let answer = act(&mut island, "look", &id, &[]).await;
    assert_eq!(answer.json()["refusal"], json!(null));
    at_olga.until(r#"["E-mail","a•••@m•••.example"]"#).await;
    shopper_writes(&t, &id, "one thing more").await;
    let heard = at_petr.until_message("one thing more").await;
    assert!(!heard.contains("Facts"), "he did not look: {heard}");
    // A window that is opened later shows it from the beginning.
    olga.get(&format!("/operator?open={id}")).await.assert_text("a•••@m•••.example");
});

/// The function, its fields, and the words that are shown after it.
type Act<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);

db_test!(acts_of_a_window_that_stays_are_answered_in_words_and_leave_nothing_behind, |t| {
    let _hearing = hearing(&t).await;
    let (_, mut olga) = operator(&t, "olga").await;
    let (petr, mut at_petr) = operator(&t, "petr").await;
    let id = new_conversation(&t, "help", None).await;
    act(&mut at_petr, "duty", &id, &[("duty", "on")]).await;
    let mut events = Events::open(&t, &olga, &format!("/operator/stream?open={id}"), None).await;
    events.until(QUEUE).await;
    let mut island = in_place(&olga);
    let here = format!("/operator?open={id}");
    let to = [("to", petr.id.as_str())];
    let actions: [Act<'_>; 6] = [
        ("duty", &[("duty", "on")], "You are on duty."),
        ("take", &[], "you have it"),
        ("note", &[("note", "a note")], "a note"),
        ("close", &[("solved", "yes")], "closed, solved"),
        ("reopen", &[], "Reopened"),
        ("hand_over", &to, "petr has it"),
    ];
    for (what, fields, words) in actions {
        let answer = act(&mut island, what, &id, fields).await.json();
        assert_eq!((&answer["next"], &answer["refusal"]), (&json!(here), &json!(null)), "{what}");
        assert_eq!(island.cookie("draft"), None, "{what}: nothing has to travel");
        events.until(words).await;
    }
    // A refusal is reported in the answer, and nowhere else.
    for (what, error) in [("close", "taken_by_other"), ("note", "message_missing")] {
        let refusal = act(&mut island, what, &id, &[]).await.json()["refusal"].clone();
        assert_eq!(refusal["error"], error);
        assert_ne!(refusal["summary"], "");
        assert_eq!(island.cookie("draft"), None);
    }
    // Without script the window reports it, as before.
    let (_, mut vera) = operator(&t, "vera").await;
    act(&mut vera, "take", &id, &[("from", &petr.id)]).await.assert_text("you have it");
    let done = act(&mut vera, "hand_over", &id, &to).await;
    done.assert_text("The conversation was handed over.");
    olga.get(&here).await.assert_text("petr has it");
});

/// Returns the browser of an operator whose window is not reloaded.
fn in_place(browser: &Browser) -> Browser {
    let mut browser = browser.clone();
    browser.headers.push(("accept", Answer::MEDIA_TYPE.to_owned()));
    browser
}
