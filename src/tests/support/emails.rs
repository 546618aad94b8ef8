//! "An answer waits", by email.

use super::{FIRST, answer, begin, newest_conversation, send, staffed};
use crate::{
    clock::{HOUR, MILLISECOND, MINUTE, SECOND},
    support::conversation,
    tests::{
        browser::Browser,
        harness::{PASSWORD, TestApp, db_test},
    },
};

const ADDRESS: &str = "me@mail.example";

async fn with_address(t: &TestApp) -> Browser {
    staffed(t).await;
    let mut browser = t.browser();
    begin(&mut browser, FIRST).await;
    browser.get("/support/email").await.assert_text("An e-mail when an answer waits");
    let page = browser.submit("/api/support_email", &[("email", ADDRESS)]).await;
    page.assert_text("Confirm your e-mail");
    page.assert_text(ADDRESS);
    let code = t.code(ADDRESS, "confirm-address").await;
    let page = browser.submit("/api/support_email_code", &[("code", &code)]).await;
    page.assert_text(&format!("If an answer waits for you, we write to {ADDRESS}."));
    browser
}

/// Runs the step of housekeeping, and returns the number of emails so far.
async fn told(t: &TestApp) -> usize {
    conversation::tell_waiting(&t.state).await.expect("done");
    t.count(ADDRESS, "answer-waits").await
}

db_test!(answer_that_nobody_sees_is_told_after_two_minutes_and_at_most_hourly, |t| {
    let mut browser = with_address(&t).await;
    assert_eq!(told(&t).await, 0);
    answer(&t, "A secret answer.").await;
    t.advance(2 * MINUTE - SECOND);
    assert_eq!(told(&t).await, 0);
    t.advance(SECOND);
    assert_eq!(told(&t).await, 1);
    let message = t.email(ADDRESS, "answer-waits").await;
    assert!(
        !message.text.contains("A secret answer.") && !message.html.contains("A secret answer.")
    );
    assert!(!message.text.contains(FIRST));
    assert!(message.text.contains("http://localhost:3000/support\n"));
    assert!(message.text.contains("We never ask for it"));
    assert_eq!(message.account, "");

    // Another answer within the hour waits until the hour is over; the same answer is announced once.
    t.advance(10 * MINUTE);
    answer(&t, "Another.").await;
    t.advance(40 * MINUTE);
    assert_eq!(told(&t).await, 1);
    t.advance(10 * MINUTE);
    assert_eq!(told(&t).await, 2);
    t.advance(5 * HOUR);
    assert_eq!(told(&t).await, 2);

    // An answer that was seen is not announced.
    browser.get("/support").await.assert_text("Another.");
    answer(&t, "Seen at once.").await;
    browser.get("/support").await.assert_text("Seen at once.");
    t.advance(HOUR);
    assert_eq!(told(&t).await, 2);
    // The shopper's own message is no answer.
    send(&mut browser, "Thanks", "thanks").await;
    t.advance(HOUR);
    assert_eq!(told(&t).await, 2);

    let page = browser.submit("/api/support_email_off", &[]).await;
    page.assert_text("Tell me by e-mail");
    answer(&t, "Still there?").await;
    t.advance(HOUR);
    assert_eq!(told(&t).await, 2);
});

db_test!(answer_that_came_to_a_window_nobody_looks_at_is_told, |t| {
    let (stop, stopped) = tokio::sync::watch::channel(false);
    tokio::spawn(t.state.realtime.clone().run(t.state.db.clone(), stopped));
    let mut browser = with_address(&t).await;
    let mut stream = browser.listen("/support/stream", "").await;
    stream.until(FIRST).await;
    answer(&t, "For whoever is away.").await;
    let came = stream.until("For whoever is away.").await;
    stream.until("Below").await;
    t.advance(2 * MINUTE);
    assert_eq!(told(&t).await, 1);
    // The shopper comes back, and looks.
    answer(&t, "For whoever looks.").await;
    let came_later = stream.until("For whoever looks.").await;
    assert_ne!(came.id, came_later.id);
    let told_so = browser.post("/api/support_seen", &[("last", &came_later.id)]).await;
    assert_eq!(told_so.location(), "/support");
    t.advance(2 * HOUR);
    assert_eq!(told(&t).await, 1);
    drop(stop);
});

