//! Showing a password that is being typed (ASVS 6.2.6).

use leptos::prelude::*;

use super::dom;

/// A button that shows and hides what is typed into the password field `input`.
#[island]
pub fn Reveal(
    /// Id of the password field.
    input: String,
    /// "Show".
    show: String,
    /// "Hide".
    hide: String,
    /// "Show password", for screen readers.
    show_label: String,
    /// "Hide password", likewise.
    hide_label: String,
) -> impl IntoView {
    let shown = RwSignal::new(false);
    let controls = input.clone();
    let toggle = move |_| {
        let Some(field) = dom::input(&input) else { return };
        let now = !shown.get_untracked();
        field.set_type(if now { "text" } else { "password" });
        shown.set(now);
        // The form is posted as a password again, so that managers recognise it.
        if let Some(form) = field.form() {
            let field = field.clone();
            dom::listen(&form, "submit", move |_| field.set_type("password"));
        }
    };
    view! {
        <button
            type="button"
            class="button plain"
            aria-label=move || if shown.get() { hide_label.clone() } else { show_label.clone() }
            aria-controls=controls
            on:click=toggle
        >
            {move || if shown.get() { hide.clone() } else { show.clone() }}
        </button>
    }
}
