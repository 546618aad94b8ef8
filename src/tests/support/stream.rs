//! The live stream: nothing is lost, nothing arrives twice, nobody else can listen.

use http::StatusCode;
use serde_json::json;
use tokio::sync::watch;

use super::{FIRST, answer, begin, newest_conversation, send, staffed};
use crate::{
    clock::{DAY, SECOND},
    support::conversation::{self, Side},
    tests::{
        browser::Browser,
        harness::{Engine, PASSWORD, TestApp, db_test, spawn_app, spawn_beside},
    },
};

/// Starts the task that receives signals: on PostgreSQL they travel through the database.
fn hear(t: &TestApp) -> watch::Sender<bool> {
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(t.state.realtime.clone().run(t.state.db.clone(), stopped));
    stop
}

/// Returns the cursor that the page gives to the stream.
async fn cursor(browser: &mut Browser) -> String {
    let page = browser.get("/support").await;
    let (_, rest) = page.body.split_once("&quot;last&quot;:&quot;").expect("a stream");
    rest.split('&').next().unwrap_or_default().to_owned()
}

db_test!(a7_3_1_listening_is_no_use_of_a_session, |t| {
    staffed(&t).await;
    t.account("anna").await;
    let mut browser = t.browser();
    let fields = [("login", "anna"), ("password", PASSWORD), ("remember", "on")];
    browser.post("/api/sign_in", &fields).await;
    begin(&mut browser, FIRST).await;
    let seen = "SELECT MAX(seen_at) FROM sessions";
    let before = t.number(seen).await;
    t.advance(DAY);
    assert_eq!(browser.listen("/support/stream", "").await.status, StatusCode::OK);
    assert_eq!(t.number(seen).await, before);
    browser.get("/support").await.assert_text(FIRST);
    assert_eq!(t.number(seen).await, t.now().as_millis());
});

db_test!(what_is_new_comes_at_once_and_after_a_break_only_what_was_missed, |t| {
    let _hearing = hear(&t);
    staffed(&t).await;
    let mut browser = t.browser();
    begin(&mut browser, FIRST).await;
    let last = cursor(&mut browser).await;
    let mut stream = browser.listen("/support/stream", &last).await;
    assert_eq!(stream.status, StatusCode::OK);
    answer(&t, "First answer.").await;
    let first = stream.until("First answer.").await;
    assert_eq!((first.name.as_str(), &first.json()["Message"]["seq"]), ("update", &json!(2)));
    drop(stream);

    // Disconnected for a while.
    answer(&t, "Second answer.").await;
    send(&mut browser, "From another tab.", "tab").await;
    answer(&t, "Third answer.").await;
    let mut stream = browser.listen("/support/stream", &first.id).await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        let event = stream.next().await.expect("an event");
        let message = event.json()["Message"].clone();
        seen.push((message["seq"].clone(), message["text"].clone()));
    }
    let missed = [(3, "Second answer."), (4, "From another tab."), (5, "Third answer.")];
    let missed = missed.map(|(seq, text)| (json!(seq), json!(text)));
    assert_eq!(seen, missed, "no loss, no doubles");
    // An island that starts again sends the cursor in the address.
    let address = format!("/support/stream?last={}", first.id);
    let mut stream = browser.listen(&address, "").await;
    assert!(stream.next().await.expect("an event").data.contains("Second answer."));
    // An invalid cursor, or one of another conversation: the page is reloaded.
    for nonsense in ["1.2", "x", "999999999999999.1", &format!("{last}0000")] {
        let mut stream = browser.listen("/support/stream", nonsense).await;
        let event = stream.next().await.expect("an event");
        assert_eq!((event.name.as_str(), event.data.as_str()), ("go", "/support"));
        assert_eq!(stream.next().await, None);
    }
});

db_test!(typing_reading_and_closing_are_seen, |t| {
    let _hearing = hear(&t);
    staffed(&t).await;
    let mut browser = t.browser();
    begin(&mut browser, FIRST).await;
    let id = newest_conversation(&t).await.id;
    let last = cursor(&mut browser).await;
    let mut stream = browser.listen("/support/stream", &last).await;
    stream.until("in the queue").await;
    let mut tx = t.state.db.begin().await.expect("a transaction");
    conversation::mark_read(&t.state, &mut tx, &id, Side::Operator, 1).await.expect("done");
    tx.commit().await.expect("a commit");
    stream.until("Seen:").await;
    conversation::typing(&t.state, &id, Side::Operator).await.expect("done");
    stream.until("Support is typing").await;
    // The answer ends it.
    answer(&t, "There you are.").await;
    stream.until("There you are.").await;
    let below = stream.until("Below").await;
    assert_eq!(below.json()["Below"], json!([null, false]), "nobody types, and it is not over");
    browser.submit("/api/support_end", &[]).await;
    let over = stream.until("Below").await;
    assert_eq!(over.json()["Below"][1], json!(true), "it is over");
    send(&mut browser, "One more thing.", "more").await;
    stream.until("One more thing.").await;
});

