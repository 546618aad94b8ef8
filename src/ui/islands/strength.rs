//! How good a password is that is being chosen, as the server judges it.

use std::{cell::Cell, rc::Rc};

use leptos::{
    prelude::*,
    web_sys::{
        Element, Event, HtmlInputElement, XmlHttpRequest,
        js_sys::{JSON, Reflect},
    },
};

use super::dom;

/// How long nothing is typed before the server is asked.
const PAUSE_MS: i32 = 350;

/// Enhances a status `[data-strength=ID]`: asks `data-action` about the password in the field with that id, together
/// with login and e-mail of the form, and shows score and words. The server judges, here and when
/// the form is posted: the rules stand in one place.
#[island]
pub fn Strength() -> impl IntoView {
    dom::enhance("data-strength", |status| {
        let Some(field) = dom::input(&dom::data(&status, "data-strength")) else { return };
        let turn = Rc::new(Cell::new(0_u32));
        let (typed, asked) = (field.clone(), Rc::clone(&turn));
        dom::listen(&field, "input", move |_: Event| {
            asked.set(asked.get().wrapping_add(1));
            let (mine, turn) = (asked.get(), Rc::clone(&asked));
            let (field, status) = (typed.clone(), status.clone());
            dom::after(PAUSE_MS, move || {
                if turn.get() == mine {
                    ask(&field, status, mine, turn);
                }
            });
        });
    });
}

fn ask(field: &HtmlInputElement, status: Element, mine: u32, turn: Rc<Cell<u32>>) {
    if field.value().is_empty() {
        show(&status, "", "");
        return;
    }
    let Ok(request) = XmlHttpRequest::new() else { return };
    if request.open("POST", &dom::data(&status, "data-action")).is_err() {
        return;
    }
    let _ = request.set_request_header("Content-Type", "application/x-www-form-urlencoded");
    let _ = request.set_request_header("Accept", "application/json");
    let mut body = ["password=", &dom::encoded(&field.value())].concat();
    for name in ["login", "email"] {
        if let Some(other) = dom::input(name) {
            body.push_str(&["&", name, "=", &dom::encoded(&other.value())].concat());
        }
    }
    let answer = request.clone();
    dom::listen(&request, "load", move |_: Event| {
        // An answer about what was typed before is no longer of interest.
        if turn.get() != mine || answer.status() != Ok(200) {
            return;
        }
        let Some(text) = answer.response_text().ok().flatten() else { return };
        // {"score":N,"words":"…"}: read by the browser, so that no parser has to come along.
        let Ok(help) = JSON::parse(&text) else { return };
        let get = |name: &str| Reflect::get(&help, &name.into()).ok();
        let score = get("score").and_then(|score| score.as_f64()).unwrap_or_default();
        let words = get("words").and_then(|words| words.as_string()).unwrap_or_default();
        let score = ["0", "1", "2", "3", "4"]
            .into_iter()
            .rev()
            .find(|digit| digit.parse::<u8>().is_ok_and(|digit| f64::from(digit) <= score));
        show(&status, score.unwrap_or("0"), &words);
    });
    let _ = request.send_with_opt_str(Some(&body));
}

fn show(status: &Element, score: &str, words: &str) {
    let _ = status.set_attribute("data-score", score);
    if let Ok(Some(place)) = status.query_selector("[role=status]") {
        place.set_text_content(Some(words));
    }
}
