//! Rows that one client writes with accounts of its own: signed in, as staff, and by pressing buttons.

use http::Method;

use super::{Doors, NAMES, REQUESTS, fields, known, post, with_accounts};
use crate::{
    args,
    clock::MINUTE,
    domain::accounts::Role,
    tests::harness::{PASSWORD, db_test},
};

db_test!(one_client_writes_a_hundred_rows_a_minute_at_most_signed_in, |t| {
    with_accounts(&t).await;
    let mut doors = Doors::of(&t).await;
    let mut one = vec![doors.signed_in(&known(0)).await];
    let password = |word: &str| fields(&[("password", word)]);
    doors.through("confirm: wrong", "/api/confirm", &mut one, |_| password("wrong words")).await;
    let mut one = vec![doors.signed_in(&known(1)).await];
    doors.through("confirm: right", "/api/confirm", &mut one, |_| password(PASSWORD)).await;
    for path in ["/api/confirm_email", "/api/settings_password_email"] {
        let one = doors.signed_in(&known(2)).await;
        doors.begin().await;
        for _ in 0..REQUESTS {
            // The clone starts without the flow's cookie each time.
            post(&mut one.clone(), path, &[]).await;
        }
        doors.end(path).await;
    }
    let mut one = vec![doors.signed_in(&known(3)).await];
    let change = |n: usize| {
        let (old, new) = if n.is_multiple_of(2) {
            (PASSWORD, "blue lamp eight")
        } else {
            ("blue lamp eight", PASSWORD)
        };
        fields(&[("old_password", old), ("new_password", new), ("new_password_again", new)])
    };
    doors.through("change password", "/api/change_password", &mut one, change).await;
    let mut one = vec![doors.signed_in(&known(4)).await];
    let name = |n: usize| vec![("display_name", format!("Anna {n}"))];
    doors.through("profile", "/api/profile", &mut one, name).await;
    let emails =
        |n: usize| if n.is_multiple_of(2) { fields(&[("signed_in", "on")]) } else { Vec::new() };
    doors.through("letters", "/api/letters", &mut one, emails).await;
    doors.through("letter switches", "/api/letter_switch", &mut one, emails).await;
    doors.through("end others", "/api/end_other_sessions", &mut one, |_| Vec::new()).await;
    // The only session that is left.
    let sql =
        "SELECT s.id FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE a.login = $1";
    let (id,): (String,) =
        t.state.db.fetch_one(sql, crate::args![known(4)]).await.expect("a session");
    let device = |n: usize| vec![("id", id.clone()), ("name", format!("Laptop {n}"))];
    doors.through("device", "/api/name_session", &mut one, device).await;
    let mut one = vec![doors.signed_in(&known(5)).await];
    one[0].prove(PASSWORD).await;
    let email = |n: usize| vec![("email", format!("new{n}@mail.example"))];
    doors.through("e-mail", "/api/email", &mut one, email).await;
    let mut one = vec![doors.signed_in(&known(6)).await];
    one[0].prove(PASSWORD).await;
    doors
        .through("login", "/api/login", &mut one, |n| vec![("login", format!("renamed{n}"))])
        .await;
    doors.through("login taken", "/api/login", &mut one, |n| vec![("login", known(n))]).await;
    doors.begin().await;
    for _ in 0..REQUESTS {
        one[0].request(Method::POST, "/account/saved-codes", Some(String::new())).await;
        one[0].request(Method::POST, "/account/settings/export", Some(String::new())).await;
    }
    doors.end("saved codes and export").await;
    let wrong = |_| fields(&[("short_code", "ABCD-EFGH")]);
    doors.through("short code", "/api/qr_type", &mut one, wrong).await;
    let mut one = [doors.signed_in(&known(7)).await];
    doors.begin().await;
    // Each round is two hashes: after twenty there are no more sign-ins.
    for _ in 0..40 {
        post(&mut one[0], "/api/confirm", &fields(&[("password", PASSWORD)])).await;
        post(&mut one[0], "/api/delete", &fields(&[("confirmation", &known(7))])).await;
        post(&mut one[0], "/api/sign_in", &[("login", known(7)), ("password", PASSWORD.into())])
            .await;
        post(&mut one[0], "/api/keep", &[]).await;
    }
    doors.end("delete and keep").await;
    assert!(doors.wide.is_empty(), "{:#?}", doors.wide);
});

