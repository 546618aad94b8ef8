//! A user's picture or, without one, initials.

use leptos::prelude::*;

use crate::ui::face::initials;

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
