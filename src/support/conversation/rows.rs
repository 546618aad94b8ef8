//! The rows of conversations and messages.

use crate::{
    clock::Timestamp,
    domain::ids::{AccountId, ChatPictureId, ConversationId},
    i18n::Locale,
};

/// The state of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub(crate) enum State {
    /// The shopper waits for an answer.
    Waiting,
    /// The last message was the operator's.
    Answered,
    /// It is over, until the shopper writes again.
    Closed,
}

/// What a conversation is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, strum::IntoStaticStr, strum::EnumString,
)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Topic {
    /// A lost password.
    Password,
    /// A mailbox that cannot be read any more, or emails that do not arrive.
    Email,
    /// A forgotten login.
    Login,
    /// An order.
    Order,
    /// Anything else.
    Other,
}

impl Topic {
    /// All topics, in the order in which they are offered.
    pub(crate) const ALL: [Self; 5] =
        [Self::Password, Self::Email, Self::Login, Self::Order, Self::Other];

    /// Returns the name as stored and posted.
    #[must_use]
    pub(crate) fn as_str(self) -> &'static str {
        self.into()
    }

    /// Parses a posted name.
    #[must_use]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// One of the two sides of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// The shopper who asks.
    Shopper,
    /// The operator who answers.
    Operator,
}

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, strum::IntoStaticStr)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Author {
    /// The shopper who asks.
    Shopper,
    /// The operator who answers.
    Operator,
    /// No person: the message is an event (see [`super::happened`]).
    System,
}

impl Author {
    /// Returns the name as stored.
    #[must_use]
    pub(crate) fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A conversation.
#[derive(Clone, sqlx::FromRow)]
pub(crate) struct Conversation {
    /// UUIDv7.
    pub id: ConversationId,
    /// The account that wrote it, if signed in.
    pub account_id: Option<AccountId>,
    /// The account that it is said to be about, as typed. This is unverified.
    pub claimed: Option<String>,
    /// The id of the account that the typed name belongs to. The shopper's pages must not reveal it.
    pub claimed_id: Option<AccountId>,
    claimed_by: Option<String>,
    topic: Topic,
    locale: String,
    state: State,
    /// Whether it was closed as solved.
    pub solved: bool,
    /// The operator who took it.
    pub operator_id: Option<AccountId>,
    /// The confirmed address that "an answer waits" is sent to.
    pub email: Option<String>,
    /// The number of the newest message.
    pub last_seq: i64,
    /// The number of the last message that the shopper has read.
    pub shopper_read: i64,
    /// When the shopper read that far.
    pub shopper_read_at: Option<Timestamp>,
    /// The number of the last message that the staff has read.
    pub operator_read: i64,
    /// When the staff read that far.
    pub operator_read_at: Option<Timestamp>,
    /// Since when the shopper has waited for an answer.
    pub waiting_since: Option<Timestamp>,
    /// The time of the first answer that the shopper has not seen yet.
    pub unread_since: Option<Timestamp>,
    /// The network it began in.
    pub network: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When the last message was posted.
    pub updated_at: Timestamp,
    /// When it was closed.
    #[cfg(test)]
    pub closed_at: Option<Timestamp>,
}

impl Conversation {
    /// Returns the language of the shopper's pages.
    #[must_use]
    pub(crate) fn locale(&self) -> Locale {
        Locale::parse(&self.locale).unwrap_or_default()
    }

    /// Returns what the shopper typed as the account that it is about. What an operator typed may be new to the
    /// shopper, and it is not verified that the shopper may know it.
    #[must_use]
    pub(crate) fn named_by_shopper(&self) -> Option<&str> {
        self.claimed.as_deref().filter(|_| self.claimed_by.is_none())
    }

    /// Returns the [`State`].
    #[must_use]
    pub(crate) const fn state(&self) -> State {
        self.state
    }

    /// Returns whether a browser with its token may read it while this account, or none, is signed in: what was written
    /// signed in is for that account alone.
    #[must_use]
    pub(crate) fn may_be_of(&self, account_id: Option<&AccountId>) -> bool {
        self.account_id.is_none() || self.account_id.as_ref() == account_id
    }

    /// Returns what it is about.
    #[must_use]
    pub(crate) const fn topic(&self) -> Topic {
        self.topic
    }

    /// Returns the id of the account that it is about: the one that was named or, without one, the one that wrote it.
    #[must_use]
    pub(crate) fn subject(&self) -> Option<&AccountId> {
        self.claimed_id.as_ref().or(self.account_id.as_ref())
    }
}

/// The columns of [`Conversation`], from the table with alias `c`.
macro_rules! conversation_columns {
    () => {
        "SELECT c.id, c.account_id, c.claimed, c.claimed_id, c.claimed_by, c.topic, c.locale, c.state, c.solved,
            c.operator_id, c.email, c.last_seq, c.shopper_read, c.shopper_read_at, c.operator_read, c.operator_read_at,
            c.waiting_since, c.unread_since, c.network, c.created_at, c.updated_at, c.closed_at"
    };
}
pub(crate) use conversation_columns;

/// A message.
#[derive(Clone, sqlx::FromRow)]
pub(crate) struct Message {
    /// Its number within the conversation, starting at 1.
    pub seq: i64,
    author: Author,
    /// The operator who wrote it. Not shown to shoppers.
    pub operator_id: Option<AccountId>,
    /// The text or, for [`Author::System`], the name of the event.
    pub text: String,
    /// The picture that was posted with it.
    pub picture_id: Option<ChatPictureId>,
    /// When it was posted.
    pub at: Timestamp,
    /// The machine translation.
    pub translation: Option<String>,
    /// The tag of that language.
    pub translated_to: Option<String>,
    /// The nonce of its post, used only by the page that posted it.
    pub nonce: String,
}

impl Message {
    /// Returns who wrote it.
    #[must_use]
    pub(crate) const fn author(&self) -> Author {
        self.author
    }
}

/// A picture in a conversation.
#[derive(sqlx::FromRow)]
pub(crate) struct Picture {
    /// The conversation that it belongs to: only users who may read that may see it.
    pub conversation_id: ConversationId,
    /// JPEG, re-encoded by the server.
    pub image: Vec<u8>,
}