db_test!(several_instances_tell_once, |t| {
    with_address(&t).await;
    answer(&t, "Hello!").await;
    t.advance(3 * MINUTE);
    let many = (0..10).map(|_| {
        let state = t.state.clone();
        tokio::spawn(async move { conversation::tell_waiting(&state).await })
    });
    for one in many.collect::<Vec<_>>() {
        one.await.expect("an answer").expect("done");
    }
    assert_eq!(t.count(ADDRESS, "answer-waits").await, 1);
});

db_test!(address_is_confirmed_first_and_for_this_conversation_only, |t| {
    staffed(&t).await;
    let (mut browser, mut other) = (t.browser(), t.browser());
    begin(&mut browser, FIRST).await;
    begin(&mut other, "Another conversation.").await;
    let mut json = browser.clone().json();
    let refused = json.post("/api/support_email", &[("email", "nonsense")]).await;
    assert_eq!(refused.field("email"), "email_malformed");
    browser.submit("/api/support_email", &[("email", ADDRESS)]).await;
    let code = t.code(ADDRESS, "confirm-address").await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let page = browser.submit("/api/support_email_code", &[("code", wrong)]).await;
    page.assert_text("That code is not right.");
    assert_eq!(newest_conversation(&t).await.email, None);
    // The flow of one conversation does not work in another.
    other.set_cookie("chat-flow", &browser.cookie("chat-flow").expect("a cookie"));
    let refused = other.clone().json().post("/api/support_email_code", &[("code", &code)]).await;
    assert_eq!(refused.error(), "flow_expired");
    browser.submit("/api/support_email_code", &[("code", &code)]).await.assert_text(ADDRESS);
    let again = browser.clone().json().post("/api/support_email_code", &[("code", &code)]).await;
    assert_eq!(again.error(), "flow_expired");
    let with_address = t.number("SELECT COUNT(*) FROM conversations WHERE email IS NOT NULL").await;
    assert_eq!(with_address, 1);
});

db_test!(whoever_is_signed_in_needs_one_press, |t| {
    staffed(&t).await;
    t.account("anna").await;
    let mut browser = t.browser();
    browser.sign_in("anna", PASSWORD).await;
    begin(&mut browser, FIRST).await.assert_text("Write to anna@mail.example");
    browser
        .submit("/api/support_email", &[("own", "on")])
        .await
        .assert_text("we write to anna@mail.example.");
    // This does not confirm the address of another account.
    t.advance(MILLISECOND);
    let mut stranger = t.browser();
    begin(&mut stranger, "Hello").await;
    let fields = [("own", "on"), ("email", "anna@mail.example")];
    stranger.submit("/api/support_email", &fields).await.assert_text("Confirm your e-mail");
    assert_eq!(newest_conversation(&t).await.email, None);
});

db_test!(mailboxes_are_not_filled_with_codes, |t| {
    staffed(&t).await;
    let mut browser = t.browser().json();
    browser.html = true;
    begin(&mut browser, FIRST).await;
    browser.html = false;
    for n in 0..5 {
        let email = format!("stranger{n}@mail.example");
        let asked = browser.post("/api/support_email", &[("email", &email)]).await;
        assert_eq!(asked.status.as_u16(), 200);
    }
    let refused = browser.post("/api/support_email", &[("email", "one-more@mail.example")]).await;
    assert_eq!(refused.error(), "too_many_letters");
    // The same address again: its email is already on the way.
    let again = browser.post("/api/support_email", &[("email", "stranger4@mail.example")]).await;
    assert_eq!(again.status.as_u16(), 200);
    assert_eq!(t.count("stranger4@mail.example", "confirm-address").await, 1);
});
