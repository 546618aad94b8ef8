//! A user's picture, or initials if there is none.

use icu_casemap::CaseMapper;
use icu_properties::{CodePointMapData, props::GeneralCategory};
use leptos::prelude::*;
use unicode_segmentation::UnicodeSegmentation as _;

/// Shows the picture with this id, or initials. It is placed beside the name, so it is hidden from screen readers.
#[component]
pub(crate) fn Avatar(
    /// The name whose initials are shown if there is no picture.
    name: String,
    picture: Option<String>,
    #[prop(optional)] is_large: bool,
) -> impl IntoView {
    let class = if is_large { "face large" } else { "face" };
    match picture {
        // A new picture has a new id and so a new address: no browser shows the old one from its cache.
        Some(id) => {
            let src = format!("/account/picture?{id}");
            view! { <img class=class src=src alt="" width="256" height="256"/> }.into_any()
        }
        None => view! { <span class=class aria-hidden="true">{initials(&name)}</span> }.into_any(),
    }
}

/// Returns the first letter, digit or symbol (such as an emoji) of each of the first two words, or the first character
/// of a name without any.
#[must_use]
pub(crate) fn initials(name: &str) -> String {
    let found: String = name
        .split(|c: char| c.is_whitespace() || matches!(c, '_' | '-'))
        .filter_map(|word| word.graphemes(true).find(|sign| sign.chars().any(stands_for)))
        .take(2)
        .map(capital)
        .collect();
    if found.is_empty() { name.graphemes(true).take(1).collect() } else { found }
}

/// Returns whether a character can be an initial: letters, digits and symbols, but not separators or decorations.
fn stands_for(c: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new();
    c.is_alphanumeric() || category.get(c) == GeneralCategory::OtherSymbol
}

/// Returns a letter in title case, always as one letter: `ß` has no capital of its own.
fn capital(sign: &str) -> String {
    let mapper = CaseMapper::new();
    let mut chars = sign.chars();
    chars.next().map(|c| mapper.simple_titlecase(c)).into_iter().chain(chars).collect()
}
