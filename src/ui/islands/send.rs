//! Forms that are posted without leaving the screen: a message in a conversation.

use std::{cell::Cell, rc::Rc};

use leptos::{
    prelude::*,
    wasm_bindgen::JsCast as _,
    web_sys::{
        Event, File, FormData, HtmlElement, HtmlFormElement, HtmlInputElement, HtmlTextAreaElement,
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
/// So soon after a message an empty one is a second press, and not meant.
const TWICE_MS: f64 = 1_000.0;

/// Enhances forms `[data-send]`. Posted without leaving; once the server took it the form has a new `nonce` and is
/// empty again, but for what was typed or chosen meanwhile. If there is no connection the same is tried again under the
/// same nonce, which makes it one message however often it arrives, and `[data-unsent]` in the form is shown meanwhile.
/// What the server refuses is posted again the plain way: the screen that comes back says why, beside the field.
///
/// `data-typing=ADDRESS` is told, now and then, that somebody types. In a `textarea[data-enter]` Enter sends what is
/// there, and Shift+Enter is a new line.
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
            taken_at: Cell::new(-TWICE_MS),
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
                let twice = event.time_stamp() - post.taken_at.get() < TWICE_MS;
                if post.waiting.get() || (twice && post.is_empty()) {
                    return;
                }
                if let Some(sent) = Sent::of(&post, button.as_ref()) {
                    post.waiting.set(true);
                    post_now(&post, Rc::new(sent), AGAIN_MS);
                }
            }
        });
        if let Ok(Some(area)) = form.query_selector("textarea[data-enter]") {
            let post = Rc::clone(&post);
            dom::listen(&area, "keydown", move |event: KeyboardEvent| {
                // While an input method composes, Enter chooses a word.
                if event.key() == "Enter" && !event.shift_key() && !dom::is_composing(&event) {
                    event.prevent_default();
                    // Who wants to know what is missing presses the button.
                    if !post.is_empty() {
                        let _ = post.form.request_submit();
                    }
                }
            });
        }
        let address = dom::data(&form, "data-typing");
        if !address.is_empty() {
            let last = Cell::new(-TYPING_EVERY_MS);
            dom::listen(&form, "input", move |event: Event| {
                if event.time_stamp() - last.get() > TYPING_EVERY_MS {
                    last.set(event.time_stamp());
                    dom::tell(&address, "", |_| {});
                }
            });
        }
    });
}

struct Post {
    form: HtmlFormElement,
    /// Something is under way.
    waiting: Cell<bool>,
    /// When the server last took something, in the time of events.
    taken_at: Cell<f64>,
}

impl Post {
    fn area(&self) -> Option<HtmlTextAreaElement> {
        self.form.query_selector("textarea").ok().flatten()?.dyn_into().ok()
    }

    fn text(&self) -> String {
        self.area().map(|area| area.value()).unwrap_or_default()
    }

    fn input(&self, selector: &str) -> Option<HtmlInputElement> {
        self.form.query_selector(selector).ok().flatten()?.dyn_into().ok()
    }

    fn file(&self) -> Option<File> {
        self.input("input[type=file]")?.files()?.get(0)
    }

    fn is_empty(&self) -> bool {
        self.text().trim().is_empty() && self.file().is_none()
    }
}

/// What one press posts, the same however often it is tried: the form may have changed since.
struct Sent {
    data: FormData,
    text: String,
    file: Option<File>,
}

impl Sent {
    fn of(post: &Post, button: Option<&HtmlElement>) -> Option<Self> {
        let data = FormData::new_with_form(&post.form).ok()?;
        let named = |b: &HtmlElement| Some((b.get_attribute("name")?, b.get_attribute("value")?));
        if let Some((name, value)) = button.and_then(named) {
            let _ = data.append_with_str(&name, &value);
        }
        Some(Self { data, text: post.text(), file: post.file() })
    }
}

fn post_now(post: &Rc<Post>, sent: Rc<Sent>, again: i32) {
    let Ok(request) = XmlHttpRequest::new() else { return };
    if request.open("POST", &dom::data(&post.form, "action")).is_err() {
        return;
    }
    let _ = request.set_request_header("Accept", "application/json");
    let answer = request.clone();
    let (mine, was_sent) = (Rc::clone(post), Rc::clone(&sent));
    dom::listen(&request, "loadend", move |event: Event| {
        show_unsent(&mine.form, false);
        match answer.status().unwrap_or_default() {
            200..=299 => {
                mine.taken_at.set(event.time_stamp());
                taken(&mine, &was_sent);
            }
            // Away, or busy: it is tried again as it was.
            0 | 502..=504 => {
                show_unsent(&mine.form, true);
                let (mine, sent) = (Rc::clone(&mine), Rc::clone(&was_sent));
                dom::after(again, move || post_now(&mine, sent, (again * 2).min(AGAIN_MAX_MS)));
            }
            _ => refused(&mine, &was_sent),
        }
    });
    let multipart = dom::data(&post.form, "enctype") == "multipart/form-data";
    let _ = if multipart {
        request.send_with_opt_form_data(Some(&sent.data))
    } else {
        let fields = UrlSearchParams::new();
        if let Ok(fields) = &fields {
            dom::fields(&sent.data, |name, value| fields.append(name, value));
        }
        request.send_with_opt_url_search_params(fields.ok().as_ref())
    };
}

/// Posts it the plain way, so that the reason is shown. What was typed meanwhile is no message yet: then all of it
/// stays, and the next press posts it.
fn refused(post: &Post, sent: &Sent) {
    post.waiting.set(false);
    let now = post.text();
    if now == sent.text {
        let _ = post.form.submit();
    } else if let Some(area) = post.area().filter(|_| !now.starts_with(&sent.text)) {
        area.set_value(&[&sent.text, "\n", &now].concat());
    }
}

/// Makes room for the next message.
fn taken(post: &Post, sent: &Sent) {
    post.waiting.set(false);
    if let Some(nonce) = post.input("input[name=nonce]") {
        nonce.set_value(&dom::nonce());
    }
    if let Some(area) = post.area() {
        if area.value() == sent.text {
            area.set_value("");
        }
        // What the server had put into it, because it refused that before.
        let _ = area.set_default_value("");
        // Who went elsewhere meanwhile, to another conversation say, types there.
        let focused = document().active_element().filter(|e| e.tag_name() != "BODY");
        if focused.is_none_or(|focused| post.form.contains(Some(&focused))) {
            let _ = area.focus();
        }
    }
    if sent.file.is_some()
        && post.file() == sent.file
        && let Some(input) = post.input("input[type=file]")
    {
        input.set_value("");
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
