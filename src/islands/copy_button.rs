use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};

use super::alive;

/// The texts of a button that copies a text.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct CopyTexts {
    /// The label.
    pub copy: String,
    /// The accessible name, which says what is copied.
    pub name: String,
    /// The message when it was copied.
    pub copied: String,
}

/// A button that copies a text and confirms it. It is hidden where a browser gives pages no clipboard.
#[island]
pub fn CopyButton(
    text: String,
    /// The classes of the button.
    #[prop(into)]
    class: String,
    texts: CopyTexts,
) -> impl IntoView {
    let CopyTexts { copy, name, copied } = texts;
    let is_copied = RwSignal::new(false);
    let alive = alive();
    let is_useless = move || alive.get() && window().navigator().clipboard().is_undefined();
    let write = move |_| {
        // Cleared first, so that a second copy is announced as well.
        is_copied.set(false);
        let written = window().navigator().clipboard().write_text(&text);
        spawn_local(async move { is_copied.set(written.await.is_ok()) });
    };
    view! {
        <button
            type="button"
            class=["button needs-script ", &class].concat()
            aria-label=name
            hidden=is_useless
            on:click=write
        >
            {copy}
        </button>
        <small class="done" role="status">{move || is_copied.get().then(|| copied.clone())}</small>
    }
}
