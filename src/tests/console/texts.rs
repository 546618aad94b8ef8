//! Canned answers, search, translations, duty, numbers, shortcuts.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::State as Extract,
    response::{IntoResponse as _, Redirect, Response},
    routing::post,
};
use http::StatusCode;

use super::{Events, QUEUE, act, act_json, hearing, new_conversation, operator, shopper_writes};
use crate::{
    args,
    clock::{DAY, MINUTE},
    support::translation::Translator,
    tests::{
        browser::Browser,
        harness::{db_test, spawn_app_with},
    },
};

db_test!(canned_answers_are_filled_in_and_offered_in_the_shoppers_language_first, |t| {
    let anna = t.account("anna").await;
    let id = new_conversation(&t, "help", Some(&anna)).await;
    let (_, mut olga) = operator(&t, "olga").await;
    let save = |text: &'static str, locale: &'static str, title: &'static str| {
        [("answer_locale", locale), ("title", title), ("text", text)]
    };
    let wrong = save("Hello {loggin}", "en", "Misspelt");
    let refused = olga.submit("/api/operator_canned", &wrong).await;
    refused.assert_text("A placeholder in braces is not one that we know.");
    assert!(refused.body.contains(">Hello {loggin}</textarea>"));
    olga.submit(
        "/api/operator_canned",
        &save("Hello {login}, {shop} { } {operator}", "en", "Hello"),
    )
    .await
    .assert_text("Saved.");
    olga.submit("/api/operator_canned", &save("Привет, {login}", "ru", "Привет"))
        .await
        .assert_text("Привет");
    let page = olga.get(&format!("/operator?open={id}")).await;
    assert!(page.body.find("Привет, anna") < page.body.find("Hello anna"), "the shopper's first");
    assert!(
        page.body.contains("&quot;Hello anna, Corner Shop { } {operator}&quot;"),
        "{}",
        page.body
    );
    // Without script the page is loaded again, with the text in the box.
    let (canned,): (String,) = t
        .state
        .db
        .fetch_one("SELECT id FROM canned_answers WHERE locale = 'en'", args![])
        .await
        .expect("a row");
    let filled = olga.get(&format!("/operator?open={id}&into={id}&canned={canned}")).await;
    assert!(filled.body.contains(">Hello anna, Corner Shop { } {operator}</textarea>"));
    // A text with an unfilled placeholder is not sent.
    let left =
        act_json(&olga, "answer", &id, &[("message", "I am {operator}"), ("nonce", "n")]).await;
    assert_eq!(left.field("message"), "placeholder_left");
    // Changed, deleted; a few predefined ones.
    let mut changed = save("Good day", "en", "Hello").to_vec();
    changed.push(("id", &canned));
    olga.submit("/api/operator_canned", &changed).await.assert_text("Good day");
    assert_eq!(t.number("SELECT COUNT(*) FROM canned_answers").await, 2);
    olga.submit("/api/operator_canned_remove", &[("id", &canned)])
        .await
        .assert_text("The answer was deleted.");
    let page = olga.submit("/api/operator_canned_starters", &[("answer_locale", "en")]).await;
    page.assert_text("This is the support of {shop}, my name is {operator}.");
    olga.submit("/api/operator_canned_starters", &[("answer_locale", "en")]).await;
    assert_eq!(t.number("SELECT COUNT(*) FROM canned_answers WHERE locale = 'en'").await, 4);
    let long = "ы".repeat(4_001);
    let fields = [("answer_locale", "ru"), ("title", "Long"), ("text", long.as_str())];
    let refused = olga.submit("/api/operator_canned", &fields).await;
    assert!(refused.status == 422 && refused.body.contains(&long));
});

db_test!(search_takes_wildcards_for_what_they_are, |t| {
    let (_, mut olga) = operator(&t, "olga").await;
    let percent = new_conversation(&t, "I got 100% off", None).await;
    let plain = new_conversation(&t, "I got 100 roubles off", None).await;
    let line = new_conversation(&t, r"my login is anna_b, path C:\temp", None).await;
    let other = new_conversation(&t, "my login is annaxb", None).await;
    let russian = new_conversation(&t, "Забыла Пароль", None).await;
    let find = async |olga: &mut Browser, words: &str| {
        let query: String = url::form_urlencoded::byte_serialize(words.as_bytes()).collect();
        let page = olga.get(&format!("/operator?q={query}")).await;
        [&percent, &plain, &line, &other, &russian]
            .map(|id| page.body.contains(&format!("q-{id}\"")))
    };
    assert_eq!(find(&mut olga, "100%").await, [true, false, false, false, false]);
    assert_eq!(find(&mut olga, "anna_b").await, [false, false, true, false, false]);
    assert_eq!(find(&mut olga, r"C:\t").await, [false, false, true, false, false]);
    assert_eq!(find(&mut olga, "MY LOGIN").await, [false, false, true, true, false]);
    assert_eq!(find(&mut olga, "пароль").await, [false, false, false, false, true]);
    assert_eq!(find(&mut olga, "'; DROP TABLE").await, [false; 5]);
    // System messages are not searched.
    act(&mut olga, "take", &plain, &[]).await;
    assert_eq!(find(&mut olga, "taken").await, [false; 5]);
});

