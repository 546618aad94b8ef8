//! The owner stops an assisted recovery.

use super::*;
use crate::clock::{DAY, MILLISECOND};

/// Follows the link of an email and presses the button.
async fn stop_by(browser: &mut Browser, path: &str) -> Answer {
    let answer = browser.get(path).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/letter"), "{answer:?}");
    let answer = browser.get("/letter").await;
    assert_eq!(answer.location(), "/recover/assisted/stop", "{answer:?}");
    browser.get("/recover/assisted/stop").await.assert_text("Stop the recovery of your account?");
    browser.submit("/api/assisted_stop", &[]).await
}

db_test!(a_letter_stops_it_without_signing_in, |t| {
    let story = story(&t).await;
    let (id, mut shopper) = waiting(&t, &story).await;
    let path = link(&t, ANNA, "assisted-recovery").await;
    // Mail programs follow links, too.
    let mut scanner = t.browser();
    scanner.get(&path).await;
    let page = scanner.get("/recover/assisted/stop").await;
    assert!(!page.body.contains(path.trim_start_matches("/letter/")), "A14.2.1");
    assert!(!page.body.contains(NEW), "masked for whoever reads along");
    assert_eq!(state_of(&t, &id).await, State::Waiting);

    scanner.get("/letter").await;
    scanner.get("/recover/assisted/stop").await.assert_text("Nobody gets in before");
    stop_by(&mut t.browser(), &path).await.assert_text("It is stopped");
    assert_eq!(state_of(&t, &id).await, State::Stopped);
    shopper.get("/recover/assisted").await.assert_text("The owner of the account stopped it");
    let chat = process(&t, &id).await.conversation_id.expect("a conversation");
    assert_eq!(happened(&t, &chat).await.last().map(String::as_str), Some("assisted_stopped"));
    t.advance(WAIT);
    release(&t).await;
    assert_eq!(t.count(NEW, "assisted-ready").await, 0);
    arranged(&mut t.browser().on_network(1), "anna", NEW).await.assert_text("Enter the code");
    assert_eq!(t.count(NEW, "recovery-code").await, 0);
    // The link works once for each recovery.
    let mut again = t.browser();
    again.get(&path).await;
    assert_eq!(again.get("/letter").await.status, 410);
    assert_eq!(again.json().post("/api/assisted_stop", &[]).await.status, 410);
});

db_test!(every_known_address_gets_a_letter_and_each_can_stop_it, |t| {
    let anna = t.account("anna").await;
    let (olga, oleg) =
        (t.staff("olga", Role::Operator).await, t.staff("oleg", Role::Operator).await);
    t.advance(8 * DAY);
    // A thief changed the address five days ago.
    let mut thief = t.browser();
    thief.sign_in_and_prove("anna", PASSWORD).await;
    thief.submit("/api/email", &[("email", "thief@mail.example")]).await;
    let code = t.code("thief@mail.example", "confirm-address").await;
    thief
        .submit("/api/email_code", &[("code", &code)])
        .await
        .assert_text("Your e-mail was changed");
    t.advance(5 * DAY);
    let anna = t.find(&anna.login).await;
    let story = Story { anna, olga, oleg };
    let (id, _) = waiting(&t, &story).await;
    assert_eq!(t.count("thief@mail.example", "assisted-recovery").await, 1);
    assert_eq!(t.count(ANNA, "assisted-recovery").await, 1);
    // One address stops it, and the links of all of them stop working.
    let other = link(&t, "thief@mail.example", "assisted-recovery").await;
    let path = link(&t, ANNA, "assisted-recovery").await;
    stop_by(&mut t.browser(), &path).await.assert_text("It is stopped");
    assert_eq!(state_of(&t, &id).await, State::Stopped);
    let mut late = t.browser();
    late.get(&other).await;
    assert_eq!(late.get("/letter").await.status, 410);
});

