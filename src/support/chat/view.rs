//! What the chat shows, in its reader's language and time zone: first in the page, then in its stream.

use crate::{
    clock::{Duration, Timestamp},
    domain::format::{self, Zone},
    http::context::RequestContext,
    i18n::Texts,
    islands::{ChatMessage, ChatStatus, Moment},
    support::conversation::{Author, Conversation, Message, State},
};

use super::happened;

/// The reader, and the current time.
#[derive(Clone)]
pub(super) struct Reader {
    t: Texts,
    zone: Zone,
    now: Timestamp,
}

impl Reader {
    pub(super) fn of(request: &RequestContext) -> Self {
        Self { t: Texts(request.locale), zone: request.zone(), now: request.state.clock.now() }
    }

    /// Returns the time of day, with the date unless it is today.
    fn time(&self, at: Timestamp) -> Moment {
        let day = |at| format::date(self.t.0, &self.zone, at);
        if day(at) == day(self.now) {
            format::moment(&self.zone, at)
        } else {
            format::date_moment(self.t.0, &self.zone, at)
        }
    }

    /// Builds a message; `None` for an event that a newer version wrote.
    pub(super) fn message(&self, message: &Message) -> Option<ChatMessage> {
        let t = self.t.support();
        let author = message.author();
        let (who, alt) = match author {
            Author::Shopper => (t.you(), t.picture_of_you()),
            Author::Operator => (t.support(), t.picture_of_support()),
            Author::System => {
                let redirect = happened::goes_on(&message.text);
                return Some(ChatMessage {
                    seq: message.seq,
                    text: happened::words(self.t.0, &message.text)?.to_owned(),
                    redirect: redirect.map(|path| (path.to_owned(), t.assisted().to_owned())),
                    ..ChatMessage::default()
                });
            }
        };
        let is_own = author == Author::Shopper;
        // Users know what they wrote.
        let translation = message.translation.clone().zip(message.translated_to.clone());
        let picture = message.picture_id.as_ref();
        Some(ChatMessage {
            seq: message.seq,
            by: Some((who.to_owned(), self.time(message.at))),
            is_own,
            text: message.text.clone(),
            translation: translation.filter(|_| !is_own),
            picture: picture.map(|id| (format!("/support/picture/{id}"), alt.to_owned())),
            redirect: None,
            nonce: is_own.then(|| message.nonce.clone()),
        })
    }

    /// Returns the line below the messages: who is typing, what was read, how long an answer usually takes.
    pub(super) fn status(
        &self,
        conversation: &Conversation,
        typing: bool,
        own: i64,
        usual: Option<Duration>,
    ) -> ChatStatus {
        let t = self.t.support();
        if typing {
            return Some((t.typing().to_owned(), None));
        }
        // Only a user who waits needs to know how long it takes, and whether the message was read.
        if conversation.state() != State::Waiting {
            return None;
        }
        let seen = conversation.operator_read_at;
        Some(match seen.filter(|_| own > 0 && conversation.operator_read >= own) {
            Some(at) => (t.seen().to_owned(), Some(self.time(at))),
            None => {
                let words = [Some(t.waiting().to_owned()), usually(self.t, usual)];
                (words.into_iter().flatten().collect::<Vec<_>>().join(" "), None)
            }
        })
    }
}

/// Returns whether the conversation is closed.
pub(super) fn is_closed(conversation: &Conversation) -> bool {
    conversation.state() == State::Closed
}

/// Returns "We usually answer within …", once there are enough answers to tell.
pub(super) fn usually(t: Texts, usual: Option<Duration>) -> Option<String> {
    usual.map(|usual| t.support().usual(format::duration(t.0, usual)))
}

/// Returns the stream's cursor: the time at which the conversation began, which tells it from another conversation's
/// cursor, and the number of the last message.
pub(super) fn cursor(conversation: &Conversation, seq: i64) -> String {
    format!("{}.{seq}", conversation.created_at.as_millis())
}

/// Returns the number in a cursor, if it is one of this conversation.
pub(super) fn seq_in(conversation: &Conversation, cursor: &str) -> Option<i64> {
    let (began, seq) = cursor.split_once('.')?;
    let same = began.parse() == Ok(conversation.created_at.as_millis());
    seq.parse().ok().filter(|seq| same && (0..=conversation.last_seq).contains(seq))
}
