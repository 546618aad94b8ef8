//! Times of day in the reader's own time zone.

use leptos::{
    prelude::*,
    wasm_bindgen::JsValue,
    web_sys::js_sys::{Date, Object, Reflect},
};

use super::dom;

/// Enhances `time[data-local=KIND]`: what stands there in UTC becomes the reader's own time, `clock` or `full`
/// (with the date), as his browser writes it in the language of the page.
#[island]
pub fn LocalTime() -> impl IntoView {
    wake();
}

/// Enhances what came to the screen later.
pub(super) fn wake() {
    dom::enhance("data-local", |time| {
        let date = Date::new(&dom::data(&time, "datetime").into());
        if dom::data(&time, "data-local") == "clock" {
            time.set_text_content(Some(
                &[two(date.get_hours()), two(date.get_minutes())].join(":"),
            ));
            return;
        }
        let language = document().document_element().map(|html| dom::data(&html, "lang"));
        // As the server writes English: the day first, and 24 hours.
        let language = language.map(|tag| if tag == "en" { "en-GB".to_owned() } else { tag });
        let how = Object::new();
        for (part, style) in [("dateStyle", "long"), ("timeStyle", "short")] {
            let _ = Reflect::set(&how, &JsValue::from_str(part), &JsValue::from_str(style));
        }
        let words = date.to_locale_string(&language.unwrap_or_default(), &how);
        time.set_text_content(words.as_string().as_deref());
    });
}

/// `07`
fn two(number: u32) -> String {
    [if number < 10 { "0" } else { "" }, &number.to_string()].concat()
}