db_test!(one_client_writes_a_hundred_rows_a_minute_at_most_as_staff, |t| {
    with_accounts(&t).await;
    let olga = t.staff("olga", Role::Admin).await;
    let mut doors = Doors::of(&t).await;
    let mut shopper = doors.browser();
    let first = [("topic", "password".into()), ("message", "I cannot get in.".into())];
    post(&mut shopper, "/api/support_begin", &first).await;
    let sql = "SELECT id FROM conversations";
    let found: Vec<(String,)> = t.state.db.fetch_all(sql, args![]).await.expect("rows");
    let id = found.first().expect("a conversation").0.clone();
    let about = |more: Vec<(&'static str, String)>| {
        [vec![("conversation", id.clone()), ("back", format!("open={id}"))], more].concat()
    };
    let mut one = [t.staff_browser(&olga).await.json()];
    one[0].prove(PASSWORD).await;
    one[0].html = false;
    doors.through("take", "/api/operator_take", &mut one, |_| about(Vec::new())).await;
    let answers =
        |n: usize| about(vec![("message", format!("Good day {n}")), ("nonce", format!("{n:036}"))]);
    t.advance(MINUTE);
    doors.through("answer", "/api/operator_answer", &mut one, answers).await;
    t.advance(MINUTE);
    let notes = |n: usize| about(vec![("note", format!("called twice {n}"))]);
    doors.through("note", "/api/operator_note", &mut one, notes).await;
    t.advance(MINUTE);
    doors.begin().await;
    for n in 0..REQUESTS / 2 {
        post(&mut one[0], "/api/operator_close", &about(vec![("solved", "yes".into())])).await;
        post(&mut one[0], "/api/operator_reopen", &about(Vec::new())).await;
        post(&mut one[0], "/api/operator_claim", &about(vec![("claimed", known(n))])).await;
        post(&mut one[0], "/api/operator_look", &about(Vec::new())).await;
    }
    doors.end("close, reopen, claim, look").await;
    t.advance(MINUTE);
    let duty = |n: usize| {
        let on = if n.is_multiple_of(2) { "on" } else { "off" };
        vec![("duty", on.to_owned())]
    };
    doors.through("duty", "/api/operator_duty", &mut one, duty).await;
    t.advance(MINUTE);
    let canned = |n: usize| {
        vec![
            ("answer_locale", "en".to_owned()),
            ("title", format!("Hello {n}")),
            ("text", format!("Good day {n}")),
        ]
    };
    doors.through("canned", "/api/operator_canned", &mut one, canned).await;
    t.advance(MINUTE);
    let roles = |n: usize| {
        let role = if n.is_multiple_of(2) { "operator" } else { "shopper" };
        vec![("login", known(n / 2)), ("role", role.to_owned())]
    };
    doors.through("role", "/api/staff_role", &mut one, roles).await;
    t.advance(MINUTE);
    let mut ids = Vec::new();
    for n in 0..NAMES {
        ids.push(t.find(&known(n)).await.id.to_string());
    }
    doors
        .through("recovery with support", "/api/assisted_open", &mut one, |n| {
            vec![
                ("conversation", id.clone()),
                ("account", ids[n % NAMES].clone()),
                ("checked[]", "the date of registration".to_owned()),
                ("remark", "sounds like her".to_owned()),
            ]
        })
        .await;
    assert!(doors.wide.is_empty(), "{:#?}", doors.wide);
});

db_test!(one_client_writes_a_hundred_rows_a_minute_at_most_by_pressing_buttons, |t| {
    with_accounts(&t).await;
    let mut doors = Doors::of(&t).await;
    doors.html = true;
    doors
        .strangers("register", "/api/register", |n| {
            let email = format!("nobody{n}@mail.example");
            vec![("login", format!("nobody{n}")), ("email", email), ("password", PASSWORD.into())]
        })
        .await;
    let mut one = [doors.signed_in(&known(1)).await];
    let next = |n: usize| {
        let next = format!("/account/activity?page={n}");
        vec![("password", PASSWORD.to_owned()), ("next", next)]
    };
    doors.through("confirm", "/api/confirm", &mut one, next).await;
    let mut one = [doors.signed_in(&known(4)).await];
    let name = |n: usize| vec![("display_name", format!("Anna {n}"))];
    doors.through("profile", "/api/profile", &mut one, name).await;
    assert!(doors.wide.is_empty(), "{:#?}", doors.wide);
});
