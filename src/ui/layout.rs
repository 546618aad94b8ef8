//! What the forms of all screens have in common.

use leptos::prelude::*;

use crate::server::http::context::Cx;

/// The id of a screen's form: the language switch is one of its buttons.
pub const FORM: &str = "screen-form";

/// The opening of every screen's form: where it posts, and where the language switch leads back.
pub fn screen_field(cx: &Cx) -> impl IntoView + use<> {
    view! { <input type="hidden" name="screen" value=cx.screen()/> }
}
