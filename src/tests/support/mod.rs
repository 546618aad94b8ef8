//! The support chat from the shopper's side, and the conversations that the console is based on, too.

mod chat;
mod codes;
mod emails;
mod finding;
mod pictures;
mod reading;
mod stream;
mod text;
mod twice;

use http::StatusCode;

use crate::{
    args,
    domain::{
        accounts::Role,
        ids::{AccountId, ConversationId},
        values::MessageText,
    },
    support::conversation::{self, Author, Conversation, NewMessage},
};

use super::{
    browser::{Answer, Browser},
    harness::TestApp,
};

/// Creates an operator who could answer; returns the id.
async fn staffed(t: &TestApp) -> AccountId {
    t.staff("oleg", Role::Operator).await.id
}

const FIRST: &str = "I cannot get in.";

/// Begins a conversation with these words, about no account.
async fn begin(browser: &mut Browser, message: &str) -> Answer {
    begin_about(browser, message, "").await
}

async fn begin_about(browser: &mut Browser, message: &str, account: &str) -> Answer {
    let fields =
        [("topic", "password"), ("account", account), ("message", message), ("nonce", "first")];
    let answer = browser.submit("/api/support_begin", &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer
}

async fn send(browser: &mut Browser, message: &str, nonce: &str) -> Answer {
    browser.submit("/api/support_send", &[("message", message), ("nonce", nonce)]).await
}

/// Returns the newest conversation.
async fn newest_conversation(t: &TestApp) -> Conversation {
    let (id,): (ConversationId,) = t
        .state
        .db
        .fetch_one("SELECT id FROM conversations ORDER BY id DESC LIMIT 1", args![])
        .await
        .expect("a conversation");
    conversation::get(&t.state.db, &id).await.expect("an answer").expect("a conversation")
}

/// Answers as an operator.
async fn answer(t: &TestApp, words: &str) -> Option<i64> {
    let id = newest_conversation(t).await.id;
    let text = MessageText::parse(words).expect("a message");
    let nonce: String = t.state.random.id(t.now());
    let message = NewMessage {
        conversation: &id,
        author: Author::Operator,
        operator_id: Some(&t.state.random.id(t.now())),
        text: Some(&text),
        picture: None,
        nonce: &nonce,
    };
    let mut tx = t.state.db.begin().await.expect("a transaction");
    let seq = conversation::post(&t.state, &mut tx, &message).await.expect("an answer");
    tx.commit().await.expect("a commit");
    seq
}

/// Returns the stored messages in order: author and text.
async fn stored(t: &TestApp) -> Vec<(String, String)> {
    t.state
        .db
        .fetch_all("SELECT author, text FROM messages ORDER BY conversation_id, seq", args![])
        .await
        .expect("an answer")
}

/// Returns the last stored text of the shopper.
async fn last_stored(t: &TestApp) -> String {
    let own = stored(t).await.into_iter().rev().find(|(author, _)| author == "shopper");
    own.expect("a message").1
}
