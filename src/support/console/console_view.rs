//! What one console window shows: which conversations are open side by side, and which part of the queue. It is part of
//! the address, so that a reload, a form and the stream show the same.

use super::{PAGE, STREAM};
use crate::{domain::ids::ConversationId, http::context::RequestContext};

/// Maximum number of conversations side by side.
const OPEN_MOST: usize = 4;
/// Longest search text, in code points.
pub(in crate::support::console) const SEARCH_MAX: usize = 100;

/// A part of the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Filter {
    /// Everything that is not closed.
    #[default]
    All,
    /// The reader's own conversations.
    Mine,
    /// Closed conversations.
    Closed,
}

impl Filter {
    pub(super) const ALL: [Self; 3] = [Self::All, Self::Mine, Self::Closed];

    /// The value in the query string.
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

/// What a window shows; see the module's documentation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ConsoleView {
    /// Ids of the open conversations, in the order in which they were opened.
    pub open: Vec<ConversationId>,
    pub filter: Filter,
    /// The search text; empty for no search.
    pub search: String,
    /// The conversation of which all messages are shown.
    pub whole: Option<ConversationId>,
}

impl ConsoleView {
    /// Parses the query of an address, or the same text from a form. Invalid parts are ignored.
    pub(super) fn parse(query: &str) -> Self {
        let mut console = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "open" => {
                    for id in value.split(',').filter_map(ConversationId::parse) {
                        if !console.open.contains(&id) {
                            console.open.push(id);
                        }
                    }
                    console.open.truncate(OPEN_MOST);
                }
                "filter" => console.filter = Filter::parse(&value),
                "q" => console.search = value.trim().chars().take(SEARCH_MAX).collect(),
                "whole" => console.whole = ConversationId::parse(&value).or(console.whole),
                _ => {}
            }
        }
        console
    }

    /// Parses the view of the requested page.
    pub(super) fn of(request: &RequestContext) -> Self {
        Self::parse(request.path_and_query.split_once('?').map_or("", |(_, query)| query))
    }

    /// Returns the query string.
    pub(super) fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.fields());
        query.extend_pairs(self.whole.iter().map(|id| ("whole", id.as_str())));
        // The commas between ids need no escaping.
        query.finish().replace("%2C", ",")
    }

    /// Returns the ids of the open conversations, as they stand in the address.
    pub(super) fn open_ids(&self) -> String {
        self.open.iter().map(ConversationId::as_str).collect::<Vec<_>>().join(",")
    }

    /// Returns the fields with which a form requests the window again.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let fields = [
            ("open", self.open_ids()),
            ("filter", self.filter.as_str().to_owned()),
            ("q", self.search.clone()),
        ];
        let fields = fields.into_iter().filter(|(_, value)| !value.is_empty());
        fields.map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Returns the address of this window.
    pub(super) fn path(&self) -> String {
        self.at(PAGE)
    }

    /// Returns the address of its stream.
    pub(super) fn stream(&self) -> String {
        self.at(STREAM)
    }

    fn at(&self, path: &str) -> String {
        let query = self.query();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// Returns the view with one more conversation open; beyond the maximum, the one opened first is removed.
    pub(super) fn with(&self, id: &ConversationId) -> Self {
        let mut console = self.clone();
        if !console.open.iter().any(|open| open == id) {
            console.open.push(id.clone());
            let more = console.open.len().saturating_sub(OPEN_MOST);
            console.open.drain(..more);
        }
        console
    }

    /// Returns the view with one conversation closed.
    pub(super) fn without(&self, id: &ConversationId) -> Self {
        let mut console = self.clone();
        console.open.retain(|open| open != id);
        console.whole = console.whole.filter(|whole| whole != id);
        console
    }

    /// Returns the view with another part of the queue.
    pub(super) fn filtered(&self, filter: Filter) -> Self {
        Self { filter, search: String::new(), ..self.clone() }
    }

    /// Returns the view with all messages of one conversation.
    pub(super) fn whole(&self, id: &ConversationId) -> Self {
        Self { whole: Some(id.to_owned()), ..self.clone() }
    }
}
