//! How far each open conversation was sent: the id of the stream's events.

use std::fmt;

use crate::domain::ids::ConversationId;

/// How far each open conversation was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cursor(Vec<(ConversationId, i64)>);

impl Cursor {
    /// Creates a cursor from the last message of each conversation.
    pub(super) fn of<'a>(last: impl Iterator<Item = (&'a ConversationId, i64)>) -> Self {
        Self(last.map(|(id, seq)| (id.clone(), seq)).collect())
    }

    /// Parses what [`fmt::Display`] wrote; invalid parts are dropped, so that those conversations are sent from the
    /// beginning. The cursor is sent back to the browser as an event id, so it may contain nothing but ids: a line
    /// break would end the event id.
    pub(super) fn parse(text: &str) -> Self {
        let parts = text.split(',').filter_map(|part| {
            let (id, seq) = part.split_once(':')?;
            Some((ConversationId::parse(id)?, seq.parse().ok()?))
        });
        Self(parts.take(8).collect())
    }

    pub(super) fn get(&self, id: &ConversationId) -> i64 {
        self.0.iter().find(|(theirs, _)| theirs == id).map_or(0, |(_, seq)| *seq)
    }

    pub(super) fn set(&mut self, id: &ConversationId, seq: i64) {
        match self.0.iter_mut().find(|(theirs, _)| theirs == id) {
            Some((_, theirs)) => *theirs = seq,
            None => self.0.push((id.clone(), seq)),
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (id, seq)) in self.0.iter().enumerate() {
            write!(f, "{}{id}:{seq}", if number == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}
