//! What the rows hold.

use crate::{i18n::Locale, server::clock::Millis};

/// Who is, or is not, waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The shopper waits for an answer.
    Waiting,
    /// The last word was the operator's.
    Answered,
    /// It is over, until the shopper writes again.
    Closed,
}

impl State {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Answered => "answered",
            Self::Closed => "closed",
        }
    }

    /// From what is stored.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "waiting" => Self::Waiting,
            "answered" => Self::Answered,
            _ => Self::Closed,
        }
    }
}

/// What a conversation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// A password that is lost.
    Password,
    /// A mailbox that cannot be read any more, letters that do not come.
    Email,
    /// A login that is forgotten.
    Login,
    /// An order.
    Order,
    /// Anything else.
    Other,
}

impl Topic {
    /// All of them, as they are offered.
    pub const ALL: [Self; 5] = [Self::Password, Self::Email, Self::Login, Self::Order, Self::Other];

    /// As stored and posted.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Email => "email",
            Self::Login => "login",
            Self::Order => "order",
            Self::Other => "other",
        }
    }

    /// From what is stored or posted.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.as_str() == text)
    }
}

/// One of the two sides of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Whoever asks.
    Shopper,
    /// Whoever answers.
    Operator,
}

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// Whoever asks.
    Shopper,
    /// Whoever answers.
    Operator,
    /// Nobody: it says what happened (see [`super::happened`]).
    System,
}

impl Author {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shopper => "shopper",
            Self::Operator => "operator",
            Self::System => "system",
        }
    }
}

/// A conversation.
#[derive(Clone, sqlx::FromRow)]
pub struct Conversation {
    /// UUIDv7.
    pub id: String,
    /// Whoever wrote it, signed in.
    pub account_id: Option<String>,
    /// The account that it is said to be about, as typed. Nobody has checked that.
    pub claimed: Option<String>,
    /// The one that this belongs to. The shopper's screens must not let it show.
    pub claimed_id: Option<String>,
    claimed_by: Option<String>,
    topic: String,
    locale: String,
    state: String,
    /// Closed as solved.
    pub solved: bool,
    /// Who took it.
    pub operator_id: Option<String>,
    /// Confirmed: "an answer waits" goes there.
    pub email: Option<String>,
    /// When that was last sent.
    pub told_at: Option<Millis>,
    /// The number of the newest message.
    pub last_seq: i64,
    /// How far the shopper has read, and since when.
    pub shopper_read: i64,
    /// See `shopper_read`.
    pub shopper_read_at: Option<Millis>,
    /// How far the staff has read, and since when.
    pub operator_read: i64,
    /// See `operator_read`.
    pub operator_read_at: Option<Millis>,
    /// The first message that nobody answered yet.
    pub waiting_since: Option<Millis>,
    /// The first answer that the shopper has not seen yet.
    pub unread_since: Option<Millis>,
    /// Where it began.
    pub network: String,
    /// When it began.
    pub created_at: Millis,
    /// When something was last said.
    pub updated_at: Millis,
    /// When it was closed.
    pub closed_at: Option<Millis>,
}

impl Conversation {
    /// The language of the shopper's screens.
    #[must_use]
    pub fn locale(&self) -> Locale {
        Locale::parse(&self.locale).unwrap_or_default()
    }

    /// What the shopper typed as the account that it is about. What an operator typed may be news to him, and nobody
    /// has checked yet that he may know it.
    #[must_use]
    pub fn named_by_shopper(&self) -> Option<&str> {
        self.claimed.as_deref().filter(|_| self.claimed_by.is_none())
    }

    /// See [`State`].
    #[must_use]
    pub fn state(&self) -> State {
        State::parse(&self.state)
    }

    /// Whether a browser that has its token may read it while this account is signed in there, or nobody: what was
    /// written signed in is for that account alone.
    #[must_use]
    pub fn may_be_of(&self, account_id: Option<&str>) -> bool {
        self.account_id.is_none() || self.account_id.as_deref() == account_id
    }

    /// What it is about.
    #[must_use]
    pub fn topic(&self) -> Topic {
        Topic::parse(&self.topic).unwrap_or(Topic::Other)
    }

    /// The id of the account that it is about: the one that was named or, without one, that of whoever wrote it signed
    /// in.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.claimed_id.as_deref().or(self.account_id.as_deref())
    }
}

/// What [`Conversation`] is read from, of the table with alias `c`.
macro_rules! conversation_columns {
    () => {
        "SELECT c.id, c.account_id, c.claimed, c.claimed_id, c.claimed_by, c.topic, c.locale, c.state, c.solved,
            c.operator_id, c.email, c.told_at, c.last_seq, c.shopper_read, c.shopper_read_at, c.operator_read, c.operator_read_at,
            c.waiting_since, c.unread_since, c.network, c.created_at, c.updated_at, c.closed_at"
    };
}
pub(crate) use conversation_columns;

/// A message.
#[derive(Clone, sqlx::FromRow)]
pub struct Message {
    /// Its number within the conversation, from 1 on.
    pub seq: i64,
    author: String,
    /// Which operator wrote it. Shoppers are not told.
    pub operator_id: Option<String>,
    /// What was written or, of [`Author::System`], the name of what happened.
    pub text: String,
    /// The picture that came along.
    pub picture_id: Option<String>,
    /// When.
    pub at: Millis,
    /// The same in another language, made by a machine.
    pub translation: Option<String>,
    /// The tag of that language.
    pub translated_to: Option<String>,
    /// What named its post. Only the page that posted it has use for that.
    pub nonce: String,
}

impl Message {
    /// Who wrote it.
    #[must_use]
    pub fn author(&self) -> Author {
        match self.author.as_str() {
            "shopper" => Author::Shopper,
            "operator" => Author::Operator,
            _ => Author::System,
        }
    }
}

/// A picture in a conversation.
#[derive(sqlx::FromRow)]
pub struct Picture {
    /// The conversation that it belongs to: only who may read that may see it.
    pub conversation_id: String,
    /// JPEG, drawn anew by us.
    pub image: Vec<u8>,
    /// In pixels.
    pub width: i64,
    /// In pixels.
    pub height: i64,
}
