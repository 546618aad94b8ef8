//! How far each open conversation was sent: the id of the stream's events.

use std::fmt;

use crate::server::random::is_id;

/// How far each open conversation was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cursor(Vec<(String, i64)>);

impl Cursor {
    /// Behind these messages.
    pub(super) fn of<'a>(last: impl Iterator<Item = (&'a str, i64)>) -> Self {
        Self(last.map(|(id, seq)| (id.to_owned(), seq)).collect())
    }

    /// Reads what [`fmt::Display`] wrote; anything else is the beginning. It goes back to the browser as the id of an
    /// event, so that nothing may be in it that is no id: a line break would be the end of that.
    pub(super) fn parse(text: &str) -> Self {
        let parts = text.split(',').filter_map(|part| {
            let (id, seq) = part.split_once(':')?;
            is_id(id).then_some((id.to_owned(), seq.parse().ok()?))
        });
        Self(parts.take(8).collect())
    }

    pub(super) fn get(&self, id: &str) -> i64 {
        self.0.iter().find(|(theirs, _)| theirs == id).map_or(0, |(_, seq)| *seq)
    }

    pub(super) fn set(&mut self, id: &str, seq: i64) {
        match self.0.iter_mut().find(|(theirs, _)| theirs == id) {
            Some((_, theirs)) => *theirs = seq,
            None => self.0.push((id.to_owned(), seq)),
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
