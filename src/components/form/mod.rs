//! What forms are made of. A page names its fields; what is wrong with them, and what they say, comes from the context
//! and the texts.

pub mod notes;

#[cfg(feature = "ssr")]
mod fields;

#[cfg(feature = "ssr")]
pub use fields::*;

/// The text of a `<textarea>`: Leptos writes what stands in this element as it is, and escapes nothing.
#[must_use]
pub fn text_of_area(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
