//! What a form looks like while the server thinks, and that it is posted once.

use std::{cell::Cell, rc::Rc};

use leptos::{
    prelude::*,
    web_sys::{Event, SubmitEvent},
};

use super::dom;

/// Enhances statuses `[data-busy=TEXT]`: the form around one is posted once, its button is marked as
/// busy until the next screen, and the status says so.
#[island]
pub fn Busy() -> impl IntoView {
    dom::enhance("data-busy", |status| {
        let Ok(Some(form)) = status.closest("form") else { return };
        let busy = Rc::new(Cell::new(false));
        dom::listen(&form, "submit", {
            let (busy, status) = (Rc::clone(&busy), status.clone());
            move |event: SubmitEvent| {
                // The language switch is a button of the form, too; it stays quiet.
                let Some(button) = event.submitter().filter(|b| !b.has_attribute("formaction"))
                else {
                    return;
                };
                if busy.replace(true) {
                    event.prevent_default();
                    return;
                }
                let _ = button.set_attribute("aria-busy", "true");
                status.set_text_content(Some(&dom::data(&status, "data-busy")));
            }
        });
        // Back from the next screen: the browser shows this one as it was left.
        dom::listen(&window(), "pageshow", move |_: Event| {
            busy.set(false);
            status.set_text_content(None);
            if let Ok(Some(button)) = form.query_selector("[aria-busy]") {
                let _ = button.remove_attribute("aria-busy");
            }
        });
    });
}
