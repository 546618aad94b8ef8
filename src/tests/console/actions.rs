//! Access to the console, the queue, and the actions on conversations.

use super::{
    Events, act, act_json, conversation_in, hearing, new_conversation, operator, read,
    shopper_writes,
};
use crate::{
    clock::MINUTE,
    domain::accounts::{self, Role},
    i18n::Locale,
    support::conversation::State,
    tests::harness::{PASSWORD, db_test},
};

db_test!(a6_4_everybody_but_staff_finds_no_console, |t| {
    let anna = t.account("anna").await;
    let id = new_conversation(&t, "hello", Some(&anna)).await;
    let pages = ["/operator", "/operator/answers", "/operator/numbers", "/operator/stream"];
    let forms = [
        "answer",
        "typing",
        "take",
        "hand_over",
        "close",
        "reopen",
        "note",
        "look",
        "claim",
        "duty",
        "keys",
        "canned",
        "canned_remove",
        "canned_starters",
    ];
    // Signed out.
    for page in &pages[..3] {
        let answer = t.browser().get(page).await;
        assert_eq!(answer.status, 302, "{page}");
        assert!(answer.location().starts_with("/sign-in?next=%2Foperator"), "{answer:?}");
    }
    assert_eq!(t.browser().json().get(pages[3]).await.status, 401);
    for form in forms {
        assert_eq!(act_json(&t.browser(), form, &id, &[]).await.status, 401, "{form}");
    }
    // A shopper; and an operator whose session was opened without a code.
    let mut shopper = t.browser();
    shopper.sign_in("anna", PASSWORD).await;
    t.account("olga").await;
    let mut unproved = t.browser();
    unproved.sign_in("olga", PASSWORD).await;
    let olga = t.find("olga").await;
    let mut tx = t.state.db.begin().await.expect("a transaction");
    accounts::set_role(&mut tx, &olga.id, Role::Operator, t.now(), None).await.expect("done");
    tx.commit().await.expect("a commit");
    for mut browser in [shopper, unproved] {
        for page in pages {
            let answer = browser.get(page).await;
            assert_eq!(answer.status, 404, "{page}");
            assert!(!answer.body.contains("hello"));
        }
        for form in forms {
            let answer = act_json(&browser, form, &id, &[("message", "x"), ("note", "x")]).await;
            assert_eq!((answer.status.as_u16(), &*answer.error()), (404, "not_found"), "{form}");
            assert_eq!(act(&mut browser, form, &id, &[("message", "x")]).await.status, 404);
        }
    }
    let untouched = read(&t, &id).await;
    assert_eq!((untouched.state(), untouched.last_seq), (State::Waiting, 1));
    assert_eq!(t.number("SELECT COUNT(*) FROM notes").await, 0);
});

