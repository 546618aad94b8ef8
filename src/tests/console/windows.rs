//! Windows that stay open: the box for an answer, duty, looks, and actions in place.

use serde_json::json;

use super::{Events, QUEUE, act, hearing, new_conversation, operator, shopper_writes};
use crate::{
    islands::Answer,
    tests::{
        browser::Browser,
        harness::{PASSWORD, db_test},
    },
};

db_test!(
    box_for_an_answer_is_there_from_the_beginning_and_hidden_while_a_conversation_is_closed,
    |t| {
        let _hearing = hearing(&t).await;
        let (_, mut olga) = operator(&t, "olga").await;
        let id = new_conversation(&t, "help", None).await;
        let (shown, hidden) = ("class=\"head\"", "class=\"head closed\"");
        let page = olga.get(&format!("/operator?open={id}")).await;
        assert!(page.body.contains(shown) && page.body.contains("name=\"message\""));
        let path = format!("/operator/stream?open={id}");
        let mut before = Events::open(&t, &olga, &path, Some(&format!("{id}:1"))).await;
        before.until(QUEUE).await;
        act(&mut olga, "close", &id, &[("solved", "yes")]).await;
        before.until(r#""is_closed":true"#).await;
        drop(before);
        let page = olga.get(&format!("/operator?open={id}")).await;
        assert!(page.body.contains(hidden) && page.body.contains("name=\"message\""));
        let css = include_str!("../../../style/console.css");
        assert!(css.contains(".head.closed ~ .box {\n    display: none;"), "nobody finds it then");
        // A window that was closed when the conversation continued receives the message, too; a draft in the box stays,
        // because the box itself is never sent.
        shopper_writes(&t, &id, "one thing more").await;
        let mut after = Events::open(&t, &olga, &path, Some(&format!("{id}:2"))).await;
        after.until_message("one thing more").await;
        shopper_writes(&t, &id, "and another").await;
        let heard = after.until_message("and another").await;
        assert!(!heard.contains('<'), "{heard}");
        let heads = after.heads();
        assert!(!heads.is_empty() && heads.iter().all(|head| !head.is_closed));
    }
);

db_test!(duty_comes_to_every_window_with_whom_to_hand_over_to, |t| {
    let _hearing = hearing(&t).await;
    let (_, mut olga) = operator(&t, "olga").await;
    let (petr, mut at_petr) = operator(&t, "petr").await;
    let id = new_conversation(&t, "help", None).await;
    act(&mut olga, "take", &id, &[]).await;
    let mut events = Events::open(&t, &olga, &format!("/operator/stream?open={id}"), None).await;
    let begun = events.until(QUEUE).await;
    assert!(begun.contains(r#"{"Close":[]}"#), "nobody is there: {begun}");
    act(&mut at_petr, "duty", &id, &[("duty", "on")]).await;
    events.until(r#""colleagues":"Colleagues: petr""#).await;
    events.until(&format!(r#"{{"Close":[["{}","petr"]]}}"#, petr.id)).await;
    // The operator's own duty, as in all other windows.
    act(&mut olga, "duty", &id, &[("duty", "on")]).await;
    events.until(r#"{"Duty":{"is_on":true,"state":"You are on duty.""#).await;
    // While searching, too.
    let path = "/operator/stream?q=help";
    let mut searching = Events::open(&t, &olga, path, None).await;
    searching.until(r#""colleagues":"Colleagues: petr""#).await;
    act(&mut at_petr, "duty", &id, &[("duty", "off")]).await;
    searching.until(r#""colleagues":"Colleagues: petr (off duty)""#).await;
});

db_test!(what_a_look_shows_comes_to_whoever_looked_alone, |t| {
    let _hearing = hearing(&t).await;
    let anna = t.account_with("anna", "anna@mail.example", PASSWORD).await;
    let id = new_conversation(&t, "help", Some(&anna)).await;
    let (_, mut olga) = operator(&t, "olga").await;
    let (_, petr) = operator(&t, "petr").await;
    let path = format!("/operator/stream?open={id}");
    let mut at_olga = Events::open(&t, &olga, &path, None).await;
    let mut at_petr = Events::open(&t, &petr, &path, None).await;
    at_olga.until(QUEUE).await;
    at_petr.until(QUEUE).await;
    let mut island = in_place(&olga);
    let answer = act(&mut island, "look", &id, &[]).await;
    assert_eq!(answer.json()["refusal"], json!(null));
    at_olga.until(r#"["E-mail","a•••@m•••.example"]"#).await;
    shopper_writes(&t, &id, "one thing more").await;
    let heard = at_petr.until_message("one thing more").await;
    assert!(!heard.contains("Facts"), "he did not look: {heard}");
    // A window that is opened later shows it from the beginning.
    olga.get(&format!("/operator?open={id}")).await.assert_text("a•••@m•••.example");
});

/// The function, its fields, and the words that are shown after it.
type Act<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);

db_test!(acts_of_a_window_that_stays_are_answered_in_words_and_leave_nothing_behind, |t| {
    let _hearing = hearing(&t).await;
    let (_, mut olga) = operator(&t, "olga").await;
    let (petr, mut at_petr) = operator(&t, "petr").await;
    let id = new_conversation(&t, "help", None).await;
    act(&mut at_petr, "duty", &id, &[("duty", "on")]).await;
    let mut events = Events::open(&t, &olga, &format!("/operator/stream?open={id}"), None).await;
    events.until(QUEUE).await;
    let mut island = in_place(&olga);
    let here = format!("/operator?open={id}");
    let to = [("to", petr.id.as_str())];
    let actions: [Act<'_>; 6] = [
        ("duty", &[("duty", "on")], "You are on duty."),
        ("take", &[], "you have it"),
        ("note", &[("note", "a note")], "a note"),
        ("close", &[("solved", "yes")], "closed, solved"),
        ("reopen", &[], "Reopened"),
        ("hand_over", &to, "petr has it"),
    ];
    for (what, fields, words) in actions {
        let answer = act(&mut island, what, &id, fields).await.json();
        assert_eq!((&answer["next"], &answer["refusal"]), (&json!(here), &json!(null)), "{what}");
        assert_eq!(island.cookie("draft"), None, "{what}: nothing has to travel");
        events.until(words).await;
    }
    // A refusal is reported in the answer, and nowhere else.
    for (what, error) in [("close", "taken_by_other"), ("note", "message_missing")] {
        let refusal = act(&mut island, what, &id, &[]).await.json()["refusal"].clone();
        assert_eq!(refusal["error"], error);
        assert_ne!(refusal["summary"], "");
        assert_eq!(island.cookie("draft"), None);
    }
    // Without script the window reports it, as before.
    let (_, mut vera) = operator(&t, "vera").await;
    act(&mut vera, "take", &id, &[("from", &petr.id)]).await.assert_text("you have it");
    let done = act(&mut vera, "hand_over", &id, &to).await;
    done.assert_text("The conversation was handed over.");
    olga.get(&here).await.assert_text("petr has it");
});

/// Returns the browser of an operator whose window is not reloaded.
fn in_place(browser: &Browser) -> Browser {
    let mut browser = browser.clone();
    browser.headers.push(("accept", Answer::MEDIA_TYPE.to_owned()));
    browser
}
