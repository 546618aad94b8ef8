//! What one window of the console shows: which conversations are open side by side, and which part of the queue.
//! It stands in the address, so that a reload, a form and the stream show the same.

use super::{SCREEN, STREAM};
use crate::server::{http::context::RequestContext, random::is_id};

/// Conversations side by side.
const OPEN_MOST: usize = 4;
/// Longest text that is searched for, in code points.
pub(in crate::operator) const SEARCH_MAX: usize = 100;

/// Which part of the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Filter {
    /// Whatever is not closed.
    #[default]
    All,
    /// What I took.
    Mine,
    /// What is closed.
    Closed,
}

impl Filter {
    pub(super) const ALL: [Self; 3] = [Self::All, Self::Mine, Self::Closed];

    /// As in the address.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Mine => "mine",
            Self::Closed => "closed",
        }
    }

    fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|filter| filter.as_str() == text).unwrap_or_default()
    }
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ConsoleView {
    /// Ids of the conversations that are open, the first first.
    pub open: Vec<String>,
    pub filter: Filter,
    /// What is searched for; empty: nothing.
    pub search: String,
    /// The conversation of which all messages are shown.
    pub whole: Option<String>,
}

impl ConsoleView {
    /// From the query of an address, or what a form says of it. Whatever makes no sense in it is left out.
    pub(super) fn parse(query: &str) -> Self {
        let mut desk = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "open" => {
                    for id in value.split(',').filter(|id| is_id(id)) {
                        if !desk.open.iter().any(|known| known == id) {
                            desk.open.push(id.to_owned());
                        }
                    }
                    desk.open.truncate(OPEN_MOST);
                }
                "filter" => desk.filter = Filter::parse(&value),
                "q" => desk.search = value.trim().chars().take(SEARCH_MAX).collect(),
                "whole" if is_id(&value) => desk.whole = Some(value.into_owned()),
                _ => {}
            }
        }
        desk
    }

    /// Of the page that is asked for.
    pub(super) fn of(request: &RequestContext) -> Self {
        Self::parse(request.path_and_query.split_once('?').map_or("", |(_, query)| query))
    }

    /// As in an address.
    pub(super) fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.fields());
        query.extend_pairs(self.whole.iter().map(|id| ("whole", id)));
        // Ids need no escape between them.
        query.finish().replace("%2C", ",")
    }

    /// What a form that asks for the window again brings along.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let fields = [
            ("open", self.open.join(",")),
            ("filter", self.filter.as_str().to_owned()),
            ("q", self.search.clone()),
        ];
        let fields = fields.into_iter().filter(|(_, value)| !value.is_empty());
        fields.map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// The address of this window.
    pub(super) fn path(&self) -> String {
        self.at(SCREEN)
    }

    /// The address of its stream.
    pub(super) fn stream(&self) -> String {
        self.at(STREAM)
    }

    fn at(&self, path: &str) -> String {
        let query = self.query();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// With one more open; where there are too many, the one that was opened first goes.
    pub(super) fn with(&self, id: &str) -> Self {
        let mut desk = self.clone();
        if !desk.open.iter().any(|open| open == id) {
            desk.open.push(id.to_owned());
            let more = desk.open.len().saturating_sub(OPEN_MOST);
            desk.open.drain(..more);
        }
        desk
    }

    /// With one less open.
    pub(super) fn without(&self, id: &str) -> Self {
        let mut desk = self.clone();
        desk.open.retain(|open| open != id);
        desk.whole = desk.whole.filter(|whole| whole != id);
        desk
    }

    /// With another part of the queue.
    pub(super) fn filtered(&self, filter: Filter) -> Self {
        Self { filter, search: String::new(), ..self.clone() }
    }

    /// With all messages of one.
    pub(super) fn whole(&self, id: &str) -> Self {
        Self { whole: Some(id.to_owned()), ..self.clone() }
    }
}
