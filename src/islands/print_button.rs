use leptos::prelude::*;

use crate::components::icon::{Icon, IconKind};

/// A button that prints the page; what of it, the style sheet says.
#[island]
pub fn PrintButton(
    #[prop(into)] label: String,
    /// The look of the button.
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
