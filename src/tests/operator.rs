//! The operators' console.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Json, Router, body::Body, extract::State as Extract, routing::post};
use futures::StreamExt as _;
use http::{Method, Request, StatusCode, header};
use tokio::{sync::watch, time::Instant};
use tower::ServiceExt as _;

use super::{
    browser::{Answer, Browser},
    harness::{PASSWORD, TestApp, both, spawn_app_with},
};
use crate::{
    args,
    forms::MessageText,
    i18n::Locale,
    server::{
        accounts::{self, Account, Role},
        client::Client,
        clock::{DAY, HOUR, MINUTE, SECOND},
        conversations::{self, Author, Conversation, NewConversation, NewMessage, State, Topic},
        live::Signal,
        translation::Translator,
    },
};

/// How long something that comes by itself may take.
const PATIENCE: Duration = Duration::from_secs(20);

fn client() -> Client {
    Client { network: "11.0.9.0/24".to_owned(), user_agent: String::new() }
}

/// A conversation with one message, about an account if it is named.
async fn conversation(t: &TestApp, text: &str, claimed: Option<&Account>) -> String {
    conversation_in(t, Locale::Ru, text, claimed).await
}

async fn conversation_in(
    t: &TestApp,
    locale: Locale,
    text: &str,
    claimed: Option<&Account>,
) -> String {
    let client = client();
    let new = NewConversation {
        account_id: None,
        claimed: claimed.map(|account| account.login.as_str()),
        claimed_id: claimed.map(|account| account.id.as_str()),
        topic: Topic::Password,
        locale,
        client: &client,
    };
    let mut tx = t.app.db.begin().await.expect("a transaction");
    let (id, _) = conversations::begin(&t.app, &mut tx, &new).await.expect("a conversation");
    tx.commit().await.expect("a commit");
    says(t, &id, text).await;
    id
}

/// The shopper writes.
async fn says(t: &TestApp, id: &str, text: &str) {
    write(t, id, Author::Shopper, None, text).await;
}

async fn write(t: &TestApp, id: &str, author: Author, operator_id: Option<&str>, text: &str) {
    let text = MessageText::parse(text).expect("a message");
    let nonce = t.app.random.id(t.now());
    let message = NewMessage {
        conversation: id,
        author,
        operator_id,
        text: Some(&text),
        picture: None,
        nonce: &nonce,
    };
    let mut tx = t.app.db.begin().await.expect("a transaction");
    conversations::post(&t.app, &mut tx, &message).await.expect("posted");
    tx.commit().await.expect("a commit");
}

async fn read(t: &TestApp, id: &str) -> Conversation {
    conversations::get(&t.app.db, id).await.expect("read").expect("there is one")
}

/// An operator at her browser.
async fn operator(t: &TestApp, login: &str) -> (Account, Browser) {
    let account = t.staff(login, Role::Operator).await;
    let browser = t.staff_browser(&account).await;
    (account, browser)
}

/// What the console posts, as a browser does.
async fn act(browser: &mut Browser, what: &str, id: &str, more: &[(&str, &str)]) -> Answer {
    let back = format!("open={id}");
    let mut fields = vec![("conversation", id), ("back", &back)];
    fields.extend(more);
    browser.submit(&format!("/api/operator_{what}"), &fields).await
}

/// As [`act`], from a caller that wants JSON.
async fn act_json(browser: &Browser, what: &str, id: &str, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![("conversation", id)];
    fields.extend(more);
    browser.clone().json().post(&format!("/api/operator_{what}"), &fields).await
}

/// Hears what is said on PostgreSQL, as a server does; for as long as what it gives is kept.
async fn hearing(t: &TestApp) -> watch::Sender<bool> {
    let (stop, stopped) = watch::channel(false);
    let mut listener = t.app.live.listen("beginning").expect("it listens");
    tokio::spawn(t.app.live.clone().run(t.app.db.clone(), stopped));
    if t.app.db.is_postgres() {
        assert_eq!(listener.next().await, Signal::All, "from now on");
    }
    stop
}

