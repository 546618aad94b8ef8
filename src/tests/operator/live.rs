//! The console's stream.

use super::{Events, act, conversation, hearing, operator, read, says};
use crate::{
    server::{
        accounts::{self, Role},
        clock::MINUTE,
        conversations::{self, Side},
    },
    tests::harness::both,
};

both!(stream_brings_what_is_new_and_after_a_break_what_was_missed, |t| {
    let _hearing = hearing(&t).await;
    let (_, olga) = operator(&t, "olga").await;
    let one = conversation(&t, "first of one", None).await;
    let two = conversation(&t, "first of two", None).await;
    let path = format!("/operator/stream?open={one},{two}");
    let seen = format!("{one}:1,{two}:1");
    let mut events = Events::open(&t, &olga, &path, Some(&seen)).await;
    let beginning = events.until("id=\"queue\"").await;
    assert!(!beginning.contains("first of"), "what is on the screen does not come again");
    says(&t, &one, "second of one").await;
    events.until("second of one").await;
    says(&t, &two, "second of two").await;
    events.until("second of two").await;
    let last = events.last_id();
    assert_eq!(last, format!("{one}:2,{two}:2"));
    drop(events);
    // Meanwhile.
    says(&t, &one, "third of one").await;
    says(&t, &one, "fourth of one").await;
    let mut events = Events::open(&t, &olga, &path, Some(&last)).await;
    let heard = events.until("id=\"queue\"").await;
    for words in ["third of one", "fourth of one"] {
        assert_eq!(heard.matches(words).count(), 1, "{heard}");
    }
    assert!(!heard.contains("second of"));
    // From an island that had to begin anew, the parameter says the same.
    let path = format!("{path}&last={one}%3A3%2C{two}%3A2");
    let mut events = Events::open(&t, &olga, &path, None).await;
    let heard = events.until("id=\"queue\"").await;
    assert!(heard.contains("fourth of one") && !heard.contains("third of one"));
    // Whatever was delivered was read; the shopper sees that.
    assert_eq!(read(&t, &one).await.operator_read, 4);
});

both!(a_cursor_that_is_none_is_the_beginning_and_never_comes_back, |t| {
    let _hearing = hearing(&t).await;
    let (_, olga) = operator(&t, "olga").await;
    let id = conversation(&t, "first", None).await;
    let evil = ["evil:7", "evil%0Aevent:7", "%0D%0A:7", "%00:7", "evil%E2%80%A8:7"];
    for (number, evil) in evil.into_iter().enumerate() {
        let path = format!("/operator/stream?open={id}&last={evil}");
        let mut events = Events::open(&t, &olga, &path, None).await;
        let heard = events.until("id=\"queue\"").await;
        assert!(heard.contains("first") && !heard.contains("evil"), "{evil}: {heard}");
        says(&t, &id, &format!("more {number}")).await;
        events.until(&format!("more {number}")).await;
        assert_eq!(events.last_id(), format!("{id}:{}", number + 2), "{evil}");
    }
});

both!(stream_shows_typing_new_conversations_and_what_colleagues_do, |t| {
    let _hearing = hearing(&t).await;
    let (_, olga) = operator(&t, "olga").await;
    let (_, mut petr) = operator(&t, "petr").await;
    let id = conversation(&t, "help", None).await;
    let mut events = Events::open(&t, &olga, &format!("/operator/stream?open={id}"), None).await;
    events.until("id=\"queue\"").await;
    conversations::typing(&t.app, &id, Side::Shopper).await.expect("said");
    events.until("The shopper is typing").await;
    act(&mut petr, "take", &id, &[]).await;
    events.until("petr has it").await;
    act(&mut petr, "note", &id, &[("note", "a note of Petr's")]).await;
    events.until("a note of Petr").await;
    let other = conversation(&t, "me too", None).await;
    let heard = events.until(&format!("q-{other}")).await;
    assert!(heard.contains("event: notify\ndata: A shopper waits: Password"), "{heard}");
    assert!(!heard.contains("me too"), "a notification says nothing of what was written");
});

both!(stream_brings_the_box_back_when_a_conversation_goes_on, |t| {
    let _hearing = hearing(&t).await;
    let (_, mut olga) = operator(&t, "olga").await;
    let id = conversation(&t, "help", None).await;
    act(&mut olga, "close", &id, &[("solved", "yes")]).await;
    let page = olga.get(&format!("/operator?open={id}")).await;
    assert!(!page.body.contains("name=\"message\""), "nothing to answer");
    let mut events = Events::open(&t, &olga, &format!("/operator/stream?open={id}"), None).await;
    assert!(!events.until("id=\"queue\"").await.contains("name=\"message\""));
    says(&t, &id, "one thing more").await;
    events.until("one thing more").await;
    let heard = events.until(&format!("id=\"box-{id}\"")).await;
    assert!(heard.contains("name=\"message\""));
    // What stands in it stays: it does not come again.
    says(&t, &id, "and another").await;
    let heard = events.until("and another").await;
    assert_eq!(heard.matches("name=\"message\"").count(), 1);
});

both!(stream_ends_with_the_session, |t| {
    let _hearing = hearing(&t).await;
    let (olga, browser) = operator(&t, "olga").await;
    let id = conversation(&t, "help", None).await;
    let mut events = Events::open(&t, &browser, &format!("/operator/stream?open={id}"), None).await;
    events.until("id=\"queue\"").await;
    let mut tx = t.app.db.begin().await.expect("a transaction");
    accounts::set_role(&mut tx, &olga.id, Role::Shopper, t.now(), None).await.expect("done");
    tx.commit().await.expect("a commit");
    says(&t, &id, "a secret").await;
    let heard = events.end().await;
    assert!(heard.contains("event: go") && !heard.contains("a secret"), "{heard}");
    // An open window is no use of the session: half an hour without a press ends it.
    let (_, browser) = operator(&t, "petr").await;
    let mut events = Events::open(&t, &browser, &format!("/operator/stream?open={id}"), None).await;
    events.until("id=\"queue\"").await;
    t.wait(31 * MINUTE);
    says(&t, &id, "another secret").await;
    let heard = events.end().await;
    assert!(heard.contains("event: go") && !heard.contains("another secret"), "{heard}");
});
