//! The few things that islands ask of the document.

use leptos::{
    prelude::document,
    wasm_bindgen::{JsCast, JsValue, prelude::Closure},
    web_sys::{
        Element, Event, EventTarget, FormData, KeyboardEvent, XmlHttpRequest,
        js_sys::{
            Array, Function, JsString, Math, Promise, Reflect, encode_uri_component, try_iter,
        },
    },
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

/// Calls `with` for each element that `selector` finds.
pub(super) fn each(selector: &str, with: impl Fn(Element)) {
    let Ok(found) = document().query_selector_all(selector) else { return };
    for number in 0..found.length() {
        if let Some(element) = found.item(number).and_then(|node| node.dyn_into().ok()) {
            with(element);
        }
    }
}

/// Whether the window knows something of this name: not every browser has everything.
pub(super) fn has(name: &str) -> bool {
    Reflect::has(&leptos::prelude::window(), &name.into()).unwrap_or(false)
}

/// Calls `with` for each text field of a form.
pub(super) fn fields(data: &FormData, with: impl Fn(&str, &str)) {
    let Ok(Some(entries)) = try_iter(data) else { return };
    for entry in entries.flatten() {
        let entry: Array = entry.unchecked_into();
        if let (Some(name), Some(value)) = (entry.get(0).as_string(), entry.get(1).as_string()) {
            with(&name, &value);
        }
    }
}

/// What names a post, so that it counts once however often it arrives.
pub(super) fn nonce() -> String {
    let mut text = String::new();
    for _ in 0..4 {
        let number = (Math::random() * 4_294_967_296.0) as u32;
        for shift in [28, 24, 20, 16, 12, 8, 4, 0] {
            text.push(char::from_digit((number >> shift) & 15, 16).unwrap_or('0'));
        }
    }
    text
}

/// Posts something that changes nothing on the screen; `then` hears whether it was taken.
pub(super) fn tell(address: &str, body: &str, then: impl FnOnce(bool) + 'static) {
    let Ok(request) = XmlHttpRequest::new() else { return };
    if request.open("POST", address).is_err() {
        return;
    }
    let _ = request.set_request_header("Accept", "application/json");
    let _ = request.set_request_header("Content-Type", "application/x-www-form-urlencoded");
    let answer = request.clone();
    let heard = Closure::once_into_js(move || {
        then(answer.status().is_ok_and(|status| (200..300).contains(&status)));
    });
    request.set_onloadend(Some(heard.unchecked_ref()));
    let _ = request.send_with_opt_str(Some(body));
}

/// As it stands in an address or a form.
pub(super) fn encoded(text: &str) -> String {
    encode_uri_component(text).unchecked_into::<JsString>().into()
}

/// The value of an attribute, empty if there is none.
pub(super) fn data(element: &Element, name: &str) -> String {
    element.get_attribute(name).unwrap_or_default()
}

/// The element with this id.
pub(super) fn by_id(id: &str) -> Option<Element> {
    document().get_element_by_id(id)
}

/// Sets or takes away an attribute that is there or not.
pub(super) fn toggle(element: &Element, name: &str, there: bool) {
    let _ = element.toggle_attribute_with_force(name, there);
}

/// Adds or removes a class.
pub(super) fn class(element: &Element, name: &str, there: bool) {
    let _ = element.class_list().toggle_with_force(name, there);
}

/// Whether a key belongs to an input method that composes a word: Enter chooses one then, and letters are not letters
/// yet. Safari says so by the key code alone (UI Events §5.2: 229), because there the composition is over first.
pub(super) fn is_composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == 229
}

/// Runs `listener` on every `event` of `target`, for as long as the page lives.
pub(super) fn listen<E: JsCast>(target: &EventTarget, event: &str, listener: impl Fn(E) + 'static) {
    let _ = target.add_event_listener_with_callback(event, &self::listener(listener));
}

/// A listener for one target after the other, for as long as the page lives.
pub(super) fn listener<E: JsCast>(listener: impl Fn(E) + 'static) -> Function {
    Closure::<dyn Fn(Event)>::new(move |event: Event| listener(event.unchecked_into()))
        .into_js_value()
        .unchecked_into()
}

/// So many milliseconds, or up to half as much again: so that not everybody does something at the same time.
pub(super) fn about(millis: i32) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "at most half of what it was")]
    let more = (Math::random() * f64::from(millis) / 2.0) as i32;
    millis + more
}

/// Runs `then` once, `millis` from now.
pub(super) fn after(millis: i32, then: impl FnOnce() + 'static) {
    let callback = Closure::once_into_js(then);
    let _ = leptos::prelude::window()
        .set_timeout_with_callback_and_timeout_and_arguments_0(callback.unchecked_ref(), millis);
}

/// Calls `kept` with what a promise gives, or `broken`.
pub(super) fn then(
    promise: &Promise,
    kept: impl FnOnce(JsValue) + 'static,
    broken: impl FnOnce() + 'static,
) {
    let kept = Closure::once_into_js(kept);
    let broken = Closure::once_into_js(broken);
    if let Ok(then) = Reflect::get(promise, &"then".into())
        && let Ok(then) = then.dyn_into::<Function>()
    {
        let _ = then.call2(promise, &kept, &broken);
    }
}
