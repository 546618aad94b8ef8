//! What a form looks like while the server thinks, and that it is posted once.

use leptos::prelude::*;
use leptos::{wasm_bindgen::JsCast as _, web_sys::SubmitEvent};

use super::dom;

/// Marks the button of the form `form` as busy from its post to the next screen.
#[island]
pub fn Busy(
    /// Id of the form.
    form: String,
    /// "One moment…", for screen readers.
    label: String,
) -> impl IntoView {
    let busy = RwSignal::new(false);
    Effect::new(move |_| {
        let Some(form) = dom::by_id(&form) else { return };
        dom::listen(&form, "submit", move |event| {
            if busy.get_untracked() {
                event.prevent_default();
                return;
            }
            let button = event.dyn_ref::<SubmitEvent>().and_then(SubmitEvent::submitter);
            // The language switch is a button of the form, too; it stays quiet.
            if let Some(button) = button.filter(|button| !button.has_attribute("formaction")) {
                busy.set(true);
                let _ = button.set_attribute("aria-busy", "true");
            }
        });
        // Back from the next screen: the browser shows this one as it was left.
        dom::listen(&window(), "pageshow", move |_| {
            busy.set(false);
            if let Ok(Some(button)) = document().query_selector("[aria-busy]") {
                let _ = button.remove_attribute("aria-busy");
            }
        });
    });
    view! { <span class="unseen" role="status">{move || if busy.get() { label.clone() } else { String::new() }}</span> }
}