db_test!(every_screen_of_the_account_says_so_and_a_session_stops_it, |t| {
    let story = story(&t).await;
    let words = "Somebody is recovering this account with the help of support";
    let mut anna = t.browser();
    anna.sign_in("anna", PASSWORD).await;
    t.advance(8 * DAY);
    let mut anna_again = t.browser();
    anna_again.sign_in("anna", PASSWORD).await;
    assert!(!anna_again.get("/account").await.words().contains(words));
    let (id, _) = waiting(&t, &story).await;
    for path in
        ["/account", "/account/profile", "/account/settings", "/account/devices", "/sign-in"]
    {
        let page = anna_again.get(path).await;
        if page.status == 200 {
            page.assert_text(words);
            page.assert_text("a•••@post.example");
        }
    }
    // The account page links to the place where it is stopped, too.
    let hub = anna_again.get("/account").await;
    assert_eq!(hub.words().matches(words).count(), 2, "{}", hub.words());
    assert!(hub.body.contains(r#"href="/recover/assisted/stop""#), "{}", hub.body);
    anna_again
        .get("/recover/assisted/stop")
        .await
        .assert_text("Stop the recovery of your account?");
    // Other users see nothing of it.
    t.account("bert").await;
    let mut bert = t.browser();
    bert.sign_in("bert", PASSWORD).await;
    assert!(!bert.get("/account").await.words().contains(words));
    assert_eq!(bert.json().post("/api/assisted_stop_own", &[]).await.status, 410);
    assert_eq!(t.browser().json().post("/api/assisted_stop_own", &[]).await.status, 401);
    // Signing in does not stop it; the button does.
    assert_eq!(state_of(&t, &id).await, State::Waiting);
    anna_again.submit("/api/assisted_stop_own", &[]).await.assert_text("It is stopped");
    assert_eq!(state_of(&t, &id).await, State::Stopped);
    assert!(!anna_again.get("/account").await.words().contains(words));
    let events = events(&t, &story.anna).await;
    assert!(events.contains(&("assisted_stopped".to_owned(), None)), "{events:?}");
});

db_test!(it_can_be_stopped_until_it_is_done_also_when_it_is_ready, |t| {
    let story = story(&t).await;
    let (id, _) = ready(&t, &story).await;
    let mut thief = t.browser().on_network(1);
    arranged(&mut thief, "anna", NEW).await;
    let code = t.code(NEW, "recovery-code").await;
    thief.enter_code(&code).await.assert_text("Choose a new password");
    let path = link(&t, ANNA, "assisted-recovery").await;
    let mut late = t.browser();
    late.get(&path).await;
    late.get("/letter").await;
    let page = late.get("/recover/assisted/stop").await;
    assert!(!page.words().contains("Nobody gets in before"), "that is past: {}", page.words());
    stop_by(&mut t.browser(), &path).await.assert_text("It is stopped");
    // The code was right, but no longer opens anything.
    let answer = thief.new_password(NEW_PASSWORD).await;
    answer.assert_text("Something changed in the meantime");
    assert_eq!(state_of(&t, &id).await, State::Stopped);
    let anna = t.find("anna").await;
    assert_eq!(
        (anna.email.as_str(), anna.credential_version),
        (ANNA, story.anna.credential_version)
    );
    assert_eq!(t.browser().json().sign_in("anna", PASSWORD).await.status, 200);
});

db_test!(a_stop_and_the_new_password_at_once_exactly_one_wins, |t| {
    for round in 0..3 {
        let login = format!("anna{round}");
        let (address, new) = (format!("{login}@mail.example"), format!("new{round}@post.example"));
        let anna = t.account(&login).await;
        let (olga, oleg) = if round == 0 {
            (t.staff("olga", Role::Operator).await, t.staff("oleg", Role::Operator).await)
        } else {
            (t.find("olga").await, t.find("oleg").await)
        };
        t.advance(8 * DAY);
        let (chat, mut shopper) = chat(&t, &anna).await;
        let id = open(&t, &olga, &chat, &anna).await;
        confirm(&t, &mut shopper, &new).await;
        approve(&t, &oleg, &id).await;
        t.advance(WAIT);
        release(&t).await;
        let mut recovering = t.browser().on_network(round + 1).json();
        arranged(&mut recovering, &login, &new).await;
        let code = t.code(&new, "recovery-code").await;
        recovering.post("/api/recover_code", &[("code", &code)]).await;
        let path = link(&t, &address, "assisted-recovery").await;
        let mut stopping = t.browser().json();
        stopping.get(&path).await;
        let fields = [("new_password", NEW_PASSWORD), ("new_password_again", NEW_PASSWORD)];
        let set = tokio::spawn(async move {
            recovering.post("/api/recover_password", &fields).await.status == 200
        });
        let stop =
            tokio::spawn(
                async move { stopping.post("/api/assisted_stop", &[]).await.status == 200 },
            );
        let (set, stop) = (set.await.expect("an answer"), stop.await.expect("an answer"));
        assert!(set != stop, "one of the two: set {set}, stop {stop}");
        let expected = if set { (State::Done, new) } else { (State::Stopped, address) };
        assert_eq!((state_of(&t, &id).await, t.find(&login).await.email), expected);
    }
});

db_test!(a_stop_and_the_release_at_once_leave_it_stopped, |t| {
    let story = story(&t).await;
    let (id, _) = waiting(&t, &story).await;
    let path = link(&t, ANNA, "assisted-recovery").await;
    t.advance(WAIT);
    let mut all = Vec::new();
    for n in 0..8 {
        let (state, path, mut browser) = (t.state.clone(), path.clone(), t.browser().json());
        all.push(tokio::spawn(async move {
            if n % 2 == 0 {
                process::release_due(&state).await.expect("done");
                return false;
            }
            browser.get(&path).await;
            browser.post("/api/assisted_stop", &[]).await.status == 200
        }));
    }
    let mut stopped = 0;
    for one in all {
        stopped += usize::from(one.await.expect("an answer"));
    }
    assert_eq!(stopped, 1, "one press stops it, and the others find it stopped");
    assert_eq!(state_of(&t, &id).await, State::Stopped);
    assert!(t.count(NEW, "assisted-ready").await <= 1);
    let ended = events(&t, &story.anna).await;
    assert_eq!(ended.iter().filter(|(kind, _)| kind == "assisted_stopped").count(), 1);
    assert!(ended.iter().filter(|(kind, _)| kind == "assisted_ready").count() <= 1);
});

db_test!(after_a_second_stop_only_an_admin_opens_the_next, |t| {
    let story = story(&t).await;
    let admin = t.staff("nina", Role::Admin).await;
    t.advance(8 * DAY);
    for stop in 0..2 {
        let (_, _) = waiting(&t, &story).await;
        let path = link(&t, ANNA, "assisted-recovery").await;
        stop_by(&mut t.browser(), &path).await.assert_text("It is stopped");
        if stop == 0 {
            t.advance(29 * DAY);
        }
    }
    let (chat, _) = chat(&t, &story.anna).await;
    let answer = try_open(&t, &story.olga, &chat, &story.anna).await;
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (403, "assisted_admin_only"));
    let id = open(&t, &admin, &chat, &story.anna).await;
    t.staff_browser(&admin).await.post("/api/assisted_refuse", &[("id", &id)]).await;
    t.advance(30 * DAY - MILLISECOND);
    assert_eq!(try_open(&t, &story.olga, &chat, &story.anna).await.error(), "assisted_admin_only");
    t.advance(MILLISECOND);
    open(&t, &story.olga, &chat, &story.anna).await;
});

db_test!(two_stops_that_are_far_apart_are_no_pattern, |t| {
    let story = story(&t).await;
    for _ in 0..2 {
        let (_, _) = waiting(&t, &story).await;
        let path = link(&t, ANNA, "assisted-recovery").await;
        stop_by(&mut t.browser(), &path).await.assert_text("It is stopped");
        t.advance(31 * DAY);
    }
    let (chat, _) = chat(&t, &story.anna).await;
    open(&t, &story.olga, &chat, &story.anna).await;
});