db_test!(delivered_is_not_seen_until_the_window_says_so, |t| {
    let _hearing = hear(&t);
    staffed(&t).await;
    let mut browser = t.browser();
    begin(&mut browser, FIRST).await;
    let last = cursor(&mut browser).await;
    let mut stream = browser.listen("/support/stream", &last).await;
    answer(&t, "First answer.").await;
    let first = stream.until("First answer.").await;
    answer(&t, "Second answer.").await;
    let second = stream.until("Second answer.").await;
    // The stream continues, but neither an open stream nor a reconnect counts as reading.
    conversation::typing(&t.state, &newest_conversation(&t).await.id, Side::Operator)
        .await
        .expect("done");
    stream.until("Support is typing").await;
    drop(stream);
    browser.listen("/support/stream", &second.id).await.until("Below").await;
    let waiting = newest_conversation(&t).await;
    assert_eq!((waiting.shopper_read, waiting.unread_since), (1, Some(t.now())));

    t.advance(SECOND);
    let mut window = browser.clone().json();
    let mut seen = async |last: &str| {
        let status = window.post("/api/support_seen", &[("last", last)]).await.status;
        let now = newest_conversation(&t).await;
        (status, now.shopper_read, now.unread_since.is_some())
    };
    // The cursor of another conversation, a future one, invalid ones.
    let not_yet = format!("{}9", second.id);
    for nonsense in ["", "x", "1.2", &not_yet] {
        assert_eq!(seen(nonsense).await, (StatusCode::NOT_FOUND, 1, true), "{nonsense}");
    }
    assert_eq!(seen(&first.id).await, (StatusCode::OK, 2, true));
    assert_eq!(seen(&second.id).await, (StatusCode::OK, 3, false));
    let at = newest_conversation(&t).await.shopper_read_at;
    assert_eq!(at, Some(t.now()));
    // Late, or twice.
    t.advance(SECOND);
    assert_eq!(seen(&first.id).await, (StatusCode::OK, 3, false));
    assert_eq!(seen(&second.id).await, (StatusCode::OK, 3, false));
    assert_eq!(newest_conversation(&t).await.shopper_read_at, at);
});

db_test!(a7_3_1_a_window_that_sees_is_no_use_of_the_session, |t| {
    let _hearing = hear(&t);
    staffed(&t).await;
    t.account("anna").await;
    let mut laptop = t.browser();
    laptop.sign_in("anna", PASSWORD).await;
    begin(&mut laptop, FIRST).await;
    let mut phone = t.browser();
    let fields = [("login", "anna"), ("password", PASSWORD), ("remember", "on")];
    phone.submit("/api/sign_in", &fields).await;
    let last = cursor(&mut phone).await;
    let mut window = phone.clone().json();
    let mut statuses = Vec::new();
    for _ in 0..15 {
        t.advance(DAY);
        statuses.push(window.post("/api/support_seen", &[("last", &last)]).await.status);
    }
    assert_eq!(statuses.first(), Some(&StatusCode::OK));
    assert_eq!(statuses.last(), Some(&StatusCode::NOT_FOUND), "a session that nobody uses ends");
});

db_test!(a8_2_2_stream_ends_with_the_right_to_read, |t| {
    let _hearing = hear(&t);
    staffed(&t).await;
    let anna = t.account("anna").await;
    let mut laptop = t.browser();
    laptop.sign_in("anna", PASSWORD).await;
    begin(&mut laptop, FIRST).await;
    let mut phone = t.browser();
    phone.sign_in("anna", PASSWORD).await;
    let last = cursor(&mut phone).await;
    let mut stream = phone.listen("/support/stream", &last).await;
    stream.until("in the queue").await;
    // Signed out elsewhere: this browser had only its session.
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let session = crate::security::Token::parse(&phone.cookie("session").expect("a cookie"));
    crate::domain::session::end(&mut tx, &session.expect("a token")).await.expect("done");
    tx.commit().await.expect("a commit");
    answer(&t, "Not for this browser any more.").await;
    let event = stream.next().await.expect("an event");
    assert_eq!((event.name.as_str(), event.data.as_str()), ("go", "/support"));
    assert_eq!(stream.next().await, None);
    assert_eq!(phone.listen("/support/stream", "").await.status, StatusCode::NOT_FOUND);
    // The browser in which it began still has its cookie.
    assert_eq!(laptop.listen("/support/stream", "").await.status, StatusCode::OK);
    drop(anna);
});

db_test!(stream_speaks_the_language_of_its_reader, |t| {
    let _hearing = hear(&t);
    staffed(&t).await;
    let mut browser = t.browser();
    begin(&mut browser, FIRST).await;
    browser.get("/support?lang=ru").await.assert_text("Ваше сообщение в очереди.");
    let mut stream = browser.listen("/support/stream", "").await;
    stream.until("Ваше сообщение в очереди.").await;
});

db_test!(server_that_stops_ends_its_streams, |t| {
    staffed(&t).await;
    let mut browser = t.browser();
    begin(&mut browser, FIRST).await;
    let mut stream = browser.listen("/support/stream", "").await;
    stream.until("in the queue").await;
    t.state.realtime.stop();
    assert_eq!(stream.next().await, None);
    assert_eq!(browser.listen("/support/stream", "").await.status, StatusCode::SERVICE_UNAVAILABLE);
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_instances_on_one_database_deliver_to_each_other() {
    let here = spawn_app(Engine::Postgres).await;
    let there = spawn_beside(&here).await;
    let _hearing = [hear(&here), hear(&there)];
    staffed(&here).await;
    let mut browser = here.browser();
    begin(&mut browser, FIRST).await;
    let last = cursor(&mut browser).await;
    let mut stream = browser.listen("/support/stream", &last).await;
    stream.until("in the queue").await;
    answer(&there, "From the other instance.").await;
    stream.until("From the other instance.").await;
    let id = newest_conversation(&here).await.id;
    conversation::typing(&there.state, &id, Side::Operator).await.expect("done");
    stream.until("Support is typing").await;

    // The same browser on the other instance, after this one stopped.
    let mut moved = Browser::new(crate::server::router(&there.state).expect("routes"));
    moved.cookies = browser.cookies.clone();
    let mut stream = moved.listen("/support/stream", &last).await;
    stream.until("From the other instance.").await;
    send(&mut browser, "Written here.", "here").await;
    stream.until("Written here.").await;
}
