//! Form components. A page names its fields; their errors and values come from the context, their messages from the
//! texts.

pub(crate) mod notes;

#[cfg(feature = "ssr")]
mod fields;

#[cfg(feature = "ssr")]
pub(crate) use fields::*;

/// Escapes the text of a `<textarea>`: Leptos writes the content of this element as it is, without escaping.
#[must_use]
pub(crate) fn text_of_area(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
