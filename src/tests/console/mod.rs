//! The operators' console.

mod actions;
mod answers;
mod facts;
mod stream;
mod texts;
mod windows;

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use futures::StreamExt as _;
use http::{Method, Request, StatusCode, header};
use tokio::{sync::watch, time::Instant};
use tower::ServiceExt as _;

use super::{
    browser::{Answer, Browser},
    harness::TestApp,
};
use crate::{
    domain::{
        accounts::{Account, Role},
        client::Client,
        ids::{AccountId, ConversationId},
        values::MessageText,
    },
    i18n::Locale,
    islands::{ConsoleEvent, PaneHead, PaneMessage, PanePart},
    realtime::Event,
    support::conversation::{self, Author, Conversation, NewConversation, NewMessage, Topic},
};

/// The beginning of an update of the queue.
const QUEUE: &str = r#"[{"Queue":{"#;

/// How long an event may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

fn client() -> Client {
    Client { network: "11.0.9.0/24".to_owned(), user_agent: String::new() }
}

/// Creates a conversation with one message, about `claimed` if it is set.
async fn new_conversation(t: &TestApp, text: &str, claimed: Option<&Account>) -> ConversationId {
    conversation_in(t, Locale::Ru, text, claimed).await
}

async fn conversation_in(
    t: &TestApp,
    locale: Locale,
    text: &str,
    claimed: Option<&Account>,
) -> ConversationId {
    let client = client();
    let new = NewConversation {
        account_id: None,
        claimed: claimed.map(|account| account.login.as_str()),
        claimed_id: claimed.map(|account| &account.id),
        topic: Topic::Password,
        locale,
        client: &client,
    };
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let (id, _) = conversation::begin(&t.state, &mut tx, &new).await.expect("a conversation");
    tx.commit().await.expect("a commit");
    shopper_writes(t, &id, text).await;
    id
}

/// Writes a message as the shopper.
async fn shopper_writes(t: &TestApp, id: &ConversationId, text: &str) {
    write(t, id, Author::Shopper, None, text).await;
}

async fn write(
    t: &TestApp,
    id: &ConversationId,
    author: Author,
    operator_id: Option<&AccountId>,
    text: &str,
) {
    let text = MessageText::parse(text).expect("a message");
    let nonce: String = t.state.random.id(t.now());
    let message = NewMessage {
        conversation: id,
        author,
        operator_id,
        text: Some(&text),
        picture: None,
        nonce: &nonce,
    };
    let mut tx = t.state.db.begin().await.expect("a transaction");
    conversation::post(&t.state, &mut tx, &message).await.expect("posted");
    tx.commit().await.expect("a commit");
}

async fn read(t: &TestApp, id: &ConversationId) -> Conversation {
    conversation::get(&t.state.db, id).await.expect("read").expect("there is one")
}

/// Creates an operator with a signed-in browser.
async fn operator(t: &TestApp, login: &str) -> (Account, Browser) {
    let account = t.staff(login, Role::Operator).await;
    let browser = t.staff_browser(&account).await;
    (account, browser)
}

/// Posts a form of the console, as a browser does.
async fn act(browser: &mut Browser, what: &str, id: &str, more: &[(&str, &str)]) -> Answer {
    let back = format!("open={id}");
    let mut fields = vec![("conversation", id), ("back", &back)];
    fields.extend(more);
    browser.submit(&format!("/api/operator_{what}"), &fields).await
}

/// Posts as [`act`] does, as a caller that wants JSON.
async fn act_json(browser: &Browser, what: &str, id: &str, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![("conversation", id)];
    fields.extend(more);
    browser.clone().json().post(&format!("/api/operator_{what}"), &fields).await
}

/// Listens to PostgreSQL notifications, as a server does, until the returned sender is dropped.
async fn hearing(t: &TestApp) -> watch::Sender<bool> {
    let (stop, stopped) = watch::channel(false);
    let mut listener = t.state.realtime.listen("beginning").expect("it listens");
    tokio::spawn(t.state.realtime.clone().run(t.state.db.clone(), stopped));
    if t.state.db.is_postgres() {
        assert_eq!(listener.next().await, Event::All, "from now on");
    }
    stop
}

/// Server-sent events, in the order of their arrival.
struct Events {
    body: BodyDataStream,
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

    /// Reads until `words` arrive; returns everything so far.
    async fn until(&mut self, words: &str) -> &str {
        let end = Instant::now() + PATIENCE;
        while !self.text.contains(words) {
            assert!(self.more(end).await, "it ended without {words:?}: {}", self.text);
        }
        &self.text
    }

    /// Reads until a message arrives whose text, or translation, contains `words`; returns everything so far.
    async fn until_message(&mut self, words: &str) -> &str {
        let end = Instant::now() + PATIENCE;
        while !self.has_message(words) {
            assert!(self.more(end).await, "it ended without {words:?}: {}", self.text);
        }
        &self.text
    }

    fn has_message(&self, words: &str) -> bool {
        self.messages().iter().any(|message| {
            let translation = message.translation.as_ref();
            message.text.contains(words)
                || translation.is_some_and(|(translation, _)| translation.contains(words))
        })
    }

    /// Returns the data of the complete events so far.
    fn data(&self, event: &str) -> Vec<&str> {
        let whole = self.text.rsplit_once("\n\n").map_or("", |(whole, _)| whole);
        let events = whole.split("\n\n").filter_map(|one| {
            let mut lines = one.lines();
            let is_it = lines.any(|line| line.strip_prefix("event: ") == Some(event));
            one.lines().find_map(|line| line.strip_prefix("data: ")).filter(|_| is_it)
        });
        events.collect()
    }

    /// Returns the changes of open conversations.
    fn parts(&self) -> Vec<PanePart> {
        let updates = self.data("update").into_iter().flat_map(|json| {
            let events: Vec<ConsoleEvent> = serde_json::from_str(json).expect("events");
            events
        });
        let parts = updates.filter_map(|event| match event {
            ConsoleEvent::Pane((_, part)) => Some(part),
            ConsoleEvent::Queue(_) | ConsoleEvent::Duty(_) => None,
        });
        parts.collect()
    }

    fn messages(&self) -> Vec<PaneMessage> {
        let messages = self.parts().into_iter().filter_map(|part| match part {
            PanePart::Messages(messages) => Some(messages),
            _ => None,
        });
        messages.flatten().collect()
    }

    fn heads(&self) -> Vec<PaneHead> {
        let heads = self.parts().into_iter().filter_map(|part| match part {
            PanePart::Head(head) => Some(head),
            _ => None,
        });
        heads.collect()
    }

    /// Returns whether the shopper types, as reported by the events.
    fn typing(&self) -> Vec<bool> {
        let typing = self.parts().into_iter().filter_map(|part| match part {
            PanePart::Typing(typing) => Some(typing),
            _ => None,
        });
        typing.collect()
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

    /// Returns the cursor of the newest event.
    fn last_id(&self) -> String {
        let mut ids = self.text.lines().filter_map(|line| line.strip_prefix("id:"));
        ids.next_back().expect("an id").trim().to_owned()
    }
}
