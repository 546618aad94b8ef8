//! Ids of rows: UUIDv7 as text (RFC 9562 §5.7). Each kind of row has a type of its own, so that one cannot be passed
//! for another. An id names a row and grants nothing.

use std::{fmt, ops::Deref};

use uuid::Uuid;

use crate::db::Value;

/// Returns whether a text has the form of an id: any other text need not be looked up, and must not become part of a
/// URL.
fn is_id(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type)]
        #[sqlx(transparent)]
        pub struct $name(String);

        impl $name {
            /// Parses what a browser sent; `None` unless it has the form of an id.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                is_id(text).then(|| Self(text.to_owned()))
            }

            /// Returns the text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id.to_string())
            }
        }

        // For texts of which an id is a part: MACs, keys of counters, topics, addresses.
        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for Value {
            fn from(id: $name) -> Self {
                id.0.into()
            }
        }

        impl From<&$name> for Value {
            fn from(id: &$name) -> Self {
                id.0.as_str().into()
            }
        }

        impl From<Option<$name>> for Value {
            fn from(id: Option<$name>) -> Self {
                id.map(|id| id.0).into()
            }
        }

        impl From<Option<&$name>> for Value {
            fn from(id: Option<&$name>) -> Self {
                id.map(|id| id.0.as_str()).into()
            }
        }
    )*};
}

ids! {
    /// An account.
    AccountId
    /// An assisted recovery.
    AssistedId
    /// A canned reply of the support.
    CannedId
    /// A picture in a conversation.
    ChatPictureId
    /// An emailed code.
    CodeId
    /// A conversation with the support.
    ConversationId
    /// A browser that an account knows.
    DeviceId
    /// An email in the outbox.
    EmailId
    /// An event of the audit log.
    EventId
    /// A flow.
    FlowId
    /// A note of the staff on a conversation.
    NoteId
    /// An account's picture.
    ProfilePictureId
    /// A request to be signed in by a phone.
    QrRequestId
    /// A session.
    SessionId
}
