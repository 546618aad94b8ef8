//! Attacks on signing in by QR code.

use crate::{args, clock::MINUTE, security::Token};

use super::{
    super::harness::{Engine, PASSWORD, db_test, spawn_app, spawn_app_with},
    ANNA, approve, collect, computer, listen, open, other_number, phone, post_answer, request_in,
    scan, stream,
};

db_test!(x6_1_a_second_scanner_is_told_and_can_do_nothing, |t| {
    for login in ["anna", "bert"] {
        t.account(login).await;
    }
    let mut computer = computer(&t);
    let (mut anna, mut bert) = (phone(&t, "anna").await, phone(&t, "bert").await);
    let mut tablet = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut anna, &screen).await;
    for late in [&mut bert, &mut tablet] {
        let told = scan(late, &screen).await;
        told.assert_text("Scanned by another device");
        assert!(!told.words().contains("Firefox"), "nothing about the computer");
        // Knowing the id does not help.
        let request = request_in(&page);
        for answer in ["approve", "deny"] {
            let fields = [("request", &*request), ("number", &*screen.number), ("answer", answer)];
            let refused = late.clone().json().post("/api/qr_answer", &fields).await;
            assert_eq!((refused.status.as_u16(), &*refused.error()), (410, "qr_gone"));
        }
        let typed =
            late.clone().json().post("/api/qr_type", &[("short_code", &screen.short)]).await;
        assert_eq!(typed.field("short_code"), "short_code_wrong");
    }
    approve(&mut anna, &page, &screen.number).await;
    let page = collect(&mut computer).await;
    page.assert_text("Hello, anna");
});

db_test!(x6_1_only_the_browser_that_asked_hears_and_collects, |t| {
    t.account("anna").await;
    let mut asked = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let screen = open(&t, &mut asked).await;
    let mut stranger = computer(&t);
    let theirs = open(&t, &mut stranger).await;
    assert_ne!(theirs.picture, screen.picture);
    let page = scan(&mut phone, &screen).await;
    approve(&mut phone, &page, &screen.number).await;
    // No cookie, an invented one, the token of the picture, and the browser's own.
    let made_up = Token::new(&t.state.random).expose_secret();
    let picture = screen.picture.trim_start_matches("/qr/").to_owned();
    for cookie in [None, Some(made_up.as_str()), Some(picture.as_str())] {
        let answer = stream(&t, cookie, "shown").await;
        assert_eq!(answer.status(), 404);
        let mut thief = computer(&t).json();
        if let Some(cookie) = cookie {
            thief.set_cookie("qr", cookie);
        }
        let refused = thief.post("/api/qr_collect", &[]).await;
        assert_eq!((refused.status.as_u16(), &*refused.error()), (410, "qr_gone"));
    }
    assert_eq!(stranger.clone().json().post("/api/qr_collect", &[]).await.status, 410);
    stranger.get("/sign-in/qr").await.assert_text("Point its camera");
    assert!(!stranger.is_signed_in().await);
    collect(&mut asked).await.assert_text("Hello, anna");
});

db_test!(x6_1_one_wrong_number_ends_it, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut phone, &screen).await;
    // Input that cannot be the number counts as a typing error, and ends nothing.
    for slip in ["", "1", "123", "ab"] {
        approve(&mut phone, &page, slip).await.assert_text("Please type the two digits");
    }
    let mut heard = listen(&t, &computer, "scanned").await;
    let told = approve(&mut phone, &page, other_number(&screen.number)).await;
    told.assert_text("The number did not match");
    told.assert_text("End all sessions and change password");
    assert!(heard.next().await.contains("A wrong number was typed on the phone"));
    let request = request_in(&page);
    let fields = [("request", &*request), ("number", &*screen.number), ("answer", "approve")];
    let refused = phone.clone().json().post("/api/qr_answer", &fields).await;
    assert_eq!((refused.status.as_u16(), &*refused.error()), (410, "qr_gone"));
    computer.get("/sign-in/qr").await.assert_text("The number did not match");
    collect(&mut computer).await;
    assert!(!computer.is_signed_in().await);
    phone.get("/account/activity").await.assert_text("Sign-in on a computer denied by QR code");
});

