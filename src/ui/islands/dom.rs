//! The few things that islands ask of the document.

use leptos::{
    prelude::document,
    wasm_bindgen::{JsCast, prelude::Closure},
    web_sys::{Element, Event, EventTarget, HtmlInputElement},
};

/// Calls `enhance` for each element that has the attribute `name` and was not enhanced yet. On
/// the server, where an island only leaves its mark, nothing happens.
pub(super) fn enhance(name: &str, enhance: impl Fn(Element)) {
    if !cfg!(feature = "hydrate") {
        return;
    }
    while let Ok(Some(element)) =
        document().query_selector(&["[", name, "]:not([data-alive])"].concat())
    {
        let _ = element.set_attribute("data-alive", "");
        enhance(element);
    }
}

/// The value of an attribute, empty if there is none.
pub(super) fn data(element: &Element, name: &str) -> String {
    element.get_attribute(name).unwrap_or_default()
}

/// The element with this id.
pub(super) fn by_id(id: &str) -> Option<Element> {
    document().get_element_by_id(id)
}

/// The input with this id.
pub(super) fn input(id: &str) -> Option<HtmlInputElement> {
    by_id(id)?.dyn_into().ok()
}

/// Sets or takes away an attribute that is there or not.
pub(super) fn toggle(element: &Element, name: &str, there: bool) {
    let _ = element.toggle_attribute_with_force(name, there);
}

/// Adds or removes a class.
pub(super) fn class(element: &Element, name: &str, there: bool) {
    let _ = element.class_list().toggle_with_force(name, there);
}

/// Runs `listener` on every `event` of `target`, for as long as the page lives.
pub(super) fn listen<E: JsCast>(target: &EventTarget, event: &str, listener: impl Fn(E) + 'static) {
    let closure =
        Closure::<dyn Fn(Event)>::new(move |event: Event| listener(event.unchecked_into()));
    let _ = target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
    closure.forget();
}

/// Runs `then` once, `millis` from now.
pub(super) fn after(millis: i32, then: impl FnOnce() + 'static) {
    let callback = Closure::once_into_js(then);
    let _ = leptos::prelude::window()
        .set_timeout_with_callback_and_timeout_and_arguments_0(callback.unchecked_ref(), millis);
}