/// Server-sent events, as they come.
struct Events {
    body: axum::body::BodyDataStream,
    text: String,
}

impl Events {
    async fn open(t: &TestApp, browser: &Browser, path: &str, last: Option<&str>) -> Self {
        let cookies: Vec<String> =
            browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder()
            .method(Method::GET)
            .uri(path)
            .header(header::ACCEPT, "text/event-stream")
            .header(header::COOKIE, cookies.join("; "));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let request = request.body(Body::empty()).expect("a request");
        let response = t.router.clone().oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK);
        Self { body: response.into_body().into_data_stream(), text: String::new() }
    }

    /// Reads until `words` came; gives everything so far.
    async fn until(&mut self, words: &str) -> &str {
        let end = Instant::now() + PATIENCE;
        while !self.text.contains(words) {
            assert!(self.more(end).await, "it ended without {words:?}: {}", self.text);
        }
        &self.text
    }

    /// Reads until the stream ends by itself.
    async fn end(mut self) -> String {
        let end = Instant::now() + PATIENCE;
        while self.more(end).await {}
        self.text
    }

    async fn more(&mut self, end: Instant) -> bool {
        let next = tokio::time::timeout_at(end, self.body.next()).await;
        match next.unwrap_or_else(|_| panic!("nothing more came: {}", self.text)) {
            Some(chunk) => {
                let chunk = chunk.expect("a chunk");
                self.text.push_str(&String::from_utf8_lossy(&chunk));
                true
            }
            None => false,
        }
    }

    /// The cursor of the newest event.
    fn last_id(&self) -> String {
        let ids = self.text.lines().filter_map(|line| line.strip_prefix("id:"));
        ids.last().expect("an id").trim().to_owned()
    }
}

