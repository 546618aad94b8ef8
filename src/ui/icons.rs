//! Icons, for screens that are no components yet.

use leptos::prelude::*;

pub use crate::components::icon::IconKind as Icon;

/// An icon beside a text that says the same: hidden from screen readers.
pub fn icon(icon: Icon) -> impl IntoView {
    view! { <crate::components::icon::Icon kind=icon/> }
}
