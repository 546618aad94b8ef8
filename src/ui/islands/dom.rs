//! The few things that islands ask of the document.

use leptos::wasm_bindgen::JsCast as _;
use leptos::{
    prelude::document,
    web_sys::{Element, HtmlInputElement},
};

/// The element with this id.
pub(super) fn by_id(id: &str) -> Option<Element> {
    document().get_element_by_id(id)
}

/// The input with this id.
pub(super) fn input(id: &str) -> Option<HtmlInputElement> {
    by_id(id)?.dyn_into().ok()
}

/// Makes a button usable or not. The attribute, not the property: all elements have it.
pub(super) fn set_disabled(element: &Element, disabled: bool) {
    let _ = if disabled {
        element.set_attribute("disabled", "")
    } else {
        element.remove_attribute("disabled")
    };
}

/// Runs `listener` on every `event` of `target`, for as long as the page lives.
pub(super) fn listen(
    target: &web_sys::EventTarget,
    event: &str,
    listener: impl Fn(web_sys::Event) + 'static,
) {
    use leptos::wasm_bindgen::prelude::Closure;
    let closure = Closure::<dyn Fn(web_sys::Event)>::new(listener);
    let _ = target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
    closure.forget();
}
