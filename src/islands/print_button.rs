use leptos::prelude::*;

use crate::components::icon::{Icon, IconKind};

/// A button that prints the page; the style sheet determines which parts of it.
#[island]
pub fn PrintButton(
    #[prop(into)] label: String,
    /// The classes of the button.
    #[prop(into)]
    class: String,
) -> impl IntoView {
    let print = move |_| {
        let _ = window().print();
    };
    view! {
        <button type="button" class=["button needs-script ", &class].concat() on:click=print>
            <Icon kind=IconKind::PRINT/>
            {label}
        </button>
    }
}
