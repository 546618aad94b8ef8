//! What an operator may know and see, and what a shopper must not see.

use super::{Events, QUEUE, act, act_json, hearing, new_conversation, operator, read};
use crate::{
    args,
    clock::{HOUR, SECOND},
    domain::ids::AccountId,
    tests::harness::{PASSWORD, db_test},
};

db_test!(a_look_at_the_account_is_recorded_and_its_owner_sees_it, |t| {
    let anna = t.account_with("anna", "anna@mail.example", PASSWORD).await;
    let mut owner = t.browser().on_network(7);
    owner.sign_in("anna", PASSWORD).await;
    t.browser().ask_for_code("anna").await;
    let id = new_conversation(&t, "help", Some(&anna)).await;
    let (olga, mut at_olga) = operator(&t, "olga").await;
    let before = at_olga.get(&format!("/operator?open={id}")).await;
    for hidden in ["a•••@m•••.example", "11.0.7.0", "Recovery begun"] {
        assert!(!before.body.contains(hidden), "{hidden}");
    }
    let after = act(&mut at_olga, "look", &id, &[]).await;
    for words in [
        "Login anna",
        "a•••@m•••.example",
        "Registered 13 November 2026",
        "Last sign-in 13 November 2026 · Network 11.0.7.0/24",
        "13 November 2026 · Recovery begun",
    ] {
        after.assert_text(words);
    }
    const LOOKS: &str = "SELECT COUNT(*) FROM events WHERE kind = 'operator_looked'";
    act(&mut at_olga, "look", &id, &[]).await;
    assert_eq!(t.number(LOOKS).await, 1, "once an hour");
    owner.get("/account/activity").await.assert_text("Support looked at the account’s details");
    let (actor,): (AccountId,) = t
        .state
        .db
        .fetch_one("SELECT actor_id FROM events WHERE kind = 'operator_looked'", args![])
        .await
        .expect("an event");
    assert_eq!(actor, olga.id);
    // Another operator has to look separately; after an hour each has to look again.
    let (_, mut at_petr) = operator(&t, "petr").await;
    assert!(!at_petr.get(&format!("/operator?open={id}")).await.body.contains("a•••@"));
    act(&mut at_petr, "look", &id, &[]).await;
    assert_eq!(t.number(LOOKS).await, 2);
    t.advance(HOUR + SECOND);
    let (_, mut later) = operator(&t, "vera").await;
    assert!(!later.get(&format!("/operator?open={id}")).await.body.contains("a•••@"));
    // A conversation about no account has no account to look at.
    let nobody = new_conversation(&t, "help", None).await;
    assert_eq!(act_json(&later, "look", &nobody, &[]).await.error(), "about_no_account");
});

db_test!(the_account_is_named_by_the_operator_seldom_and_on_record, |t| {
    let anna = t.account_with("anna", "anna@mail.example", PASSWORD).await;
    let id = new_conversation(&t, "help", None).await;
    let (_, mut olga) = operator(&t, "olga").await;
    let answer = act(&mut olga, "claim", &id, &[("claimed", "anna@mail.example")]).await;
    answer.assert_text("There is such an account.");
    assert!(!answer.body.contains("anna@mail.example"), "the address is masked");
    assert!(answer.body.contains("a•••@m•••.example") && !answer.body.contains("Registered"));
    assert_eq!(read(&t, &id).await.claimed_id.as_ref(), Some(&anna.id));
    act(&mut olga, "claim", &id, &[("claimed", "nobody")])
        .await
        .assert_text("There is no such account.");
    assert_eq!(read(&t, &id).await.claimed_id, None);
    assert_eq!(t.number("SELECT COUNT(*) FROM events WHERE detail = 'search'").await, 2);
    let empty = act_json(&olga, "claim", &id, &[("claimed", " ")]).await;
    assert_eq!(empty.field("claimed"), "login_missing");
    for _ in 0..28 {
        assert_eq!(act_json(&olga, "claim", &id, &[("claimed", "x")]).await.status, 200);
    }
    assert_eq!(act_json(&olga, "claim", &id, &[("claimed", "anna")]).await.status, 429);
    t.advance(HOUR + SECOND);
    let mut olga = t.staff_browser(&t.find("olga").await).await;
    act(&mut olga, "claim", &id, &[("claimed", "anna")])
        .await
        .assert_text("There is such an account.");
});