db_test!(search_tells_no_address_that_the_screen_masks, |t| {
    let (_, mut olga) = operator(&t, "olga").await;
    let (by_address, by_login) =
        (new_conversation(&t, "help", None).await, new_conversation(&t, "me, too", None).await);
    act(&mut olga, "claim", &by_address, &[("claimed", "Anna.Arbat@mail.example")]).await;
    act(&mut olga, "claim", &by_login, &[("claimed", "Annika")]).await;
    let find = async |olga: &mut Browser, words: &str| {
        let query: String = url::form_urlencoded::byte_serialize(words.as_bytes()).collect();
        let page = olga.get(&format!("/operator?q={query}")).await;
        [&by_address, &by_login].map(|id| page.body.contains(&format!("q-{id}\"")))
    };
    // With parts of it, the whole address could be found out step by step.
    for part in [
        "anna.",
        "Arbat",
        "a@",
        "@",
        "mail.example",
        "nna.arbat@mail.example",
        "anna.arbat@mail.exampl",
    ] {
        assert_eq!(find(&mut olga, part).await, [false; 2], "{part}");
    }
    for whole in ["anna.arbat@mail.example", " Anna.Arbat@mail.example "] {
        assert_eq!(find(&mut olga, whole).await, [true, false], "{whole}");
    }
    assert_eq!(find(&mut olga, "ANN").await, [false, true], "a login is no secret of the console");
});

