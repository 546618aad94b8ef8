//! The reader's time zone, as his browser knows it.

use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast as _, JsValue},
    web_sys::{
        HtmlSelectElement,
        js_sys::{Array, Intl::DateTimeFormat, Object, Reflect},
    },
};

use super::dom;

/// Enhances a status `[data-time-zone=ID]`: chooses the browser's own zone in the select with that id, if it is among
/// the options, and says `data-words`.
#[island]
pub fn TimeZone() -> impl IntoView {
    dom::enhance("data-time-zone", |status| {
        let select = dom::by_id(&dom::data(&status, "data-time-zone"));
        let Some(select) = select.and_then(|found| found.dyn_into::<HtmlSelectElement>().ok())
        else {
            return;
        };
        let options = DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
        let zone = Reflect::get(&options, &JsValue::from_str("timeZone")).ok();
        let Some(zone) = zone.and_then(|zone| zone.as_string()) else { return };
        let before = select.value();
        select.set_value(&zone);
        if select.value() == zone {
            status.set_text_content(Some(&dom::data(&status, "data-words")));
        } else {
            select.set_value(&before);
        }
    });
}
