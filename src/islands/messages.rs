//! What the messages of the chat and of the console share.

use leptos::prelude::*;

/// Puts a message in its place by its number, once however often it comes: what may have been translated meanwhile is
/// sent again after a break.
pub(super) fn put<M>(all: &mut Vec<M>, message: M, seq: fn(&M) -> i64) {
    match all.binary_search_by_key(&seq(&message), seq) {
        Ok(place) => {
            if let Some(known) = all.get_mut(place) {
                *known = message;
            }
        }
        Err(place) => all.insert(place, message),
    }
}

/// What was written, in another language.
#[component]
pub(super) fn Translation(
    words: String,
    /// The tag of its language.
    lang: String,
    /// What stands above it, and above what was really written.
    texts: (String, String),
) -> impl IntoView {
    let (translated, original) = texts;
    view! {
        <span class="quiet small">{translated}</span>
        <p class="text" dir="auto" lang=lang>{words}</p>
        <span class="quiet small">{original}</span>
    }
}
