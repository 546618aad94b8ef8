//! Forms that are posted without leaving the screen: a message in a conversation.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::{
    prelude::*,
    wasm_bindgen::JsCast as _,
    web_sys::{
        Event, FormData, HtmlElement, HtmlFormElement, HtmlInputElement, HtmlTextAreaElement,
        KeyboardEvent, SubmitEvent, UrlSearchParams, XmlHttpRequest,
    },
};

use super::dom;

/// Between two signs that somebody is typing.
const TYPING_EVERY_MS: f64 = 3_000.0;
/// Until a post that did not get through is tried again: this much, then twice as much, …
const AGAIN_MS: i32 = 1_000;
/// … up to this.
const AGAIN_MAX_MS: i32 = 15_000;

/// Enhances forms `[data-send]`. Posted without leaving; once the server took it the form is empty again and has a
/// new `nonce`. If there is no connection it is tried again under the same nonce, which makes it one message
/// however often it arrives, and `[data-unsent]` in the form is shown meanwhile. What the server refuses is posted
/// again the plain way: the screen that comes back says why, beside the field.
///
/// `data-typing=ADDRESS` is told, now and then, that somebody types. In a `textarea[data-enter]` Enter sends, and
/// Shift+Enter is a new line.
#[island]
pub fn Send() -> impl IntoView {
    wake();
}

/// Enhances what came to the screen later.
pub(super) fn wake() {
    dom::enhance("data-send", |form| {
        let Ok(form) = form.dyn_into::<HtmlFormElement>() else { return };
        let post = Rc::new(Post {
            form: form.clone(),
            waiting: Cell::new(false),
            button: RefCell::new(None),
        });
        dom::listen(&form, "submit", {
            let post = Rc::clone(&post);
            move |event: SubmitEvent| {
                let button = event.submitter().and_then(|e| e.dyn_into::<HtmlElement>().ok());
                // The language switch and the like go their own way.
                if button.as_ref().is_some_and(|b| b.has_attribute("formaction")) {
                    return;
                }
                event.prevent_default();
                if !post.waiting.replace(true) {
                    *post.button.borrow_mut() = button;
                    post_now(&post, AGAIN_MS);
                }
            }
        });
        if let Ok(Some(area)) = form.query_selector("textarea[data-enter]") {
            let form = form.clone();
            dom::listen(&area, "keydown", move |event: KeyboardEvent| {
                // While an input method composes, Enter chooses a word.
                if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
                    event.prevent_default();
                    let _ = form.request_submit();
                }
            });
        }
        let address = dom::data(&form, "data-typing");
        if !address.is_empty() {
            let last = Cell::new(-TYPING_EVERY_MS);
            dom::listen(&form, "input", move |event: Event| {
                if event.time_stamp() - last.get() > TYPING_EVERY_MS {
                    last.set(event.time_stamp());
                    tell(&address);
                }
            });
        }
    });
}

struct Post {
    form: HtmlFormElement,
    waiting: Cell<bool>,
    button: RefCell<Option<HtmlElement>>,
}

fn post_now(post: &Rc<Post>, again: i32) {
    let (Ok(request), Ok(data)) = (XmlHttpRequest::new(), FormData::new_with_form(&post.form))
    else {
        return;
    };
    if let Some(button) = &*post.button.borrow()
        && let (Some(name), Some(value)) =
            (button.get_attribute("name"), button.get_attribute("value"))
    {
        let _ = data.append_with_str(&name, &value);
    }
    if request.open("POST", &dom::data(&post.form, "action")).is_err() {
        return;
    }
    let _ = request.set_request_header("Accept", "application/json");
    let answer = request.clone();
    let mine = Rc::clone(post);
    dom::listen(&request, "loadend", move |_: Event| {
        show_unsent(&mine.form, false);
        match answer.status().unwrap_or_default() {
            200..=299 => taken(&mine),
            // Away, or busy: it stays as it is, and is tried again.
            0 | 502..=504 => {
                show_unsent(&mine.form, true);
                let mine = Rc::clone(&mine);
                dom::after(again, move || post_now(&mine, (again * 2).min(AGAIN_MAX_MS)));
            }
            _ => {
                let _ = mine.form.submit();
            }
        }
    });
    let multipart = dom::data(&post.form, "enctype") == "multipart/form-data";
    let _ = if multipart {
        request.send_with_opt_form_data(Some(&data))
    } else {
        let fields = UrlSearchParams::new();
        if let Ok(fields) = &fields {
            dom::fields(&data, |name, value| fields.append(name, value));
        }
        request.send_with_opt_url_search_params(fields.ok().as_ref())
    };
}

fn taken(post: &Post) {
    post.waiting.set(false);
    post.form.reset();
    if let Ok(Some(nonce)) = post.form.query_selector("input[name=nonce]")
        && let Ok(nonce) = nonce.dyn_into::<HtmlInputElement>()
    {
        nonce.set_value(&dom::nonce());
    }
    if let Ok(Some(area)) = post.form.query_selector("textarea")
        && let Ok(area) = area.dyn_into::<HtmlTextAreaElement>()
    {
        // What the server had put into it, because it refused that before.
        let _ = area.set_default_value("");
        let _ = area.focus();
    }
    // And what it had said about it.
    while let Ok(Some(words)) = post.form.query_selector("[role=alert], .why") {
        words.remove();
    }
    if let Ok(Some(field)) = post.form.query_selector(".refused") {
        dom::class(&field, "refused", false);
    }
    if let Ok(Some(field)) = post.form.query_selector("[aria-invalid]") {
        let _ = field.remove_attribute("aria-invalid");
    }
}

fn show_unsent(form: &HtmlFormElement, unsent: bool) {
    if let Ok(Some(words)) = form.query_selector("[data-unsent]") {
        dom::toggle(&words, "hidden", !unsent);
    }
}

/// A post of which nobody awaits the answer.
fn tell(address: &str) {
    if let Ok(request) = XmlHttpRequest::new()
        && request.open("POST", address).is_ok()
    {
        let _ = request.set_request_header("Accept", "application/json");
        let _ = request.set_request_header("Content-Type", "application/x-www-form-urlencoded");
        let _ = request.send_with_opt_str(Some(""));
    }
}
