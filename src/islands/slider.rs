use std::{sync::Arc, time::Duration};

use leptos::{
    ev, html,
    prelude::*,
    web_sys::{Element, js_sys::Date},
};
use serde::{Deserialize, Serialize};

use super::{
    form::{FieldState, FormState},
    hash_search::Search,
    text_input::watch_correction,
};
use crate::components::{
    form::notes::Notes,
    icon::{Icon, IconKind},
};

/// The texts of the slider.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct SliderTexts {
    /// Its accessible name, and the caption before it is moved.
    pub slide: String,
    /// The caption at its end, while the browser computes.
    pub working: String,
    /// The caption when that is done.
    pub verified: String,
    /// The error if the form is sent before that.
    pub missing: String,
}

// Positions are thousandths of the bar: formatting fractions would weigh 15 KB.
const END: u32 = 1000;
const KEY_STEP: i32 = 100;
/// If released beyond this it moves to the end by itself.
const NEARLY: i32 = 920;
/// A tap or click beyond this is sufficient.
const END_ZONE: i32 = 800;
/// Number of hashes between two checks of the clock.
const TRIES: u32 = 500;
/// The duration of a slice of the work, during which the page is blocked.
const SLICE_MS: f64 = 10.0;

/// "Slide to verify": a handle to move by pointer or keyboard, backed by a proof-of-work challenge.
#[island]
pub fn Slider(
    /// The challenge as signed JSON, and its parts: nonce, salt and prefix in hex.
    challenge: String,
    parts: (String, String, String),
    /// A solution that is still valid: the form was refused for another reason.
    solved: Option<String>,
    error: Option<String>,
    texts: SliderTexts,
) -> impl IntoView {
    let bar = NodeRef::<html::Div>::new();
    let at = RwSignal::new(if solved.is_some() { END } else { 0 });
    let grip = RwSignal::new(None::<i32>);
    let solution = RwSignal::new(solved.clone());
    let error = RwSignal::new(error);
    let SliderTexts { slide, working, verified, missing } = texts;

    let is_at_end = move || at.get() >= END;
    let is_verified = move || is_at_end() && solution.read().is_some();
    if let Some(form) = use_context::<FormState>() {
        watch_correction(form, "proof", error);
        form.add(FieldState {
            name: "proof".to_owned(),
            value: Signal::derive(String::new),
            error,
            check: Arc::new(move || (!is_verified()).then(|| missing.clone())),
            focus: Arc::new(move || {
                if let Some(bar) = bar.get_untracked() {
                    let _ = bar.focus();
                }
            }),
            clear: None,
        });
    }

    // The work starts with the first touch, while the handle is still being moved.
    let begun = RwSignal::new(solved.is_some());
    let begin = move || {
        if begun.get_untracked() {
            return;
        }
        begun.set(true);
        let (nonce, salt, prefix) = &parts;
        if let Some(search) = Search::new(nonce, salt, prefix) {
            search_on(search, challenge.clone(), solution);
        }
    };
    let move_to = move |place: i32| {
        error.set(None);
        at.set(u32::try_from(place).unwrap_or_default().min(END));
    };
    let down = {
        let begin = begin.clone();
        move |event: ev::PointerEvent| {
            begin();
            if untrack(is_at_end) || event.button() != 0 {
                return;
            }
            let place = place(bar, &event);
            if place >= END_ZONE {
                move_to(END.cast_signed());
                return;
            }
            grip.set(Some(place - at.get_untracked().cast_signed()));
            if let Some(bar) = bar.get_untracked() {
                let _ = Element::set_pointer_capture(&bar, event.pointer_id());
            }
        }
    };
    let drag = move |event: ev::PointerEvent| {
        if let Some(grip) = grip.get_untracked() {
            move_to((place(bar, &event) - grip).clamp(0, 990));
        }
    };
    let up = move |event: ev::PointerEvent| {
        if let Some(held) = grip.get_untracked() {
            grip.set(None);
            let is_near = place(bar, &event) - held >= NEARLY;
            move_to(if is_near { END.cast_signed() } else { 0 });
        }
    };
    let cancel = move |_| {
        grip.set(None);
        if !untrack(is_at_end) {
            move_to(0);
        }
    };
    let key = {
        let begin = begin.clone();
        move |event: ev::KeyboardEvent| {
            if untrack(is_at_end) {
                return;
            }
            let forward = if is_rtl(bar) { -KEY_STEP } else { KEY_STEP };
            let by = match event.key().as_str() {
                "ArrowRight" => forward,
                "ArrowLeft" => -forward,
                "ArrowUp" => KEY_STEP,
                "ArrowDown" => -KEY_STEP,
                "PageUp" => 3 * KEY_STEP,
                "PageDown" => -3 * KEY_STEP,
                "Home" => -1000,
                "End" | "Enter" | " " => 1000,
                _ => return,
            };
            event.prevent_default();
            begin();
            move_to((at.get_untracked().cast_signed() + by).clamp(0, 1000));
        }
    };

    let words = {
        let slide = slide.clone();
        move || match (is_at_end(), is_verified()) {
            (false, _) => slide.clone(),
            (_, true) => verified.clone(),
            (_, false) => working.clone(),
        }
    };
    let percent = move || (at.get() / 10).to_string();
    let value_text = {
        let words = words.clone();
        move || if is_at_end() { words() } else { [&percent(), " %"].concat() }
    };
    // Set by script instead of a style attribute, which the page's content security policy forbids; so the server
    // renders none.
    let style = move || {
        let place = at.get();
        (place != 0 && cfg!(feature = "hydrate")).then(|| fraction(place))
    };
    view! {
        <div class="human">
            <div
                node_ref=bar
                class="slide needs-script"
                class:ok=is_verified
                class:working=move || is_at_end() && !is_verified()
                role="slider"
                tabindex="0"
                aria-label=slide
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=percent
                aria-valuetext=value_text
                aria-describedby=move || error.read().is_some().then_some("proof-why")
                style:--at=style
                on:pointerdown=down
                on:pointermove=drag
                on:pointerup=up
                on:pointercancel=cancel
                on:keydown=key
                on:focus=move |_| begin()
            >
                <div class="handle" aria-hidden="true">
                    <Icon kind=IconKind::CHEVRONS class="icon chevrons"/>
                    <Icon kind=IconKind::CHECK class="icon check"/>
                </div>
                <span class="caption" aria-hidden="true">{words}</span>
            </div>
            <input type="hidden" name="proof" value=move || solution.get().filter(|_| is_verified())/>
            <Notes name="proof".to_owned() hint=None error/>
        </div>
    }
}

