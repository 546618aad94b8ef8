//! What the console shows, in words that the server chose: of the page first, then of its stream.

use serde::{Deserialize, Serialize};

use crate::islands::{answer::Refusal, local_time::Moment, message_form::MessageTexts};

/// Something that changed in a window of the console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConsoleEvent {
    /// Who waits.
    Queue(QueueView),
    /// Who is on duty.
    Duty(DutyView),
    /// A conversation that is open, by its id.
    Pane((String, PanePart)),
}

/// What changed in a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PanePart {
    /// New messages, and those that were translated meanwhile.
    Messages(Vec<PaneMessage>),
    /// What it is, who waits, who has it.
    Head(PaneHead),
    /// What can be done with it.
    Acts(PaneActs),
    /// When the user read the last answer, if that is so.
    Seen(Option<Moment>),
    /// What the staff wrote down.
    Notes(Vec<PaneNote>),
    /// What is known of the account, after a look.
    Facts(PaneFacts),
    /// Whether the user is typing.
    Typing(bool),
}

/// The queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueView {
    /// How many wait.
    pub waiting: String,
    /// The parts of it: address, words, whether it is the one that is shown.
    pub filters: Vec<(String, String, bool)>,
    /// What is said where there are no conversations.
    pub empty: Option<String>,
    /// The conversations.
    pub entries: Vec<QueueEntry>,
}

/// See [`ConsoleEvent::Duty`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyView {
    /// Whether the reader is.
    pub is_on: bool,
    /// The same in words.
    pub state: String,
    /// The word on the button that changes it.
    pub change: String,
    /// The colleagues who are, or who have the console open.
    pub colleagues: Option<String>,
}

/// A conversation in the queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueEntry {
    /// Its id.
    pub id: String,
    /// Where it is opened beside the others.
    pub href: String,
    /// What it is about, and what tells it from another about the same.
    pub name: (String, String),
    /// See [`Tongue`].
    pub tongue: Tongue,
    /// How long the user waits, or since when not.
    pub state: String,
    /// The account, and who has it.
    pub about: String,
    /// The beginning of the newest message.
    pub preview: String,
    /// Whether it is open in this window.
    pub is_open: bool,
    /// Whether an answer is waited for.
    pub is_waiting: bool,
    /// Said of a message that nobody of the staff has read yet.
    pub unread: Option<String>,
}

/// The tag and the name of a user's language, and whether it is another than the reader's.
pub type Tongue = (String, String, bool);

/// A conversation that is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaneView {
    /// Its id.
    pub id: String,
    /// See [`PanePart`].
    pub head: PaneHead,
    /// See [`PanePart`].
    pub acts: PaneActs,
    /// See [`PanePart`].
    pub seen: Option<Moment>,
    /// See [`PanePart`].
    pub messages: Vec<PaneMessage>,
    /// Where all of them are shown, if there are more.
    pub earlier: Option<String>,
    /// What stands in the box for an answer.
    pub typed: String,
    /// The name of the next answer.
    pub nonce: String,
    /// Why the last answer was refused.
    pub answer_refusal: Option<Refusal>,
    /// Why another form was.
    pub refusal: Option<String>,
    /// Answers to choose from.
    pub canned: Vec<CannedAnswer>,
}

/// See [`PanePart::Head`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaneHead {
    /// What it is about, and what tells it from another about the same.
    pub name: (String, String),
    /// See [`Tongue`].
    pub tongue: Tongue,
    /// Whether the user waits.
    pub state: String,
    /// The account, and who has it.
    pub about: String,
    /// Where the window is without it.
    pub close: String,
    /// The word on the button that takes it, and whom it is taken from.
    pub take: Option<(String, String)>,
    /// Whether it is over: then there is no box for an answer.
    pub is_closed: bool,
}

/// See [`PanePart::Acts`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaneActs {
    /// It is over, and can go on.
    Reopen,
    /// A colleague has it.
    Nothing,
    /// It can be closed, or handed over to one of these: their ids and logins.
    Close(Vec<(String, String)>),
}

/// A message as the staff reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaneMessage {
    /// Its number.
    pub seq: i64,
    /// Who wrote it; nobody wrote what happened.
    pub author: Option<String>,
    /// Whether that is the user.
    pub is_users: bool,
    /// When.
    pub at: Moment,
    /// The address of its picture.
    pub picture: Option<String>,
    /// The same in another language, with its tag.
    pub translation: Option<(String, String)>,
    /// What was written, or happened.
    pub text: String,
    /// What named the post of the reader's own that may just have been sent, from this window.
    pub nonce: Option<String>,
}

/// A note: its id, who wrote it, when, and what.
pub type PaneNote = (String, String, Moment, String);

/// What may be known of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaneFacts {
    /// Names and values.
    pub rows: Vec<(String, String)>,
    /// Recoveries that were tried: the name of the row, what is said where there are none, and their steps.
    pub tried: (String, Option<String>, Vec<String>),
}

/// An answer to choose: its id, its title, the tag of its language, and the text with what is known filled in.
pub type CannedAnswer = (String, String, String, String);

/// Where the forms of the console are posted, and where it leads.
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

/// What the console says around that.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct ConsoleTexts {
    /// While there is no connection.
    pub lost: String,
    /// When a form did not get through.
    pub offline: String,
    /// Of the queue.
    pub filter: String,
    /// Of the buttons below it.
    pub notify_me: String,
    /// The title of the shortcuts, those with what they do, and the buttons: on or off, and close.
    pub keys: (String, Vec<(String, String)>, String, String),
    /// Of a conversation.
    pub pane: PaneTexts,
}

/// What a conversation says.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct PaneTexts {
    /// The link that closes it.
    pub close_pane: String,
    /// The link to all messages.
    pub earlier: String,
    /// The name of the list of messages.
    pub messages: String,
    /// The name of a picture.
    pub picture: String,
    /// Before a translation, and before what was written.
    pub translation: (String, String),
    /// While the user is typing.
    pub types: String,
    /// Before the time at which the answer was read.
    pub seen: String,
    /// The box for an answer.
    pub answer: MessageTexts,
    /// Beside an answer that is under way.
    pub sending: String,
    /// The button below one that is not sent.
    pub not_sent: String,
    /// The label and the button of a note.
    pub note: (String, String),
    /// What is said of looking at the account, and the button that does.
    pub look: (String, String),
    /// Above the canned answers.
    pub canned: String,
    /// The buttons: reopen, close as solved, as not solved.
    pub acts: (String, String, String),
    /// Handing over: whom to, the button, and when nobody is there.
    pub hand_over: (String, String, String),
}
