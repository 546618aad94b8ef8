//! Conversations of the support chat: what was written, who waits, who has read how far. This module owns the tables
//! `conversations`, `messages`, `message_pictures` and `answers`; the chat and the console both use it.
//!
//! Messages are numbered within their conversation without gaps, under a lock on its row: the number is the cursor for
//! readers. Every change is published on [`topic`] and, where the console's list changes, on [`QUEUE`].

mod change;
mod codes_in_text;
mod email;
mod error;
mod pictures;
mod post;
mod read;
mod rows;
mod staff;
mod tell;

pub(crate) use self::rows::conversation_columns;
pub(crate) use self::{
    change::{
        NewConversation, adopt, announce_elsewhere_no_more, begin, begin_under, close,
        forget_account, set_email, set_locale, sweep,
    },
    email::tell_waiting,
    error::ConversationProblem,
    pictures::{keep_picture, picture},
    post::{NewMessage, post, system},
    read::{
        ByCookie, by_cookie, get, get_for_update, last_by, last_of, mark_read, messages_after,
        messages_before, open_of, percentile, typing, usual_wait,
    },
    rows::{Author, Conversation, Message, Picture, Side, State, Topic},
    staff::{
        TRANSLATED_WITHIN, Translated, Untranslated, give_to, reopen, set_claim, set_translation,
        take_for_translation, translated, untranslated,
    },
};
#[cfg(test)]
pub(crate) use self::{codes_in_text::HIDDEN, email::answer_waits};
use crate::domain::ids::ConversationId;

use self::tell::{due_for_email, take_email};

/// The topic for changes to the list of waiting conversations, which belong to no single conversation.
pub(crate) const QUEUE: &str = "queue";

/// Returns the topic of one conversation (see [`crate::realtime`]).
#[must_use]
pub(crate) fn topic(id: &ConversationId) -> String {
    format!("conversation:{id}")
}

/// Events, for messages of [`Author::System`]: the names in the table never change.
pub(crate) mod happened {
    /// The shopper ended it.
    pub(crate) const ENDED: &str = "ended";
    /// Something in the previous message looked like a code and was hidden.
    pub(crate) const CODE_HIDDEN: &str = "code_hidden";
    /// An operator took it.
    pub(crate) const TAKEN: &str = "taken";
    /// An operator handed it to another.
    pub(crate) const HANDED_OVER: &str = "handed_over";
    /// An operator closed it as solved.
    pub(crate) const SOLVED: &str = "solved";
    /// An operator closed it as not solved.
    pub(crate) const CLOSED: &str = "closed";
    /// It was reopened after it was closed.
    pub(crate) const REOPENED: &str = "reopened";
}