db_test!(x6_1_nothing_is_approved_or_collected_by_get, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut phone, &screen).await;
    let (request, number) = (request_in(&page), &screen.number);
    let query = format!("request={request}&number={number}&answer=approve");
    for path in [
        format!("/api/qr_answer?{query}"),
        format!("/qr?{query}"),
        format!("{}?{query}", screen.picture),
        format!("/api/qr_type?short_code={}", screen.short),
    ] {
        phone.get(&path).await;
    }
    assert_eq!(
        phone.get("/api/qr_answer").await.location(),
        "/qr",
        "to the form, with nothing of the address"
    );
    computer.get("/sign-in/qr").await.assert_text("Now confirm on the phone");
    approve(&mut phone, &page, number).await;
    for path in ["/api/qr_collect", "/sign-in/qr?collect", "/sign-in/qr/stream?last=approved"] {
        computer.get(path).await;
    }
    assert_eq!(computer.get("/api/qr_collect").await.location(), "/sign-in/qr");
    assert!(!computer.is_signed_in().await);
    // Nor from another site.
    computer.headers.push(("origin", "https://evil.example".to_owned()));
    assert_eq!(computer.post("/api/qr_collect", &[]).await.status, 403);
});

db_test!(x6_1_a_relayed_code_is_stopped_by_the_password, |t| {
    let engine = t.engine();
    let file = t.folder().join("places.mmdb");
    std::fs::write(&file, crate::tests::server::geo::file()).expect("written");
    let t = spawn_app_with(engine, |config| config.geoip_file = Some(file)).await;
    t.account("anna").await;
    // An attacker shows the code of his computer, and the number, on his own page.
    let mut far = computer(&t).on_network(0x3000);
    let mut anna = phone(&t, "anna").await;
    let screen = open(&t, &mut far).await;
    let page = scan(&mut anna, &screen).await;
    page.assert_text("We cannot tell that the computer is in your country.");
    approve(&mut anna, &page, &screen.number).await.assert_text("Please fill in the password.");
    // A wrong password does not end the request, and is counted as everywhere.
    for _ in 0..4 {
        let answer = post_answer(&mut anna, &page, &screen.number, "not it", "approve").await;
        answer.assert_text("This is not your password.");
    }
    post_answer(&mut anna, &page, &screen.number, "not it", "approve").await;
    let waiting = post_answer(&mut anna, &page, &screen.number, PASSWORD, "approve").await;
    waiting.assert_text("Too many tries in a row.");
    assert!(!collect(&mut far).await.words().contains("My account"));
    t.advance(MINUTE);
    post_answer(&mut anna, &page, &screen.number, PASSWORD, "approve")
        .await
        .assert_text("is being signed in");
    collect(&mut far).await.assert_text("Hello, anna");

    // Another network of the same country: no password is required.
    let mut near = computer(&t).on_network(2);
    let screen = open(&t, &mut near).await;
    let page = scan(&mut anna, &screen).await;
    page.assert_text("Hamburg, Germany");
    assert!(!page.body.contains(r#"name="password""#));
    approve(&mut anna, &page, &screen.number).await.assert_text("is being signed in");
});

db_test!(x6_1_without_a_file_of_places_another_network_is_another_country, |t| {
    t.account("anna").await;
    let mut far = computer(&t).on_network(2);
    let mut anna = phone(&t, "anna").await;
    let screen = open(&t, &mut far).await;
    let page = scan(&mut anna, &screen).await;
    assert!(page.body.contains(r#"name="password""#), "{}", page.words());
    approve(&mut anna, &page, &screen.number).await.assert_text("Please fill in the password.");
});

db_test!(x6_1_a_typed_short_code_asks_for_the_password, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    phone.get("/qr").await.assert_text("Code from the computer");
    phone.submit("/api/qr_type", &[("short_code", " ")]).await.assert_text("Please type the code");
    // As users type: lower case, spaces, O for 0.
    let typed = screen.short.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
    let page = phone.submit("/api/qr_type", &[("short_code", &typed)]).await;
    page.assert_text("A typed code may come from somebody else.");
    page.assert_text("Firefox, Linux");
    approve(&mut phone, &page, &screen.number).await.assert_text("Please fill in the password.");
    let page = phone.get("/qr").await;
    let done = post_answer(&mut phone, &page, &screen.number, PASSWORD, "approve").await;
    done.assert_text("The computer is being signed in.");
    collect(&mut computer).await.assert_text("Hello, anna");
});

db_test!(x6_1_a_raised_version_ends_requests, |t| {
    t.account("anna").await;
    const NEW: &str = "a completely new lamp";
    let change = [("old_password", PASSWORD), ("new_password", NEW), ("new_password_again", NEW)];
    let mut computer = computer(&t);
    let mut first = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut first, &screen).await;
    approve(&mut first, &page, &screen.number).await;
    // Between approval and collection the same session that approved changes the password.
    first.submit("/api/change_password", &change).await.assert_text("Your password was changed");
    collect(&mut computer).await.assert_text("Something changed in the meantime.");
    assert!(!computer.is_signed_in().await);
    assert_eq!(t.count(ANNA, "qr-sign-in").await, 0);
    assert!(!collect(&mut computer).await.words().contains("My account"), "it is spent");
});

db_test!(x6_1_ending_the_session_that_approved_ends_the_request, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let (mut first, mut other) = (phone(&t, "anna").await, phone(&t, "anna").await);
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut first, &screen).await;
    approve(&mut first, &page, &screen.number).await;
    other.submit("/api/end_other_sessions", &[]).await;
    collect(&mut computer).await.assert_text("Something changed in the meantime.");
    assert!(!computer.is_signed_in().await && other.is_signed_in().await);
});