db_test!(a6_4_6_no_answer_of_the_console_holds_a_secret, |t| {
    let anna = t.account_with("anna", "anna.arbat@mail.example", PASSWORD).await;
    let mut shopper = t.browser();
    shopper.sign_in("anna", PASSWORD).await;
    shopper.ask_for_code("anna").await;
    let code = t.code("anna.arbat@mail.example", "recovery-code").await;
    let id = new_conversation(&t, &format!("my code is {code}"), Some(&anna)).await;
    let (_, mut olga) = operator(&t, "olga").await;
    let open = format!("/operator?open={id}");
    let mut answers = vec![
        act(&mut olga, "look", &id, &[]).await.body,
        act(&mut olga, "take", &id, &[]).await.body,
        act(&mut olga, "note", &id, &[("note", "careful")]).await.body,
        act(&mut olga, "answer", &id, &[("message", "hello"), ("nonce", "n")]).await.body,
        act(&mut olga, "claim", &id, &[("claimed", "anna.arbat@mail.example")]).await.body,
        act(&mut olga, "look", &id, &[]).await.body,
        act_json(&olga, "look", &id, &[]).await.body,
        act_json(&olga, "answer", &id, &[("message", "x"), ("nonce", "n2")]).await.body,
    ];
    for path in [&*open, "/operator?q=anna", "/operator/answers", "/operator/numbers", "/operator"]
    {
        answers.push(olga.get(path).await.body);
    }
    let path = format!("/operator/stream?open={id}");
    let mut events = Events::open(&t, &olga, &path, None).await;
    answers.push(events.until(QUEUE).await.to_owned());
    let (hash,): (String,) = t
        .state
        .db
        .fetch_one("SELECT password_hash FROM accounts WHERE login = 'anna'", args![])
        .await
        .expect("a row");
    let sessions: Vec<(String,)> =
        t.state.db.fetch_all("SELECT id FROM sessions", args![]).await.expect("rows");
    let devices: Vec<(String,)> =
        t.state.db.fetch_all("SELECT id FROM devices", args![]).await.expect("rows");
    let mut secrets = vec![hash, "argon2".to_owned(), code, "anna.arbat@".to_owned()];
    secrets.extend(sessions.into_iter().chain(devices).map(|(id,)| id));
    secrets
        .extend(shopper.cookies.iter().filter(|(name, _)| name != "lang").map(|(_, v)| v.clone()));
    secrets
        .extend(olga.cookies.iter().filter(|(name, _)| name == "session").map(|(_, v)| v.clone()));
    for answer in &answers {
        assert!(!answer.is_empty());
        for secret in &secrets {
            assert!(!answer.contains(secret.as_str()), "{secret} in {answer}");
        }
    }
});

db_test!(notes_are_for_the_staff_alone, |t| {
    let _hearing = hearing(&t).await;
    let (_, mut olga) = operator(&t, "olga").await;
    let mut shopper = t.browser();
    let fields = [("topic", "order"), ("message", "where is it"), ("nonce", "s1")];
    shopper.submit("/api/support_begin", &fields).await;
    let (id,): (String,) = t
        .state
        .db
        .fetch_one("SELECT id FROM conversations", args![])
        .await
        .expect("a conversation");
    let mut events = Events::open(&t, &shopper, "/support/stream", None).await;
    events.until("where is it").await;
    act(&mut olga, "note", &id, &[("note", "sounds like Anna")])
        .await
        .assert_text("sounds like Anna");
    act(&mut olga, "answer", &id, &[("message", "on its way"), ("nonce", "o")]).await;
    let heard = events.until("on its way").await;
    assert!(!heard.contains("sounds like Anna") && !heard.contains("olga"), "{heard}");
    let page = shopper.get("/support").await;
    page.assert_text("on its way");
    assert!(!page.body.contains("sounds like Anna") && !page.body.contains("olga"));
});

db_test!(payloads_are_text_in_the_console, |t| {
    let (_, mut olga) = operator(&t, "olga").await;
    let payload = r#"<script>alert(1)</script><img src=x onerror=alert(2)>"'</textarea>"#;
    let id = new_conversation(&t, payload, None).await;
    act(&mut olga, "note", &id, &[("note", payload)]).await;
    act(&mut olga, "claim", &id, &[("claimed", payload)]).await;
    let page = olga.get(&format!("/operator?open={id}&q=alert")).await;
    let mut events = Events::open(&t, &olga, &format!("/operator/stream?open={id}"), None).await;
    events.until(QUEUE).await;
    let html = page.body.as_str();
    assert!(html.contains("&lt;script&gt;alert(1)"), "{html}");
    assert!(!html.contains("<script>alert") && !html.contains("<img src=x"));
    // Later messages arrive as text, not as HTML.
    let texts: Vec<String> = events.messages().into_iter().map(|message| message.text).collect();
    assert_eq!(texts, [payload]);
});