/// Returns the position of a pointer on the bar, in thousandths and in reading direction.
#[expect(clippy::cast_possible_truncation, reason = "pixels of a screen")]
fn place(bar: NodeRef<html::Div>, event: &ev::PointerEvent) -> i32 {
    let Some(element) = bar.get_untracked() else { return 0 };
    let frame = Element::get_bounding_client_rect(&element);
    // The centre of the handle moves over the bar minus one handle, which is as wide as the bar is high.
    let way = (frame.width() - frame.height()).max(1.0);
    let from_left = f64::from(event.client_x()) - frame.left() - frame.height() / 2.0;
    let along = if is_rtl(bar) { way - from_left } else { from_left };
    (along / way * 1000.0) as i32
}

fn is_rtl(bar: NodeRef<html::Div>) -> bool {
    let style =
        bar.get_untracked().and_then(|bar| window().get_computed_style(&bar).ok().flatten());
    style.and_then(|style| style.get_property_value("direction").ok()).as_deref() == Some("rtl")
}

/// Formats thousandths: `0.375`.
fn fraction(thousandths: u32) -> String {
    let digits = (1000 + thousandths).to_string();
    let (whole, rest) = digits.split_at(1);
    [if whole == "2" { "1." } else { "0." }, rest].concat()
}

/// Works for one slice, then yields to the page.
fn search_on(mut search: Search, challenge: String, solution: RwSignal<Option<String>>) {
    let until = Date::now() + SLICE_MS;
    loop {
        if let Some(found) = search.go_on(TRIES) {
            let payload = ["{\"challenge\":", &challenge, ",\"solution\":", &found, "}"].concat();
            solution.set(window().btoa(&payload).ok());
            return;
        }
        if Date::now() >= until {
            break;
        }
    }
    set_timeout(move || search_on(search, challenge, solution), Duration::ZERO);
}
