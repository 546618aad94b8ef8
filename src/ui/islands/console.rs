//! The operators' console: shortcuts, canned answers put into the box, leave for notifications.

use std::rc::Rc;

use leptos::{
    prelude::*,
    wasm_bindgen::JsCast as _,
    web_sys::{
        Element, Event, EventTarget, HtmlDialogElement, HtmlElement, HtmlTextAreaElement,
        KeyboardEvent, Notification, NotificationPermission,
    },
};

use super::dom;

/// Where no shortcut fires: somebody types, or reads the sheet.
const TYPING: &str = "input,textarea,select,[contenteditable],dialog";
/// Those who wait.
const WAITING: &str = "[data-waiting]";

/// Enhances `[data-console]`, once on the screen. In it: `[data-help]` opens the dialog that `data-sheet` names,
/// `[data-notify]` asks whether notifications may be shown. On the whole screen: buttons `[data-insert=TEXT]` put
/// their text into the box that `data-field` names. With `data-keys="on"` single keys work: `?` opens the sheet, `j`
/// and `k` go along `[data-waiting]`, any other goes to `[data-key=KEY]` in the conversation where one is, and presses
/// it if it has `data-press`.
#[island]
pub fn Console() -> impl IntoView {
    dom::enhance("data-console", |console| {
        let sheet: Rc<str> = dom::data(&console, "data-sheet").into();
        if let Ok(Some(button)) = console.query_selector("[data-help]") {
            let sheet = Rc::clone(&sheet);
            dom::listen(&button, "click", move |_: Event| open(&sheet));
        }
        notifications(&console);
        dom::listen(&document(), "click", |event: Event| {
            let button = target(&event).and_then(|e| e.closest("[data-insert]").ok().flatten());
            if let Some(button) = button
                && insert(&button)
            {
                event.prevent_default();
            }
        });
        if dom::data(&console, "data-keys") == "on" {
            dom::listen(&document(), "keydown", move |event: KeyboardEvent| {
                if event.ctrl_key()
                    || event.alt_key()
                    || event.meta_key()
                    || dom::is_composing(&event)
                {
                    return;
                }
                let typing = target(&event).and_then(|e| e.closest(TYPING).ok().flatten());
                if typing.is_none() && press(&event, &sheet) {
                    event.prevent_default();
                }
            });
        }
    });
}

fn target(event: &Event) -> Option<Element> {
    event.target().and_then(|target: EventTarget| target.dyn_into().ok())
}

/// The button is there while one may still be asked.
fn notifications(console: &Element) {
    let Ok(Some(button)) = console.query_selector("[data-notify]") else { return };
    if !dom::has("Notification") || Notification::permission() != NotificationPermission::Default {
        return;
    }
    dom::toggle(&button, "hidden", false);
    let pressed = button.clone();
    dom::listen(&button, "click", move |_: Event| {
        let _ = Notification::request_permission();
        dom::toggle(&pressed, "hidden", true);
    });
}

/// Puts a canned answer where the cursor is.
fn insert(button: &Element) -> bool {
    let field = dom::by_id(&dom::data(button, "data-field"));
    let Some(area) = field.and_then(|e| e.dyn_into::<HtmlTextAreaElement>().ok()) else {
        return false;
    };
    let _ = area.focus();
    area.set_range_text(&dom::data(button, "data-insert")).is_ok()
}

fn open(sheet: &str) {
    if let Some(dialog) = dom::by_id(sheet).and_then(|e| e.dyn_into::<HtmlDialogElement>().ok()) {
        let _ = dialog.show_modal();
    }
}

/// Does what a key stands for; false if it stands for nothing.
fn press(event: &KeyboardEvent, sheet: &str) -> bool {
    let key = event.key();
    if key == "?" {
        open(sheet);
        return true;
    }
    // Where the key lies counts on keyboards with other letters.
    let letter = if key.len() == 1 {
        key.to_ascii_lowercase()
    } else {
        event.code().trim_start_matches("Key").to_ascii_lowercase()
    };
    match &*letter {
        "j" => along(1),
        "k" => along(-1),
        letter
            if letter.len() == 1
                && letter.as_bytes().first().is_some_and(u8::is_ascii_lowercase) =>
        {
            act(letter)
        }
        _ => false,
    }
}

/// To the next of those who wait, or the one before.
fn along(step: i32) -> bool {
    let Ok(all) = document().query_selector_all(WAITING) else { return false };
    let count = i32::try_from(all.length()).unwrap_or(0);
    if count == 0 {
        return false;
    }
    let at = |number: i32| {
        let node = all.item(u32::try_from(number).unwrap_or(0));
        node.and_then(|node| node.dyn_into::<HtmlElement>().ok())
    };
    let focused = document().active_element();
    let here = (0..count)
        .find(|number| at(*number).map(|e| e.unchecked_into::<Element>()) == focused)
        .unwrap_or(if step > 0 { -1 } else { count });
    at((here + step).clamp(0, count - 1)).is_some_and(|link| link.focus().is_ok())
}

/// In the conversation where one is, else in the first.
fn act(letter: &str) -> bool {
    let here = document().active_element().and_then(|e| e.closest("[data-pane]").ok().flatten());
    let first = || document().query_selector("[data-pane]").ok().flatten();
    let Some(pane) = here.or_else(first) else { return false };
    let found = pane.query_selector(&["[data-key=", letter, "]"].concat()).ok().flatten();
    let Some(found) = found.and_then(|e| e.dyn_into::<HtmlElement>().ok()) else { return false };
    let _ = found.focus();
    if found.has_attribute("data-press") {
        found.click();
    }
    true
}