db_test!(own_conversations_are_listed_however_long_the_queue_is, |t| {
    let _hearing = hearing(&t).await;
    let (_, mut olga) = operator(&t, "olga").await;
    for number in 0..200 {
        new_conversation(&t, &format!("number {number}"), None).await;
    }
    t.advance(MINUTE);
    let own = new_conversation(&t, "the last", None).await;
    act(&mut olga, "take", &own, &[]).await;
    let item = format!("q-{own}\"");
    let all = olga.get("/operator").await;
    assert!(!all.body.contains(&item), "or the queue is not long enough to tell");
    let page = olga.get("/operator?filter=mine").await;
    assert!(page.body.contains(&item) && page.body.matches("id=\"q-").count() == 1);
    let mut events = Events::open(&t, &olga, "/operator/stream?filter=mine", None).await;
    events.until(&format!(r#""id":"{own}""#)).await;
});

/// A translation service: the requests that it received, and how it answers.
#[derive(Clone)]
struct Service {
    asked: Arc<Mutex<Vec<serde_json::Value>>>,
    answer: Arc<dyn Fn(&str) -> Answered + Send + Sync>,
}

enum Answered {
    Text(serde_json::Value),
    Fails,
    Never,
    Elsewhere,
}

async fn translate(
    Extract(service): Extract<Service>,
    Json(question): Json<serde_json::Value>,
) -> Response {
    let q = question["q"].as_str().unwrap_or_default().to_owned();
    service.asked.lock().expect("no panic").push(question);
    match (service.answer)(&q) {
        Answered::Text(value) => Json(value).into_response(),
        Answered::Fails => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Answered::Elsewhere => Redirect::temporary("/elsewhere").into_response(),
        Answered::Never => std::future::pending().await,
    }
}

db_test!(messages_are_translated_by_a_service_and_stay_as_they_are_when_it_fails, |t| {
    let service = Service {
        asked: Arc::default(),
        answer: Arc::new(|q| match q {
            "Привет" => Answered::Text(serde_json::json!({
                "translatedText": "Hello", "detectedLanguage": {"language": "ru", "confidence": 90.0}
            })),
            "Good day" => Answered::Text(serde_json::json!({ "translatedText": "Добрый день" })),
            "English already" => Answered::Text(serde_json::json!({
                "translatedText": "English already", "detectedLanguage": {"language": "en"}
            })),
            "huge" => Answered::Text(serde_json::json!({ "translatedText": "x".repeat(100_000) })),
            "redirect" => Answered::Elsewhere,
            "slow" => Answered::Never,
            _ => Answered::Fails,
        }),
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let elsewhere = Arc::clone(&service.asked);
    let router = Router::new()
        .route("/translate", post(translate))
        .route(
            "/elsewhere",
            post(async move |Json(question): Json<serde_json::Value>| {
                elsewhere.lock().expect("no panic").push(question);
                Json(serde_json::json!({ "translatedText": "stolen" }))
            }),
        )
        .with_state(service.clone());
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let t = spawn_app_with(t.engine(), |config| {
        config.translate_url = format!("http://{address}/translate").parse().ok();
    })
    .await;
    let translator = Translator::of(&t.state.config).expect("a service");
    let translator = translator.with_patience(Duration::from_millis(200));
    let _hearing = hearing(&t).await;
    let (_, mut olga) = operator(&t, "olga").await;
    let id = new_conversation(&t, "Привет", None).await;
    for text in ["English already", "huge", "redirect", "slow", "broken"] {
        shopper_writes(&t, &id, text).await;
    }
    let mut events = Events::open(&t, &olga, &format!("/operator/stream?open={id}"), None).await;
    events.until(QUEUE).await;
    act(&mut olga, "answer", &id, &[("message", "Good day"), ("nonce", "n")]).await;
    while translator.pass(&t.state).await.expect("the database works") > 0 {}
    let heard = events.until_message("Hello").await;
    assert!(!heard.contains("stolen") && !heard.contains("xxxxxx"));
    let asked: Vec<(String, String)> = service
        .asked
        .lock()
        .expect("no panic")
        .iter()
        .map(|question| {
            assert_eq!(question["source"], "auto");
            assert_eq!(question["format"], "text");
            let text = |name: &str| question[name].as_str().unwrap_or_default().to_owned();
            (text("q"), text("target"))
        })
        .collect();
    assert_eq!(asked.len(), 7, "each once, and nowhere else: {asked:?}");
    assert!(asked.contains(&("Привет".into(), "en".into())));
    assert!(asked.contains(&("Good day".into(), "ru".into())));
    let kept: Vec<(i64, Option<String>)> = t
        .state
        .db
        .fetch_all(
            "SELECT seq, translation FROM messages WHERE author <> 'system' ORDER BY seq",
            args![],
        )
        .await
        .expect("rows");
    let kept: Vec<Option<&str>> = kept.iter().map(|(_, words)| words.as_deref()).collect();
    assert_eq!(kept, [Some("Hello"), None, None, None, None, None, Some("Добрый день")]);
    let page = olga.get(&format!("/operator?open={id}")).await;
    page.assert_text("Translation Hello Original Привет");
    server.abort();
    // Off by default.
    assert!(Translator::of(&spawn_app_with(t.engine(), |_| {}).await.state.config).is_none());
});

db_test!(duty_and_presence_are_shown, |t| {
    let (_, mut olga) = operator(&t, "olga").await;
    let (_, mut petr) = operator(&t, "petr").await;
    olga.get("/operator").await.assert_text("You are off duty.");
    petr.get("/operator").await.assert_text("Colleagues: olga (off duty)");
    olga.submit("/api/operator_duty", &[("duty", "on")]).await.assert_text("You are on duty.");
    petr.get("/operator").await.assert_text("Colleagues: olga");
    t.advance(3 * MINUTE);
    petr.get("/operator").await.assert_text("Colleagues: olga (away)");
    olga.submit("/api/operator_duty", &[("duty", "off")]).await.assert_text("You are off duty.");
    t.advance(3 * MINUTE);
    assert!(!petr.get("/operator").await.words().contains("Colleagues"));
});

db_test!(numbers_tell_waits_and_what_was_solved, |t| {
    let (_, mut olga) = operator(&t, "olga").await;
    olga.get("/operator/numbers").await.assert_text("Waiting now 0");
    for minutes in 1..=10 {
        let id = new_conversation(&t, "help", None).await;
        t.advance(minutes * MINUTE);
        olga = t.staff_browser(&t.find("olga").await).await;
        act(&mut olga, "answer", &id, &[("message", "here"), ("nonce", "n")]).await;
        let solved = if minutes <= 3 { "yes" } else { "no" };
        if minutes <= 4 {
            act(&mut olga, "close", &id, &[("solved", solved)]).await;
        }
    }
    t.advance(DAY);
    new_conversation(&t, "still here", None).await;
    t.advance(5 * MINUTE);
    let mut olga = t.staff_browser(&t.find("olga").await).await;
    let page = olga.get("/operator/numbers").await;
    page.assert_text("Waiting now 1 the first has waited 5 minutes");
    page.assert_text("Half of the answers within 5 minutes of 10 answers");
    page.assert_text("Nine of ten answers within 9 minutes");
    page.assert_text("Solved 75 % of 4 closed conversations");
    page.assert_text("13 November 2026 10 14 November 2026 1");
    assert!(page.body.contains(r#"aria-label="11 conversations; on the busiest day 10."#));
});

db_test!(shortcuts_can_be_turned_off, |t| {
    let (_, mut olga) = operator(&t, "olga").await;
    assert!(olga.get("/operator").await.body.contains("&quot;has_keys&quot;:true"));
    let page = olga.submit("/api/operator_keys", &[("keys", "off")]).await;
    assert!(page.body.contains("&quot;has_keys&quot;:false"));
    let page = olga.submit("/api/operator_keys", &[("keys", "on")]).await;
    assert!(page.body.contains("&quot;has_keys&quot;:true"));
});
