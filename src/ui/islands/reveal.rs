//! Showing a password that is being typed (ASVS 6.2.6).

use leptos::{prelude::*, web_sys::Event};

use super::dom;

/// Enhances buttons `[data-reveal=ID]`, which show and hide what is typed into the password field with that id.
/// `data-other` and `data-other-label` are the words for the other state; the two change places.
#[island]
pub fn Reveal() -> impl IntoView {
    dom::enhance("data-reveal", |button| {
        let Some(field) = dom::input(&dom::data(&button, "data-reveal")) else { return };
        // The form is posted as a password again, so that managers recognise it.
        if let Some(form) = field.form() {
            let field = field.clone();
            dom::listen(&form, "submit", move |_: Event| field.set_type("password"));
        }
        dom::listen(&button.clone(), "click", move |_: Event| {
            let hidden = field.type_() == "password";
            field.set_type(if hidden { "text" } else { "password" });
            for (place, other) in [("", "data-other"), ("aria-label", "data-other-label")] {
                let next = dom::data(&button, other);
                let now = if place.is_empty() {
                    button.text_content().unwrap_or_default()
                } else {
                    dom::data(&button, place)
                };
                if place.is_empty() {
                    button.set_text_content(Some(&next));
                } else {
                    let _ = button.set_attribute(place, &next);
                }
                let _ = button.set_attribute(other, &now);
            }
        });
    });
}
