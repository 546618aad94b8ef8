//! What the chat shows, in the words of the server: first for the page, then for its stream.

use serde::{Deserialize, Serialize};

use crate::islands::{answer::Refusal, local_time::Moment, message_form::MessageTexts};

/// A change in the conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChatEvent {
    /// A message that is new, or has been translated.
    Message(ChatMessage),
    /// The status below the messages, and whether the conversation is closed.
    Below((ChatStatus, bool)),
}

/// A text and the time that it refers to.
pub type ChatStatus = Option<(String, Option<Moment>)>;

/// A message, as the user reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatMessage {
    /// Its sequence number.
    pub seq: i64,
    /// Its author and time; `None` for an event.
    pub by: Option<(String, Moment)>,
    /// Whether the user wrote it.
    pub is_own: bool,
    /// The text of the message or event.
    pub text: String,
    /// Its translation, with the language tag.
    pub translation: Option<(String, String)>,
    /// The address of its picture, and the alternative text.
    pub picture: Option<(String, String)>,
    /// A link to continue: address and label.
    pub redirect: Option<(String, String)>,
    /// The nonce of the user's own message, which may just have been sent from this window.
    pub nonce: Option<String>,
}

/// A conversation.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ChatView {
    /// The cursor from which the stream continues; `None` on a page of earlier messages, which does not change.
    pub last: Option<String>,
    /// When support is available again; only outside office hours.
    pub hours: ChatStatus,
    /// A message about what was done.
    pub notice: Option<String>,
    /// The address of earlier messages, if there are any.
    pub earlier: Option<String>,
    /// The messages, oldest first.
    pub messages: Vec<ChatMessage>,
    /// See [`ChatEvent::Below`].
    pub status: ChatStatus,
    /// See [`ChatEvent::Below`].
    pub is_closed: bool,
    /// See [`ChatForm`].
    pub form: ChatForm,
}

/// The form for a message.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ChatForm {
    /// Path and query of the page.
    pub page: String,
    /// The nonce of the next message.
    pub nonce: String,
    /// The text that was typed, if the form is shown again.
    pub typed: Option<String>,
    /// Why it was refused.
    pub refusal: Option<Refusal>,
}

/// The addresses that the chat posts and links to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named as what is done there")]
pub struct ChatAddresses {
    pub page: String,
    pub new: String,
    pub stream: String,
    pub send: String,
    pub typing: String,
    pub seen: String,
    pub end: String,
    pub leave: String,
}

/// The texts of the chat.
#[derive(Clone, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named as the texts are")]
pub struct ChatTexts {
    pub title: String,
    pub never_tell: String,
    pub log: String,
    pub earlier: String,
    pub newest: String,
    pub you: String,
    pub sending: String,
    pub not_sent: String,
    /// The labels of a translation and of the original text.
    pub translation: (String, String),
    pub lost: String,
    pub is_closed: String,
    pub new: String,
    pub refresh_hint: String,
    pub look: String,
    pub end: String,
    pub leave: String,
    pub leave_hint: String,
    pub form: MessageTexts,
}
