//! What the console shows, in the words of the server: first for the page, then for its stream.

use serde::{Deserialize, Serialize};

use crate::islands::{answer::Refusal, local_time::Moment, message_form::MessageTexts};

/// A change in a console window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConsoleEvent {
    /// The queue of conversations.
    Queue(QueueView),
    /// The staff on duty.
    Duty(DutyView),
    /// A change in an open conversation, with its id.
    Pane((String, PanePart)),
}

/// A change in a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PanePart {
    /// New messages, and those translated in the meantime.
    Messages(Vec<PaneMessage>),
    /// The header: the topic, whether the user is waiting, the assignee.
    Head(PaneHead),
    /// The available actions.
    Actions(PaneActions),
    /// When the user read the last answer, if so.
    Seen(Option<Moment>),
    /// The notes of the staff.
    Notes(Vec<PaneNote>),
    /// Facts about the account, once a staff member has viewed them.
    Facts(PaneFacts),
    /// Whether the user is typing.
    Typing(bool),
}

/// The queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueView {
    /// How many users are waiting.
    pub waiting: String,
    /// The filters of the queue: address, label, and whether it is the current one.
    pub filters: Vec<(String, String, bool)>,
    /// The text when there are no conversations.
    pub empty: Option<String>,
    /// The conversations.
    pub entries: Vec<QueueEntry>,
}

/// See [`ConsoleEvent::Duty`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyView {
    /// Whether the reader is on duty.
    pub is_on: bool,
    /// The same, in words.
    pub state: String,
    /// The label of the button that changes it.
    pub change: String,
    /// The colleagues on duty, or with the console open.
    pub colleagues: Option<String>,
}

/// A conversation in the queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueEntry {
    /// Its id.
    pub id: String,
    /// The address that opens it beside the others.
    pub href: String,
    /// The topic, and what distinguishes it from others with the same topic.
    pub name: (String, String),
    /// See [`Tongue`].
    pub tongue: Tongue,
    /// How long the user has been waiting, or since when not.
    pub state: String,
    /// The account, and the assignee.
    pub about: String,
    /// The beginning of the newest message.
    pub preview: String,
    /// Whether it is open in this window.
    pub is_open: bool,
    /// Whether the user is waiting for an answer.
    pub is_waiting: bool,
    /// The mark of a message that no staff member has read yet.
    pub unread: Option<String>,
}

/// Tag and name of a user's language, and whether it differs from the reader's.
pub type Tongue = (String, String, bool);

/// An open conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaneView {
    /// Its id.
    pub id: String,
    /// See [`PanePart`].
    pub head: PaneHead,
    /// See [`PanePart`].
    pub actions: PaneActions,
    /// See [`PanePart`].
    pub seen: Option<Moment>,
    /// See [`PanePart`].
    pub messages: Vec<PaneMessage>,
    /// The address of all messages, if there are more.
    pub earlier: Option<String>,
    /// The text in the answer box.
    pub typed: String,
    /// The nonce of the next answer.
    pub nonce: String,
    /// Why the last answer was refused.
    pub answer_refusal: Option<Refusal>,
    /// Why another form was refused.
    pub refusal: Option<String>,
    /// The canned answers to choose from.
    pub canned: Vec<CannedAnswer>,
}

/// See [`PanePart::Head`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaneHead {
    /// The topic, and what distinguishes it from others with the same topic.
    pub name: (String, String),
    /// See [`Tongue`].
    pub tongue: Tongue,
    /// Whether the user is waiting.
    pub state: String,
    /// The account, and the assignee.
    pub about: String,
    /// The address of the window without this conversation.
    pub close: String,
    /// The label of the button that takes it over, and from whom.
    pub take: Option<(String, String)>,
    /// Whether it is closed: there is no answer box then.
    pub is_closed: bool,
}

/// See [`PanePart::Actions`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaneActions {
    /// It is closed and can be reopened.
    Reopen,
    /// A colleague has it.
    Nothing,
    /// It can be closed, or handed over to one of these colleagues: ids and logins.
    Close(Vec<(String, String)>),
}

/// A message, as the staff reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaneMessage {
    /// Its sequence number.
    pub seq: i64,
    /// Its author; `None` for an event.
    pub author: Option<String>,
    /// Whether the author is the user.
    pub is_users: bool,
    /// Its time.
    pub at: Moment,
    /// The address of its picture.
    pub picture: Option<String>,
    /// Its translation, with the language tag.
    pub translation: Option<(String, String)>,
    /// The text of the message or event.
    pub text: String,
    /// The nonce of the reader's own message, which may just have been sent from this window.
    pub nonce: Option<String>,
}

/// A note: its id, author, time and text.
pub type PaneNote = (String, String, Moment, String);

/// Facts about an account that the staff may see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaneFacts {
    /// Names and values.
    pub rows: Vec<(String, String)>,
    /// Attempted recoveries: the name of the row, the text when there are none, and their steps.
    pub tried: (String, Option<String>, Vec<String>),
}

/// A canned answer: its id, title, language tag, and text with the known values filled in.
pub type CannedAnswer = (String, String, String, String);

/// The addresses that the console posts and links to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named as what is done there")]
pub struct ConsoleAddresses {
    pub page: String,
    pub answer: String,
    pub typing: String,
    pub take: String,
    pub hand_over: String,
    pub close: String,
    pub reopen: String,
    pub note: String,
    pub look: String,
    pub duty: String,
    pub keys: String,
}

/// The other texts of the console.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct ConsoleTexts {
    /// Shown while there is no connection.
    pub lost: String,
    /// Shown when a form could not be sent.
    pub offline: String,
    /// The label of the queue's filters.
    pub filter: String,
    /// The button for notifications, below the queue.
    pub notify_me: String,
    /// The shortcuts: title, keys with their meaning, and the buttons that switch them and close the dialog.
    pub keys: (String, Vec<(String, String)>, String, String),
    /// The texts of a conversation.
    pub pane: PaneTexts,
}

/// The texts of a conversation.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct PaneTexts {
    /// The link that closes it.
    pub close_pane: String,
    /// The link to all messages.
    pub earlier: String,
    /// The label of the list of messages.
    pub messages: String,
    /// The alternative text of a picture.
    pub picture: String,
    /// The labels of a translation and of the original text.
    pub translation: (String, String),
    /// Shown while the user is typing.
    pub types: String,
    /// The text before the time at which the answer was read.
    pub seen: String,
    /// The texts of the answer box.
    pub answer: MessageTexts,
    /// Shown beside an answer that is being sent.
    pub sending: String,
    /// The button below an answer that could not be sent.
    pub not_sent: String,
    /// The label and the button of a note.
    pub note: (String, String),
    /// The text about viewing the account, and the button that does so.
    pub look: (String, String),
    /// The heading of the canned answers.
    pub canned: String,
    /// The buttons: reopen, close as solved, close as not solved.
    pub actions: (String, String, String),
    /// Handing over: the label of the colleagues, the button, and the text when no colleague is available.
    pub hand_over: (String, String, String),
}