db_test!(queue_shows_who_waits_longest_first_then_who_was_answered, |t| {
    let (_, mut olga) = operator(&t, "olga").await;
    let first = new_conversation(&t, "one", None).await;
    t.advance(4 * MINUTE);
    let second = conversation_in(&t, Locale::En, "two", None).await;
    t.advance(MINUTE);
    let answered = new_conversation(&t, "three", None).await;
    act(&mut olga, "answer", &answered, &[("message", "at once"), ("nonce", "n1")]).await;
    let closed = new_conversation(&t, "four", None).await;
    act(&mut olga, "close", &closed, &[("solved", "yes")]).await;
    let page = olga.get("/operator").await;
    let order: Vec<&str> =
        page.body.split("id=\"q-").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(order, [&first, &second, &answered].map(|id| id.as_str()));
    page.assert_text("2 shoppers wait");
    page.assert_text("Open (3) Mine (1)");
    // The end of its id tells it apart from another one about the same topic.
    let reference = |id: &str| id.split_at(id.len() - 4).1.to_owned();
    page.assert_text(&format!("Password #{} Русский waits 5 minutes", reference(&first)));
    page.assert_text(&format!("Password #{} English waits", reference(&second)));
    let tongues: Vec<(bool, bool)> = page
        .body
        .split("<span")
        .filter_map(|tag| tag.split('>').next().filter(|tag| tag.contains("tongue")))
        .map(|tag| (tag.contains(r#"lang="ru""#), tag.contains("other")))
        .collect();
    assert_eq!(tongues, [(true, true), (false, false), (true, true)], "not the reader's is marked");
    let mine = olga.get("/operator?filter=mine").await;
    assert!(mine.body.contains(&format!("q-{answered}")) && !mine.body.contains(first.as_str()));
    let shut = olga.get("/operator?filter=closed").await;
    assert!(shut.body.contains(&format!("q-{closed}")) && !shut.body.contains(first.as_str()));
    shut.assert_text("closed, solved");
});

db_test!(queue_marks_what_nobody_has_read_and_shows_how_the_newest_message_begins, |t| {
    let _hearing = hearing(&t).await;
    let (_, mut olga) = operator(&t, "olga").await;
    let (_, mut petr) = operator(&t, "petr").await;
    let id = new_conversation(&t, "first words", None).await;
    olga.get("/operator").await.assert_text("unread first words");
    let mut events = Events::open(&t, &olga, "/operator/stream", None).await;
    events
        .until(r#""preview":"first words","is_open":false,"is_waiting":true,"unread":"unread""#)
        .await;
    petr.get(&format!("/operator?open={id}")).await.assert_text("first words");
    events
        .until(r#""preview":"first words","is_open":false,"is_waiting":true,"unread":null"#)
        .await;
    assert!(!olga.get("/operator").await.words().contains("unread"));
    // What is hidden from the staff is hidden here, too; and a system message is not shown as a message.
    shopper_writes(&t, &id, "my code is 123456").await;
    events
        .until(
            r#""preview":"my code is ••••••","is_open":false,"is_waiting":true,"unread":"unread""#,
        )
        .await;
    act(&mut petr, "answer", &id, &[("message", "thank you"), ("nonce", "n")]).await;
    events.until(r#""preview":"thank you","is_open":false,"is_waiting":false,"unread":null"#).await;
    // Only the beginning of the message is sent.
    shopper_writes(&t, &id, &"ы".repeat(4_000)).await;
    let page = olga.get("/operator").await;
    assert!(page.body.contains(&"ы".repeat(160)) && !page.body.contains(&"ы".repeat(161)));
});

db_test!(conversations_lie_side_by_side_and_nonsense_in_the_address_does_nothing, |t| {
    let (_, mut olga) = operator(&t, "olga").await;
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.push(new_conversation(&t, &format!("message {number}"), None).await.to_string());
    }
    let page = olga.get(&format!("/operator?open={}", ids.join(","))).await;
    assert_eq!(page.body.matches(r#"class="pane card""#).count(), 4, "up to four");
    page.assert_text("message 0");
    let odd = "/operator?open=%27%22%3E%3Cscript%3E,00000000-0000-7000-8000-000000000000&filter=zzz&whole=1";
    let page = olga.get(odd).await;
    assert_eq!((page.status.as_u16(), page.body.matches(r#"class="pane card""#).count()), (200, 0));
    assert!(!page.body.contains("><script>"));
});

db_test!(taking_handing_over_closing_and_reopening, |t| {
    let (olga, mut at_olga) = operator(&t, "olga").await;
    let (petr, mut at_petr) = operator(&t, "petr").await;
    let id = new_conversation(&t, "help", None).await;
    act(&mut at_olga, "take", &id, &[("from", "")]).await.assert_text("you have it");
    assert_eq!(read(&t, &id).await.operator_id.as_ref(), Some(&olga.id));
    // Petr reads the conversation, and takes it over before he answers.
    let page = at_petr.get(&format!("/operator?open={id}")).await;
    page.assert_text("olga has it");
    page.assert_text("help");
    let answer =
        act(&mut at_petr, "answer", &id, &[("message", "me first"), ("nonce", "p1")]).await;
    answer.assert_text("Another operator has this conversation.");
    assert!(answer.body.contains(">me first</textarea>"), "what was typed is there again");
    for what in ["close", "hand_over"] {
        let fields = [("to", olga.id.as_str()), ("solved", "yes")];
        let refused = act_json(&at_petr, what, &id, &fields).await;
        assert!(refused.status.is_client_error(), "{what}: {refused:?}");
    }
    act(&mut at_petr, "take", &id, &[("from", &olga.id)]).await.assert_text("you have it");
    act(&mut at_petr, "answer", &id, &[("message", "here I am"), ("nonce", "p2")]).await;
    assert_eq!(read(&t, &id).await.state(), State::Answered);
    // Only to an operator who is on duty.
    let refused = act_json(&at_petr, "hand_over", &id, &[("to", &olga.id)]).await;
    assert_eq!(refused.field("to"), "not_on_duty");
    act(&mut at_olga, "duty", &id, &[("duty", "on")]).await.assert_text("You are on duty.");
    at_petr.get(&format!("/operator?open={id}")).await.assert_text("Colleagues: olga");
    act(&mut at_petr, "hand_over", &id, &[("to", &olga.id)]).await.assert_text("was handed over");
    assert_eq!(read(&t, &id).await.operator_id.as_ref(), Some(&olga.id));
    // Closed and reopened: by an operator, and by the shopper.
    act(&mut at_olga, "close", &id, &[("solved", "no")]).await.assert_text("closed, not solved");
    let refused = act_json(&at_olga, "answer", &id, &[("message", "x"), ("nonce", "o1")]).await;
    assert_eq!((refused.status.as_u16(), &*refused.error()), (409, "conversation_closed"));
    act(&mut at_petr, "reopen", &id, &[]).await.assert_text("you have it");
    let open = read(&t, &id).await;
    assert_eq!((open.state(), open.operator_id.as_ref()), (State::Answered, Some(&petr.id)));
    act(&mut at_petr, "close", &id, &[("solved", "yes")]).await.assert_text("closed, solved");
    assert!(read(&t, &id).await.solved);
    shopper_writes(&t, &id, "one thing more").await;
    let open = read(&t, &id).await;
    assert_eq!((open.state(), open.solved), (State::Waiting, false));
    // Not answered since the shopper wrote: after it is reopened, the shopper waits again.
    act(&mut at_petr, "close", &id, &[("solved", "no")]).await;
    act(&mut at_petr, "reopen", &id, &[]).await;
    let open = read(&t, &id).await;
    assert_eq!((open.state(), open.waiting_since), (State::Waiting, Some(t.now())));
});

db_test!(of_two_who_take_at_once_one_wins, |t| {
    let (olga, at_olga) = operator(&t, "olga").await;
    let (petr, at_petr) = operator(&t, "petr").await;
    for _ in 0..5 {
        let id = new_conversation(&t, "help", None).await;
        let from = [("from", "")];
        let (one, two) = tokio::join!(
            act_json(&at_olga, "take", &id, &from),
            act_json(&at_petr, "take", &id, &from)
        );
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        let holder = if one.status.is_success() { &olga.id } else { &petr.id };
        assert_eq!(read(&t, &id).await.operator_id.as_ref(), Some(holder));
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
    }
    // The same for first answers: only one operator answers.
    let id = new_conversation(&t, "help", None).await;
    let (one, two) = tokio::join!(
        act_json(&at_olga, "answer", &id, &[("message", "me"), ("nonce", "a")]),
        act_json(&at_petr, "answer", &id, &[("message", "no, me"), ("nonce", "b")])
    );
    assert_ne!(one.status.is_success(), two.status.is_success());
    assert_eq!(t.number("SELECT COUNT(*) FROM answers").await, 1);
});

db_test!(an_answer_is_one_message_however_often_it_is_posted, |t| {
    let (_, mut olga) = operator(&t, "olga").await;
    let id = new_conversation(&t, "help", None).await;
    for _ in 0..3 {
        act(&mut olga, "answer", &id, &[("message", "at once"), ("nonce", "same")]).await;
    }
    assert_eq!(read(&t, &id).await.last_seq, 2);
    let empty = act_json(&olga, "answer", &id, &[("message", " \n "), ("nonce", "n")]).await;
    assert_eq!(empty.field("message"), "message_missing");
    let long = "ы".repeat(4_001);
    let refused = act(&mut olga, "answer", &id, &[("message", &long), ("nonce", "l")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains(&long), "nothing typed is lost");
    assert_eq!(read(&t, &id).await.last_seq, 2);
    let gone = "00000000-0000-7000-8000-000000000000";
    assert_eq!(act_json(&olga, "answer", gone, &[("message", "x")]).await.status, 410);
});
