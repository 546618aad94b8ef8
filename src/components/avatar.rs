//! A user's picture or, without one, initials.

use icu_casemap::CaseMapper;
use icu_properties::{CodePointMapData, props::GeneralCategory};
use leptos::prelude::*;
use unicode_segmentation::UnicodeSegmentation as _;

/// The picture with this id, or initials. Beside the name that it stands for: hidden from screen readers.
#[component]
pub fn Avatar(
    /// The name whose initials stand there without a picture.
    name: String,
    picture: Option<String>,
    #[prop(optional)] is_large: bool,
) -> impl IntoView {
    let class = if is_large { "face large" } else { "face" };
    match picture {
        // The id changes with the picture, and the address with it: no browser shows the old one.
        Some(id) => {
            let src = format!("/account/picture?{id}");
            view! { <img class=class src=src alt="" width="256" height="256"/> }.into_any()
        }
        None => view! { <span class=class aria-hidden="true">{initials(&name)}</span> }.into_any(),
    }
}

/// The first letters of the first two words, or the pictures that stand for them; whatever comes first in a name
/// without any.
#[must_use]
pub fn initials(name: &str) -> String {
    let found: String = name
        .split(|c: char| c.is_whitespace() || matches!(c, '_' | '-'))
        .filter_map(|word| word.graphemes(true).find(|sign| sign.chars().any(stands_for)))
        .take(2)
        .map(capital)
        .collect();
    if found.is_empty() { name.graphemes(true).take(1).collect() } else { found }
}

/// Letters, digits and pictures; not what only parts or adorns them.
fn stands_for(c: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new();
    c.is_alphanumeric() || category.get(c) == GeneralCategory::OtherSymbol
}

/// One letter remains one: `ß` has no capital of its own.
fn capital(sign: &str) -> String {
    let mapper = CaseMapper::new();
    let mut chars = sign.chars();
    chars.next().map(|c| mapper.simple_titlecase(c)).into_iter().chain(chars).collect()
}
