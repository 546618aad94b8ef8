//! How often and how long each code and approval works.

use crate::{
    clock::{HOUR, MINUTE, SECOND},
    server,
};

use super::{
    super::harness::db_test, ANNA, approve, collect, computer, listen, open, other_number, phone,
    request_in, scan,
};

db_test!(x6_1_a_code_is_good_once, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut phone, &screen).await;
    approve(&mut phone, &page, &screen.number).await;
    let mut copy = computer.clone();
    collect(&mut computer).await;
    assert!(computer.is_signed_in().await);
    // The same cookie, the same picture and the same approval a second time.
    let replayed = copy.clone().json().post("/api/qr_collect", &[]).await;
    assert_eq!((replayed.status.as_u16(), &*replayed.error()), (410, "qr_gone"));
    collect(&mut copy).await.assert_text("This code is no longer good");
    assert!(!copy.is_signed_in().await);
    let request = request_in(&page);
    let fields = [("request", &*request), ("number", &*screen.number), ("answer", "approve")];
    let replayed = phone.clone().json().post("/api/qr_answer", &fields).await;
    assert_eq!((replayed.status.as_u16(), &*replayed.error()), (410, "qr_gone"));
    let page = scan(&mut phone, &screen).await;
    assert!(!page.body.contains("/api/qr_answer"), "{}", page.words());
});

db_test!(x6_1_parallel_collects_give_one_session, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut phone, &screen).await;
    approve(&mut phone, &page, &screen.number).await;
    let tries = (0..10).map(|_| {
        let mut tab = computer.clone().json();
        tokio::spawn(async move { tab.post("/api/qr_collect", &[]).await.status.as_u16() })
    });
    let mut statuses = Vec::new();
    for tried in tries.collect::<Vec<_>>() {
        statuses.push(tried.await.expect("an answer"));
    }
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 410).count(), 9, "{statuses:?}");
    assert_eq!(t.number("SELECT COUNT(*) FROM sessions").await, 2, "the phone's and one more");
    assert_eq!(t.count(ANNA, "qr-sign-in").await, 1);
});

db_test!(x6_1_a_code_can_be_scanned_for_120_seconds, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    t.advance(120 * SECOND);
    scan(&mut phone, &screen).await.assert_text("This code is no longer good");
    phone.get("/qr").await.assert_text("On the computer, choose");
    let mut heard = listen(&t, &computer, "shown").await;
    assert!(heard.next().await.contains("This code has expired"));
    heard.ends().await;
    let page = computer.get("/sign-in/qr").await;
    page.assert_text("This code has expired");
    assert!(!page.body.contains("http-equiv=\"refresh\""), "nothing to wait for");
    let answer = computer.post("/api/qr_new", &[("next", "/account/profile")]).await;
    assert_eq!(answer.location(), "/sign-in/qr?next=%2Faccount%2Fprofile");
    let fresh = open(&t, &mut computer).await;
    assert_ne!(fresh.picture, screen.picture);
    // One second before the end it still works.
    t.advance(119 * SECOND);
    scan(&mut phone, &fresh).await.assert_text("Number on the computer's screen");
});

db_test!(x6_1_there_are_five_minutes_to_answer_and_two_to_collect, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    t.advance(MINUTE);
    let page = scan(&mut phone, &screen).await;
    t.advance(5 * MINUTE);
    let late = approve(&mut phone, &page, &screen.number).await;
    late.assert_text("This code is no longer good");
    computer.get("/sign-in/qr").await.assert_text("This code has expired");
    assert!(!collect(&mut computer).await.words().contains("My account"));

    computer.post("/api/qr_new", &[]).await;
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut phone, &screen).await;
    t.advance(5 * MINUTE - SECOND);
    approve(&mut phone, &page, &screen.number)
        .await
        .assert_text("The computer is being signed in.");
    t.advance(2 * MINUTE);
    collect(&mut computer).await.assert_text("This code is no longer good");
    assert!(!computer.is_signed_in().await);
    // A request that expired long ago is not mentioned: there is a new code at once. Later it is deleted.
    t.advance(HOUR);
    computer.get("/sign-in/qr").await.assert_text("Number on this screen:");
    t.advance(3 * HOUR);
    server::sweep(&t.state).await.expect("swept");
    assert_eq!(t.number("SELECT COUNT(*) FROM qr_requests").await, 0);
});