db_test!(x6_1_staff_are_never_signed_in_by_qr, |t| {
    t.account("anna").await;
    let mut computer = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut phone, &screen).await;
    approve(&mut phone, &page, &screen.number).await;
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let id = t.find("anna").await.id;
    tx.execute("UPDATE accounts SET role = 'operator' WHERE id = $1", args![&id])
        .await
        .expect("done");
    tx.commit().await.expect("a commit");
    collect(&mut computer).await;
    assert!(!computer.is_signed_in().await, "a role that was given between");
    computer.post("/api/qr_new", &[]).await;
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut phone, &screen).await;
    page.assert_text("Staff sign in only with a password and a code by e-mail.");
    computer.get("/sign-in/qr").await.assert_text("Point its camera");
    let refused = phone.json().post("/api/qr_type", &[("short_code", &screen.short)]).await;
    assert_eq!((refused.status.as_u16(), &*refused.error()), (403, "qr_staff"));
});

db_test!(x6_1_only_hashes_are_stored, |t| {
    let mut computer = computer(&t);
    let screen = open(&t, &mut computer).await;
    let secret = computer.cookie("qr").expect("a cookie");
    let rows: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> = t
        .state
        .db
        .fetch_all("SELECT token_hash, short_mac, browser_hash FROM qr_requests", Vec::new())
        .await
        .expect("rows");
    let [(picture, short, browser)] = &rows[..] else { panic!("one row") };
    for (name, stored) in [("picture", picture), ("short", short), ("browser", browser)] {
        let text = String::from_utf8_lossy(stored);
        assert_eq!(stored.len(), 32, "{name}");
        assert!(!text.contains(&secret) && !text.contains(&screen.short.replace('-', "")));
    }
});

#[tokio::test]
async fn a14_2_1_no_token_of_a_code_reaches_an_address_for_long_or_a_log() {
    let (log, _guard) = crate::tests::server::telemetry::captured();
    let t = spawn_app(Engine::Sqlite).await;
    t.account("anna").await;
    let mut computer = computer(&t);
    let mut phone = phone(&t, "anna").await;
    let screen = open(&t, &mut computer).await;
    let page = scan(&mut phone, &screen).await;
    assert!(!page.body.contains(screen.picture.trim_start_matches("/qr/")));
    approve(&mut phone, &page, &screen.number).await;
    let secret = computer.cookie("qr").expect("a cookie");
    collect(&mut computer).await;
    phone.post("/api/qr_type", &[("short_code", &screen.short)]).await;
    let log = log.text();
    assert!(log.contains("/qr/{token}") && log.contains("qr_approved"), "{log}");
    let short = screen.short.replace('-', "");
    for canary in [screen.picture.trim_start_matches("/qr/"), &secret, &screen.short, &short] {
        assert!(!log.contains(canary), "{canary:?} in the log");
    }
}
