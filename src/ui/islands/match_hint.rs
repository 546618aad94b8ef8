//! "They match", while the new password is typed a second time.

use leptos::{
    prelude::*,
    web_sys::{Event, js_sys::JsString},
};

use super::dom;

/// Enhances `[data-match=ID]`, a status that compares the field with that id with the field `data-with`
/// and says `data-yes` or `data-no`.
#[island]
pub fn MatchHint() -> impl IntoView {
    dom::enhance("data-match", |status| {
        let first = dom::input(&dom::data(&status, "data-match"));
        let second = dom::input(&dom::data(&status, "data-with"));
        let (Some(first), Some(second)) = (first, second) else { return };
        for field in [&first, &second] {
            let (first, second, status) = (first.clone(), second.clone(), status.clone());
            dom::listen(field, "input", move |_: Event| {
                let again = composed(&second.value());
                let same = composed(&first.value()) == again;
                // Nothing while the second is empty.
                let words = match (again.is_empty(), same) {
                    (true, _) => String::new(),
                    (_, true) => dom::data(&status, "data-yes"),
                    (_, false) => dom::data(&status, "data-no"),
                };
                dom::class(&status, "yes", same && !again.is_empty());
                status.set_text_content(Some(&words));
            });
        }
    });
}

/// As passwords are compared: one keyboard writes `é` as one character, another as two.
fn composed(text: &str) -> String {
    JsString::from(text).normalize("NFC").into()
}
