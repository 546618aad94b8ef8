//! Reading: what is marked as read, earlier messages, and events told in words.

use super::{FIRST, answer, begin, newest_conversation, send, staffed};
use crate::{
    clock::MINUTE,
    db::DbError,
    domain::values::MessageText,
    support::conversation::{self, Author, NewMessage, Side, happened},
    tests::harness::{TestApp, db_test},
};

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
