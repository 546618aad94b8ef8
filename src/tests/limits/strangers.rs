//! Rows that one client writes without an account: by signing in, registering, recovering and asking support.

use super::{Doors, NAMES, REQUESTS, fields, known, post, with_accounts};
use crate::{
    clock::HOUR,
    domain::accounts::Role,
    tests::harness::{PASSWORD, db_test},
};

db_test!(one_client_writes_a_hundred_rows_a_minute_at_most_by_signing_in, |t| {
    with_accounts(&t).await;
    let mut doors = Doors::of(&t).await;
    let typed =
        |login: String, password: &str| vec![("login", login), ("password", password.to_owned())];
    let path = "/api/sign_in";
    doors.strangers("sign in: one name", path, |_| typed("known0".into(), "wrong words")).await;
    doors
        .strangers("sign in: a name each", path, |n| typed(format!("nobody{n}"), "wrong words"))
        .await;
    doors.strangers("sign in: an account each", path, |n| typed(known(n + 1), "wrong words")).await;
    doors.strangers("sign in: right, new browsers", path, |_| typed(known(30), PASSWORD)).await;
    let mut one = doors.browsers(1);
    doors
        .through("sign in: right, one browser", path, &mut one, |_| typed(known(31), PASSWORD))
        .await;
    doors.begin().await;
    for _ in 0..REQUESTS {
        let mut browser = doors.browser();
        post(&mut browser, path, &typed(known(32), PASSWORD)).await;
        post(&mut browser, "/api/sign_out", &[]).await;
    }
    doors.end("sign in and out").await;
    doors.strangers("QR code", "/api/qr_new", |_| Vec::new()).await;
    doors
        .strangers("language", "/api/language", |_| fields(&[("lang", "ru"), ("back", "/")]))
        .await;
    doors
        .strangers("password help", "/api/password_help", |n| {
            vec![("password", format!("green lamp seven {n}"))]
        })
        .await;
    doors
        .strangers("fields while they are typed", "/api/check_registration_field", |n| {
            vec![("field", "login".to_owned()), ("value", format!("anna{n}"))]
        })
        .await;
    assert!(doors.wide.is_empty(), "{:#?}", doors.wide);
});

db_test!(one_client_writes_a_hundred_rows_a_minute_at_most_by_registering_and_recovering, |t| {
    with_accounts(&t).await;
    let mut doors = Doors::of(&t).await;
    let of = |n: usize| format!("nobody{n}@mail.example");
    doors
        .strangers("register", "/api/register", |n| {
            vec![("login", format!("nobody{n}")), ("email", of(n)), ("password", PASSWORD.into())]
        })
        .await;
    doors
        .strangers("register: addresses in use", "/api/register", |n| {
            let email = format!("{}@mail.example", known(n));
            vec![("login", format!("other{n}")), ("email", email), ("password", PASSWORD.into())]
        })
        .await;
    doors
        .strangers("register: one address", "/api/register", |n| {
            let email = "somebody@mail.example".to_owned();
            vec![("login", format!("third{n}")), ("email", email), ("password", PASSWORD.into())]
        })
        .await;
    doors.strangers("find login", "/api/find_login", |n| vec![("email", of(n))]).await;
    doors
        .strangers("find login: known", "/api/find_login", |n| {
            vec![("email", format!("{}@mail.example", known(n)))]
        })
        .await;
    doors.strangers("recover", "/api/recover", |n| vec![("login", of(n))]).await;
    doors.strangers("recover: known", "/api/recover", |n| vec![("login", known(n))]).await;
    for (class, name) in [
        (
            "nobody",
            Box::new(|n| format!("nobody{}@mail.example", n % NAMES))
                as Box<dyn Fn(usize) -> String>,
        ),
        ("known", Box::new(known)),
    ] {
        // So that the counters of accounts start again for this endpoint.
        t.advance(24 * HOUR);
        let mut browsers = doors.browsers(NAMES);
        for (n, browser) in browsers.iter_mut().enumerate() {
            post(browser, "/api/recover", &[("login", name(n))]).await;
        }
        let door = format!("send code: {class}");
        doors.through(&door, "/api/recover_email", &mut browsers, |_| Vec::new()).await;
        let wrong = |n: usize| vec![("code", format!("{n:06}"))];
        doors.through(&format!("code: {class}"), "/api/recover_code", &mut browsers, wrong).await;
        let wrong = |_| fields(&[("saved_code", "ABCD-EFGH-JKMN-PQRS")]);
        let door = format!("saved code: {class}");
        doors.through(&door, "/api/recover_saved_code", &mut browsers, wrong).await;
        t.advance(HOUR);
        let mut one = doors.browsers(1);
        post(&mut one[0], "/api/recover", &[("login", name(1))]).await;
        let arranged = |n: usize| vec![("email", of(n))];
        let door = format!("arranged: {class}");
        doors.through(&door, "/api/recover_arranged", &mut one, arranged).await;
        doors
            .through(&format!("{door}, again"), "/api/recover_arranged_again", &mut one, |_| {
                Vec::new()
            })
            .await;
    }
    let mut registering = doors.browsers(1);
    let begun = [("login", "fourth"), ("email", "fourth@mail.example"), ("password", PASSWORD)];
    post(&mut registering[0], "/api/register", &fields(&begun)).await;
    let wrong = |n: usize| vec![("code", format!("{n:06}"))];
    doors.through("register: code", "/api/register_code", &mut registering, wrong).await;
    doors
        .through("register: resend", "/api/register_resend", &mut registering, |_| Vec::new())
        .await;
    assert!(doors.wide.is_empty(), "{:#?}", doors.wide);
});

db_test!(one_client_writes_a_hundred_rows_a_minute_at_most_by_asking_support, |t| {
    with_accounts(&t).await;
    t.staff("oleg", Role::Operator).await;
    let mut doors = Doors::of(&t).await;
    let first =
        |n: usize| vec![("topic", "password".into()), ("message", format!("I cannot get in {n}."))];
    doors.strangers("support: begin", "/api/support_begin", first).await;
    let mut browsers = doors.browsers(10);
    for (n, browser) in browsers.iter_mut().enumerate() {
        post(browser, "/api/support_begin", &first(n)).await;
    }
    let more = |n: usize| vec![("message", format!("Is anybody there? {n} 123456"))];
    doors.through("support: send", "/api/support_send", &mut browsers, more).await;
    t.advance(HOUR);
    let address = |n: usize| vec![("email", format!("nobody{n}@mail.example"))];
    doors.through("support: address", "/api/support_email", &mut browsers, address).await;
    doors.begin().await;
    for n in 0..REQUESTS {
        let browser = &mut browsers[n % 10];
        post(browser, "/api/support_end", &[]).await;
        post(browser, "/api/support_send", &more(n)).await;
    }
    doors.end("support: end and begin again").await;
    assert!(doors.wide.is_empty(), "{:#?}", doors.wide);
});
