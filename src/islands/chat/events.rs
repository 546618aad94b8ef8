//! What the chat shows, in words that the server chose: of the page first, then of its stream.

use serde::{Deserialize, Serialize};

use crate::islands::{answer::Refusal, local_time::Moment, message_form::MessageTexts};

/// Something that changed in the conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChatEvent {
    /// A message that is new, or was translated.
    Message(ChatMessage),
    /// What stands below the messages, and whether the conversation is over.
    Below((ChatStatus, bool)),
}

/// Words and the time that they are about.
pub type ChatStatus = Option<(String, Option<Moment>)>;

/// A message, as the user reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatMessage {
    /// Its number.
    pub seq: i64,
    /// Who wrote it, and when; nobody wrote what happened.
    pub by: Option<(String, Moment)>,
    /// Whether it is the user's own.
    pub is_own: bool,
    /// What was written, or happened.
    pub text: String,
    /// The same in another language, with its tag.
    pub translation: Option<(String, String)>,
    /// The address of its picture, and what that shows.
    pub picture: Option<(String, String)>,
    /// Where it goes on from there.
    pub redirect: Option<(String, String)>,
    /// What names an own message that may just have been sent, from this window.
    pub nonce: Option<String>,
}

/// A conversation.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ChatView {
    /// Where the stream goes on; a page of earlier messages stands still.
    pub last: Option<String>,
    /// When support is there again, outside office hours.
    pub hours: ChatStatus,
    /// What was done.
    pub notice: Option<String>,
    /// Where earlier messages are, if there are any.
    pub earlier: Option<String>,
    /// Oldest first.
    pub messages: Vec<ChatMessage>,
    /// See [`ChatEvent::Below`].
    pub status: ChatStatus,
    /// See [`ChatEvent::Below`].
    pub is_closed: bool,
    /// See [`ChatForm`].
    pub form: ChatForm,
}

/// The form of a message.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ChatForm {
    /// Path and query of the page.
    pub screen: String,
    /// The name of the next message.
    pub nonce: String,
    /// What was typed before the page came back.
    pub typed: Option<String>,
    /// Why it did.
    pub refusal: Option<Refusal>,
}

/// Where the chat posts, and where it leads.
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

/// What the chat says.
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
    /// Above a translation, and above what was really written.
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