both!(a6_4_everybody_but_staff_finds_no_console, |t| {
    let anna = t.account("anna").await;
    let id = conversation(&t, "hello", Some(&anna)).await;
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
    let mut tx = t.app.db.begin().await.expect("a transaction");
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

both!(queue_shows_who_waits_longest_first_then_who_was_answered, |t| {
    let (_, mut olga) = operator(&t, "olga").await;
    let first = conversation(&t, "one", None).await;
    t.wait(4 * MINUTE);
    let second = conversation_in(&t, Locale::En, "two", None).await;
    t.wait(MINUTE);
    let answered = conversation(&t, "three", None).await;
    act(&mut olga, "answer", &answered, &[("message", "at once"), ("nonce", "n1")]).await;
    let closed = conversation(&t, "four", None).await;
    act(&mut olga, "close", &closed, &[("solved", "yes")]).await;
    let page = olga.get("/operator").await;
    let order: Vec<&str> =
        page.body.split("id=\"q-").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(order, [&first, &second, &answered]);
    page.says("2 shoppers wait");
    page.says("Open (3) Mine (1)");
    page.says("Password Русский waits 5 minutes");
    page.says("Password English waits");
    let tongues: Vec<(bool, bool)> = page
        .body
        .split("<span")
        .filter_map(|tag| tag.split('>').next().filter(|tag| tag.contains("tongue")))
        .map(|tag| (tag.contains(r#"lang="ru""#), tag.contains("other")))
        .collect();
    assert_eq!(tongues, [(true, true), (false, false), (true, true)], "not the reader's is marked");
    let mine = olga.get("/operator?filter=mine").await;
    assert!(mine.body.contains(&format!("q-{answered}")) && !mine.body.contains(&first));
    let shut = olga.get("/operator?filter=closed").await;
    assert!(shut.body.contains(&format!("q-{closed}")) && !shut.body.contains(&first));
    shut.says("closed, solved");
});

both!(conversations_lie_side_by_side_and_nonsense_in_the_address_does_nothing, |t| {
    let (_, mut olga) = operator(&t, "olga").await;
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.push(conversation(&t, &format!("message {number}"), None).await);
    }
    let page = olga.get(&format!("/operator?open={}", ids.join(","))).await;
    assert_eq!(page.body.matches("data-pane").count(), 4, "up to four");
    page.says("message 0");
    let odd = "/operator?open=%27%22%3E%3Cscript%3E,00000000-0000-7000-8000-000000000000&filter=zzz&whole=1";
    let page = olga.get(odd).await;
    assert_eq!((page.status.as_u16(), page.body.matches("data-pane").count()), (200, 0));
    assert!(!page.body.contains("><script>"));
});

both!(taking_handing_over_closing_and_reopening, |t| {
    let (olga, mut at_olga) = operator(&t, "olga").await;
    let (petr, mut at_petr) = operator(&t, "petr").await;
    let id = conversation(&t, "help", None).await;
    act(&mut at_olga, "take", &id, &[("from", "")]).await.says("You have it");
    assert_eq!(read(&t, &id).await.operator_id.as_ref(), Some(&olga.id));
    // Petr reads along, and takes over before he answers.
    let page = at_petr.get(&format!("/operator?open={id}")).await;
    page.says("olga has it");
    page.says("help");
    let answer =
        act(&mut at_petr, "answer", &id, &[("message", "me first"), ("nonce", "p1")]).await;
    answer.says("Another operator has this conversation.");
    assert!(answer.body.contains(">me first</textarea>"), "what was typed is there again");
    for what in ["close", "hand_over"] {
        let fields = [("to", olga.id.as_str()), ("solved", "yes")];
        let refused = act_json(&at_petr, what, &id, &fields).await;
        assert!(refused.status.is_client_error(), "{what}: {refused:?}");
    }
    act(&mut at_petr, "take", &id, &[("from", &olga.id)]).await.says("You have it");
    act(&mut at_petr, "answer", &id, &[("message", "here I am"), ("nonce", "p2")]).await;
    assert_eq!(read(&t, &id).await.state(), State::Answered);
    // Only to somebody on duty.
    let refused = act_json(&at_petr, "hand_over", &id, &[("to", &olga.id)]).await;
    assert_eq!(refused.field("to"), "not_on_duty");
    act(&mut at_olga, "duty", &id, &[("duty", "on")]).await.says("You are on duty.");
    at_petr.get(&format!("/operator?open={id}")).await.says("Colleagues: olga");
    act(&mut at_petr, "hand_over", &id, &[("to", &olga.id)]).await.says("was handed over");
    assert_eq!(read(&t, &id).await.operator_id.as_ref(), Some(&olga.id));
    // Closed, and open again: by an operator, and by the shopper.
    act(&mut at_olga, "close", &id, &[("solved", "no")]).await.says("closed, not solved");
    let refused = act_json(&at_olga, "answer", &id, &[("message", "x"), ("nonce", "o1")]).await;
    assert_eq!((refused.status.as_u16(), &*refused.error()), (409, "conversation_closed"));
    act(&mut at_petr, "reopen", &id, &[]).await.says("You have it");
    let open = read(&t, &id).await;
    assert_eq!((open.state(), open.operator_id.as_ref()), (State::Answered, Some(&petr.id)));
    act(&mut at_petr, "close", &id, &[("solved", "yes")]).await.says("closed, solved");
    assert!(read(&t, &id).await.solved);
    says(&t, &id, "one thing more").await;
    let open = read(&t, &id).await;
    assert_eq!((open.state(), open.solved), (State::Waiting, false));
    // Nobody answered it before it was closed: its shopper waits again.
    act(&mut at_petr, "close", &id, &[("solved", "no")]).await;
    act(&mut at_petr, "reopen", &id, &[]).await;
    let open = read(&t, &id).await;
    assert_eq!((open.state(), open.waiting_since), (State::Waiting, Some(t.now())));
});

both!(of_two_who_take_at_once_one_wins, |t| {
    let (olga, at_olga) = operator(&t, "olga").await;
    let (petr, at_petr) = operator(&t, "petr").await;
    for _ in 0..5 {
        let id = conversation(&t, "help", None).await;
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
    // The same for first answers: nobody answers twice.
    let id = conversation(&t, "help", None).await;
    let (one, two) = tokio::join!(
        act_json(&at_olga, "answer", &id, &[("message", "me"), ("nonce", "a")]),
        act_json(&at_petr, "answer", &id, &[("message", "no, me"), ("nonce", "b")])
    );
    assert_ne!(one.status.is_success(), two.status.is_success());
    assert_eq!(t.number("SELECT COUNT(*) FROM answers").await, 1);
});

both!(an_answer_is_one_message_however_often_it_is_posted, |t| {
    let (_, mut olga) = operator(&t, "olga").await;
    let id = conversation(&t, "help", None).await;
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

both!(a_look_at_the_account_is_recorded_and_its_owner_sees_it, |t| {
    let anna = t.account_with("anna", "anna@mail.example", PASSWORD).await;
    let mut owner = t.browser().on_network(7);
    owner.sign_in("anna", PASSWORD).await;
    t.browser().ask_for_code("anna").await;
    let id = conversation(&t, "help", Some(&anna)).await;
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
        after.says(words);
    }
    const LOOKS: &str = "SELECT COUNT(*) FROM events WHERE kind = 'operator_looked'";
    act(&mut at_olga, "look", &id, &[]).await;
    assert_eq!(t.number(LOOKS).await, 1, "once an hour");
    owner.get("/account/activity").await.says("Support looked at the account’s details");
    let (actor,): (String,) = t
        .app
        .db
        .one("SELECT actor_id FROM events WHERE kind = 'operator_looked'", args![])
        .await
        .expect("an event");
    assert_eq!(actor, olga.id);
    // Another operator looks for himself; after an hour everybody looks anew.
    let (_, mut at_petr) = operator(&t, "petr").await;
    assert!(!at_petr.get(&format!("/operator?open={id}")).await.body.contains("a•••@"));
    act(&mut at_petr, "look", &id, &[]).await;
    assert_eq!(t.number(LOOKS).await, 2);
    t.wait(HOUR + SECOND);
    let (_, mut later) = operator(&t, "vera").await;
    assert!(!later.get(&format!("/operator?open={id}")).await.body.contains("a•••@"));
    // About no account there is nothing to look at.
    let nobody = conversation(&t, "help", None).await;
    assert_eq!(act_json(&later, "look", &nobody, &[]).await.error(), "about_no_account");
});

both!(the_account_is_named_by_the_operator_seldom_and_on_record, |t| {
    let anna = t.account_with("anna", "anna@mail.example", PASSWORD).await;
    let id = conversation(&t, "help", None).await;
    let (_, mut olga) = operator(&t, "olga").await;
    let answer = act(&mut olga, "claim", &id, &[("claimed", "anna@mail.example")]).await;
    answer.says("There is such an account.");
    assert!(!answer.body.contains("anna@mail.example"), "the address is masked");
    assert!(answer.body.contains("a•••@m•••.example") && !answer.body.contains("Registered"));
    assert_eq!(read(&t, &id).await.claimed_id.as_ref(), Some(&anna.id));
    act(&mut olga, "claim", &id, &[("claimed", "nobody")]).await.says("There is no such account.");
    assert_eq!(read(&t, &id).await.claimed_id, None);
    assert_eq!(t.number("SELECT COUNT(*) FROM events WHERE detail = 'search'").await, 2);
    let empty = act_json(&olga, "claim", &id, &[("claimed", " ")]).await;
    assert_eq!(empty.field("claimed"), "login_missing");
    for _ in 0..28 {
        assert_eq!(act_json(&olga, "claim", &id, &[("claimed", "x")]).await.status, 200);
    }
    assert_eq!(act_json(&olga, "claim", &id, &[("claimed", "anna")]).await.status, 429);
    t.wait(HOUR + SECOND);
    let mut olga = t.staff_browser(&t.find("olga").await).await;
    act(&mut olga, "claim", &id, &[("claimed", "anna")]).await.says("There is such an account.");
});

both!(a6_4_6_no_answer_of_the_console_holds_a_secret, |t| {
    let anna = t.account_with("anna", "anna.arbat@mail.example", PASSWORD).await;
    let mut shopper = t.browser();
    shopper.sign_in("anna", PASSWORD).await;
    shopper.ask_for_code("anna").await;
    let code = t.code("anna.arbat@mail.example", "recovery-code").await;
    let id = conversation(&t, &format!("my code is {code}"), Some(&anna)).await;
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
    answers.push(events.until("id=\"queue\"").await.to_owned());
    let (hash,): (String,) = t
        .app
        .db
        .one("SELECT password_hash FROM accounts WHERE login = 'anna'", args![])
        .await
        .expect("a row");
    let sessions: Vec<(String,)> =
        t.app.db.all("SELECT id FROM sessions", args![]).await.expect("rows");
    let devices: Vec<(String,)> =
        t.app.db.all("SELECT id FROM devices", args![]).await.expect("rows");
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

both!(canned_answers_are_filled_in_and_offered_in_the_shoppers_language_first, |t| {
    let anna = t.account("anna").await;
    let id = conversation(&t, "help", Some(&anna)).await;
    let (_, mut olga) = operator(&t, "olga").await;
    let save = |text: &'static str, locale: &'static str, title: &'static str| {
        [("answer_locale", locale), ("title", title), ("text", text)]
    };
    let wrong = save("Hello {loggin}", "en", "Misspelt");
    let refused = olga.submit("/api/operator_canned", &wrong).await;
    refused.says("A placeholder in braces is not one that we know.");
    assert!(refused.body.contains(">Hello {loggin}</textarea>"));
    olga.submit(
        "/api/operator_canned",
        &save("Hello {login}, {shop} { } {operator}", "en", "Hello"),
    )
    .await
    .says("Saved.");
    olga.submit("/api/operator_canned", &save("Привет, {login}", "ru", "Привет"))
        .await
        .says("Привет");
    let page = olga.get(&format!("/operator?open={id}")).await;
    assert!(page.body.find("Привет, anna") < page.body.find("Hello anna"), "the shopper's first");
    assert!(
        page.body.contains(r#"data-insert="Hello anna, Corner Shop { } {operator}""#),
        "{}",
        page.body
    );
    // Without script the screen comes again, with the text in the box.
    let (canned,): (String,) = t
        .app
        .db
        .one("SELECT id FROM canned_answers WHERE locale = 'en'", args![])
        .await
        .expect("a row");
    let filled = olga.get(&format!("/operator?open={id}&into={id}&canned={canned}")).await;
    assert!(filled.body.contains(">Hello anna, Corner Shop { } {operator}</textarea>"));
    // What is left to fill in is not sent.
    let left =
        act_json(&olga, "answer", &id, &[("message", "I am {operator}"), ("nonce", "n")]).await;
    assert_eq!(left.field("message"), "placeholder_left");
    // Changed, deleted; a few to begin with.
    let mut changed = save("Good day", "en", "Hello").to_vec();
    changed.push(("id", &canned));
    olga.submit("/api/operator_canned", &changed).await.says("Good day");
    assert_eq!(t.number("SELECT COUNT(*) FROM canned_answers").await, 2);
    olga.submit("/api/operator_canned_remove", &[("id", &canned)])
        .await
        .says("The answer was deleted.");
    let page = olga.submit("/api/operator_canned_starters", &[("answer_locale", "en")]).await;
    page.says("This is the support of {shop}, my name is {operator}.");
    olga.submit("/api/operator_canned_starters", &[("answer_locale", "en")]).await;
    assert_eq!(t.number("SELECT COUNT(*) FROM canned_answers WHERE locale = 'en'").await, 4);
    let long = "ы".repeat(4_001);
    let fields = [("answer_locale", "ru"), ("title", "Long"), ("text", long.as_str())];
    let refused = olga.submit("/api/operator_canned", &fields).await;
    assert!(refused.status == 422 && refused.body.contains(&long));
});

both!(search_takes_wildcards_for_what_they_are, |t| {
    let (_, mut olga) = operator(&t, "olga").await;
    let percent = conversation(&t, "I got 100% off", None).await;
    let plain = conversation(&t, "I got 100 roubles off", None).await;
    let line = conversation(&t, r"my login is anna_b, path C:\temp", None).await;
    let other = conversation(&t, "my login is annaxb", None).await;
    let russian = conversation(&t, "Забыла Пароль", None).await;
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
    // What the system wrote is nobody's words.
    act(&mut olga, "take", &plain, &[]).await;
    assert_eq!(find(&mut olga, "taken").await, [false; 5]);
});

both!(notes_are_for_the_staff_alone, |t| {
    let _hearing = hearing(&t).await;
    let (_, mut olga) = operator(&t, "olga").await;
    let mut shopper = t.browser();
    let fields = [("topic", "order"), ("message", "where is it"), ("nonce", "s1")];
    shopper.submit("/api/support_begin", &fields).await;
    let (id,): (String,) =
        t.app.db.one("SELECT id FROM conversations", args![]).await.expect("a conversation");
    let mut events = Events::open(&t, &shopper, "/support/stream", None).await;
    events.until("where is it").await;
    act(&mut olga, "note", &id, &[("note", "sounds like Anna")]).await.says("sounds like Anna");
    act(&mut olga, "answer", &id, &[("message", "on its way"), ("nonce", "o")]).await;
    let heard = events.until("on its way").await;
    assert!(!heard.contains("sounds like Anna") && !heard.contains("olga"), "{heard}");
    let page = shopper.get("/support").await;
    page.says("on its way");
    assert!(!page.body.contains("sounds like Anna") && !page.body.contains("olga"));
});

both!(payloads_are_text_in_the_console, |t| {
    let (_, mut olga) = operator(&t, "olga").await;
    let payload = r#"<script>alert(1)</script><img src=x onerror=alert(2)>"'</textarea>"#;
    let id = conversation(&t, payload, None).await;
    act(&mut olga, "note", &id, &[("note", payload)]).await;
    act(&mut olga, "claim", &id, &[("claimed", payload)]).await;
    let page = olga.get(&format!("/operator?open={id}&q=alert")).await;
    let mut events = Events::open(&t, &olga, &format!("/operator/stream?open={id}"), None).await;
    let heard = events.until("id=\"queue\"").await;
    for html in [page.body.as_str(), heard] {
        assert!(html.contains("&lt;script&gt;alert(1)"), "{html}");
        assert!(!html.contains("<script>alert") && !html.contains("<img src=x"));
    }
});

both!(stream_brings_what_is_new_and_after_a_break_what_was_missed, |t| {
    let _hearing = hearing(&t).await;
    let (_, olga) = operator(&t, "olga").await;
    let one = conversation(&t, "first of one", None).await;
    let two = conversation(&t, "first of two", None).await;
    let path = format!("/operator/stream?open={one},{two}");
    let seen = format!("{one}:1,{two}:1");
    let mut events = Events::open(&t, &olga, &path, Some(&seen)).await;
    let beginning = events.until("id=\"queue\"").await;
    assert!(!beginning.contains("first of"), "what is on the screen does not come again");
    says(&t, &one, "second of one").await;
    events.until("second of one").await;
    says(&t, &two, "second of two").await;
    events.until("second of two").await;
    let last = events.last_id();
    assert_eq!(last, format!("{one}:2,{two}:2"));
    drop(events);
    // Meanwhile.
    says(&t, &one, "third of one").await;
    says(&t, &one, "fourth of one").await;
    let mut events = Events::open(&t, &olga, &path, Some(&last)).await;
    let heard = events.until("id=\"queue\"").await;
    for words in ["third of one", "fourth of one"] {
        assert_eq!(heard.matches(words).count(), 1, "{heard}");
    }
    assert!(!heard.contains("second of"));
    // From an island that had to begin anew, the parameter says the same.
    let path = format!("{path}&last={one}%3A3%2C{two}%3A2");
    let mut events = Events::open(&t, &olga, &path, None).await;
    let heard = events.until("id=\"queue\"").await;
    assert!(heard.contains("fourth of one") && !heard.contains("third of one"));
    // Whatever was delivered was read; the shopper sees that.
    assert_eq!(read(&t, &one).await.operator_read, 4);
});

both!(stream_shows_typing_new_conversations_and_what_colleagues_do, |t| {
    let _hearing = hearing(&t).await;
    let (_, olga) = operator(&t, "olga").await;
    let (_, mut petr) = operator(&t, "petr").await;
    let id = conversation(&t, "help", None).await;
    let mut events = Events::open(&t, &olga, &format!("/operator/stream?open={id}"), None).await;
    events.until("id=\"queue\"").await;
    conversations::typing(&t.app, &id, conversations::Side::Shopper).await.expect("said");
    events.until("The shopper is typing").await;
    act(&mut petr, "take", &id, &[]).await;
    events.until("petr has it").await;
    act(&mut petr, "note", &id, &[("note", "a note of Petr's")]).await;
    events.until("a note of Petr").await;
    let other = conversation(&t, "me too", None).await;
    let heard = events.until(&format!("q-{other}")).await;
    assert!(heard.contains("event: notify\ndata: A shopper waits: Password"), "{heard}");
    assert!(!heard.contains("me too"), "a notification says nothing of what was written");
});

both!(stream_ends_with_the_session, |t| {
    let _hearing = hearing(&t).await;
    let (olga, browser) = operator(&t, "olga").await;
    let id = conversation(&t, "help", None).await;
    let mut events = Events::open(&t, &browser, &format!("/operator/stream?open={id}"), None).await;
    events.until("id=\"queue\"").await;
    let mut tx = t.app.db.begin().await.expect("a transaction");
    accounts::set_role(&mut tx, &olga.id, Role::Shopper, t.now(), None).await.expect("done");
    tx.commit().await.expect("a commit");
    says(&t, &id, "a secret").await;
    let heard = events.end().await;
    assert!(heard.contains("event: go") && !heard.contains("a secret"), "{heard}");
    // An open window is no use of the session: half an hour without a press ends it.
    let (_, browser) = operator(&t, "petr").await;
    let mut events = Events::open(&t, &browser, &format!("/operator/stream?open={id}"), None).await;
    events.until("id=\"queue\"").await;
    t.wait(31 * MINUTE);
    says(&t, &id, "another secret").await;
    let heard = events.end().await;
    assert!(heard.contains("event: go") && !heard.contains("another secret"), "{heard}");
});

/// What a service of translations was asked, and how it answers.
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
) -> axum::response::Response {
    use axum::response::{IntoResponse as _, Redirect};
    let q = question["q"].as_str().unwrap_or_default().to_owned();
    service.asked.lock().expect("no panic").push(question);
    match (service.answer)(&q) {
        Answered::Text(value) => Json(value).into_response(),
        Answered::Fails => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Answered::Elsewhere => Redirect::temporary("/elsewhere").into_response(),
        Answered::Never => std::future::pending().await,
    }
}

both!(messages_are_translated_by_a_service_and_stay_as_they_are_when_it_fails, |t| {
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
    let translator = Translator::of(&t.app.config).expect("a service");
    let translator = translator.with_patience(Duration::from_millis(200));
    let _hearing = hearing(&t).await;
    let (_, mut olga) = operator(&t, "olga").await;
    let id = conversation(&t, "Привет", None).await;
    for text in ["English already", "huge", "redirect", "slow", "broken"] {
        says(&t, &id, text).await;
    }
    let mut events = Events::open(&t, &olga, &format!("/operator/stream?open={id}"), None).await;
    events.until("id=\"queue\"").await;
    act(&mut olga, "answer", &id, &[("message", "Good day"), ("nonce", "n")]).await;
    while translator.pass(&t.app).await.expect("the database works") > 0 {}
    let heard = events.until("Hello").await;
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
        .app
        .db
        .all("SELECT seq, translation FROM messages WHERE author <> 'system' ORDER BY seq", args![])
        .await
        .expect("rows");
    let kept: Vec<Option<&str>> = kept.iter().map(|(_, words)| words.as_deref()).collect();
    assert_eq!(kept, [Some("Hello"), None, None, None, None, None, Some("Добрый день")]);
    let page = olga.get(&format!("/operator?open={id}")).await;
    page.says("Translation Hello Original Привет");
    server.abort();
    // Off unless it is set.
    assert!(Translator::of(&spawn_app_with(t.engine(), |_| {}).await.app.config).is_none());
});

both!(duty_and_presence_are_shown, |t| {
    let (_, mut olga) = operator(&t, "olga").await;
    let (_, mut petr) = operator(&t, "petr").await;
    olga.get("/operator").await.says("You are off duty.");
    petr.get("/operator").await.says("Colleagues: olga (off duty)");
    olga.submit("/api/operator_duty", &[("duty", "on")]).await.says("You are on duty.");
    petr.get("/operator").await.says("Colleagues: olga");
    t.wait(3 * MINUTE);
    petr.get("/operator").await.says("Colleagues: olga (away)");
    olga.submit("/api/operator_duty", &[("duty", "off")]).await.says("You are off duty.");
    t.wait(3 * MINUTE);
    assert!(!petr.get("/operator").await.words().contains("Colleagues"));
});

both!(numbers_tell_waits_and_what_was_solved, |t| {
    let (_, mut olga) = operator(&t, "olga").await;
    olga.get("/operator/numbers").await.says("Waiting now 0");
    for minutes in 1..=10 {
        let id = conversation(&t, "help", None).await;
        t.wait(minutes * MINUTE);
        olga = t.staff_browser(&t.find("olga").await).await;
        act(&mut olga, "answer", &id, &[("message", "here"), ("nonce", "n")]).await;
        let solved = if minutes <= 3 { "yes" } else { "no" };
        if minutes <= 4 {
            act(&mut olga, "close", &id, &[("solved", solved)]).await;
        }
    }
    t.wait(DAY);
    conversation(&t, "still here", None).await;
    t.wait(5 * MINUTE);
    let mut olga = t.staff_browser(&t.find("olga").await).await;
    let page = olga.get("/operator/numbers").await;
    page.says("Waiting now 1 the first for 5 minutes");
    page.says("Half of the answers within 5 minutes of 10 answers");
    page.says("Nine of ten answers within 9 minutes");
    page.says("Solved 75 % of 4 closed conversations");
    page.says("13 November 2026 10 14 November 2026 1");
    assert!(page.body.contains(r#"aria-label="11 conversations; on the busiest day 10."#));
});

both!(shortcuts_can_be_turned_off, |t| {
    let (_, mut olga) = operator(&t, "olga").await;
    assert!(olga.get("/operator").await.body.contains(r#"data-keys="on""#));
    let page = olga.submit("/api/operator_keys", &[("keys", "off")]).await;
    assert!(page.body.contains(r#"data-keys="off""#));
    let page = olga.submit("/api/operator_keys", &[("keys", "on")]).await;
    assert!(page.body.contains(r#"data-keys="on""#));
});