db_test!(x6_1_guessing_the_number_in_parallel_is_one_guess, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut phone, &screen).await;
    let request = request_in(&page);
    let wrong = other_number(&screen.number);
    let guesses = (0..10).map(|_| {
        let (mut tab, request) = (phone.clone().json(), request.clone());
        tokio::spawn(async move {
            let fields = [("request", &*request), ("number", wrong), ("answer", "approve")];
            tab.post("/api/qr_answer", &fields).await.error()
        })
    });
    let mut errors = Vec::new();
    for guess in guesses.collect::<Vec<_>>() {
        errors.push(guess.await.expect("an answer"));
    }
    let judged = errors.iter().filter(|error| *error == "qr_number_wrong").count();
    assert_eq!(judged, 1, "{errors:?}");
});

db_test!(x6_1_short_codes_cannot_be_guessed, |t| {
    for login in ["anna", "bert", "carl"] {
        t.account(login).await;
    }
    let mut computer = computer(&t);
    let screen = open(&t, &mut computer).await;
    // Per account, over all networks …
    let mut anna = phone(&t, "anna").await.json();
    for n in 10..15 {
        anna = anna.on_network(n);
        let answer = anna.post("/api/qr_type", &[("short_code", "00000000")]).await;
        assert_eq!(answer.field("short_code"), "short_code_wrong");
    }
    anna = anna.on_network(15);
    let answer = anna.post("/api/qr_type", &[("short_code", &screen.short)]).await;
    assert_eq!((answer.status.as_u16(), &*answer.error()), (429, "too_many_tries"));
    // … and per network, over all accounts.
    for (login, tries) in [("bert", 3), ("carl", 2)] {
        let mut browser = phone(&t, login).await.on_network(20).json();
        for _ in 0..tries {
            browser.post("/api/qr_type", &[("short_code", "00000000")]).await;
        }
    }
    let mut carl = phone(&t, "carl").await.on_network(20).json();
    let answer = carl.post("/api/qr_type", &[("short_code", &screen.short)]).await;
    assert_eq!((answer.status.as_u16(), &*answer.error()), (429, "too_many_tries"));
    t.advance(HOUR);
    let mut fresh = self::computer(&t);
    let screen = open(&t, &mut fresh).await;
    // Correct codes are not counted, and only a signed-in browser may type one.
    for _ in 0..2 {
        let answer = carl.post("/api/qr_type", &[("short_code", &screen.short)]).await;
        assert!(answer.status.is_success() || answer.field("short_code") == "short_code_wrong");
    }
    let mut nobody = t.browser().json();
    assert_eq!(nobody.post("/api/qr_type", &[("short_code", &screen.short)]).await.status, 401);
});

db_test!(x6_1_taking_turns_does_not_keep_a_code_alive, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let screen = open(&t, &mut computer).await;
    let began = t.now();
    loop {
        let mut phone = phone(&t, "anna").await;
        let page = scan(&mut phone, &screen).await;
        if !page.body.contains("/api/qr_answer") {
            break;
        }
        t.advance(90 * SECOND);
        phone.post("/api/qr_other_account", &[]).await;
        t.advance(SECOND);
    }
    assert!(t.now() - began <= 10 * MINUTE + 91 * SECOND);
});

db_test!(p_codes_and_approvals_are_limited, |t| {
    t.account("anna").await;
    // Codes: thirty an hour from one network.
    for n in 0..30 {
        let page = computer(&t).get("/sign-in/qr").await;
        assert_eq!(page.status, 200, "{n}");
    }
    let page = computer(&t).get("/sign-in/qr").await;
    assert_eq!(page.status, 429);
    page.assert_text("Too many tries from your network.");
    page.assert_text("Sign in with a password");
    assert_eq!(computer(&t).json().post("/api/qr_new", &[]).await.status, 429);
    t.advance(HOUR);
    // Approved computers: ten an hour by one account.
    let mut phone = phone(&t, "anna").await;
    for n in 0..11 {
        let mut computer = computer(&t);
        let screen = open(&t, &mut computer).await;
        let page = scan(&mut phone, &screen).await;
        let told = approve(&mut phone, &page, &screen.number).await;
        told.assert_text(if n < 10 { "is being signed in" } else { "Too many tries in a row." });
        phone.set_cookie("qr_answer", "");
    }
});
