//! "Slide to verify".

mod handle;
mod work;

use std::sync::Arc;

use leptos::{ev, prelude::*};
use serde::{Deserialize, Serialize};

use self::{handle::Handle, work::Work};
use super::{
    form::{FieldState, FormState},
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
    let SliderTexts { slide, working, verified, missing } = texts;
    let handle = Handle::new(solved.is_some(), error);
    let work = Work::new(solved, challenge, parts);
    let is_verified = move || handle.is_at_end() && work.is_done();
    if let Some(form) = use_context::<FormState>() {
        watch_correction(form, "proof", handle.error);
        form.add(FieldState {
            name: "proof".to_owned(),
            value: Signal::derive(String::new),
            error: handle.error,
            check: Arc::new(move || (!is_verified()).then(|| missing.clone())),
            focus: Arc::new(move || handle.focus()),
            clear: None,
        });
    }
    view! {
        <div class="human">
            <Bar handle work slide working verified/>
            <input type="hidden" name="proof" value=move || work.solution.get().filter(|_| is_verified())/>
            <Notes name="proof".to_owned() hint=None error=handle.error/>
        </div>
    }
}

/// The bar with its handle and caption.
#[component]
fn Bar(
    handle: Handle,
    work: Work,
    slide: String,
    working: String,
    verified: String,
) -> impl IntoView {
    let Handle { bar, at, error, .. } = handle;
    let is_at_end = move || handle.is_at_end();
    let label = slide.clone();
    let caption = move || match (is_at_end(), work.is_done()) {
        (false, _) => slide.clone(),
        (_, true) => verified.clone(),
        (_, false) => working.clone(),
    };
    let percent = move || (at.get() / 10).to_string();
    let value_text = {
        let caption = caption.clone();
        move || if is_at_end() { caption() } else { [&percent(), " %"].concat() }
    };
    let press = move |event: ev::PointerEvent| {
        work.begin();
        handle.press(&event);
    };
    let key = move |event: ev::KeyboardEvent| {
        if handle.key(&event) {
            work.begin();
        }
    };
    view! {
        <div
            node_ref=bar
            class="slide needs-script"
            class:ok=move || is_at_end() && work.is_done()
            class:working=move || is_at_end() && !work.is_done()
            role="slider"
            tabindex="0"
            aria-label=label
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=percent
            aria-valuetext=value_text
            aria-describedby=move || error.read().is_some().then_some("proof-why")
            style:--at=move || handle.style()
            on:pointerdown=press
            on:pointermove=move |event| handle.drag(&event)
            on:pointerup=move |event| handle.release(&event)
            on:pointercancel=move |_| handle.cancel()
            on:keydown=key
            on:focus=move |_| work.begin()
        >
            <div class="handle" aria-hidden="true">
                <Icon kind=IconKind::CHEVRONS class="icon chevrons"/>
                <Icon kind=IconKind::CHECK class="icon check"/>
            </div>
            <span class="caption" aria-hidden="true">{caption}</span>
        </div>
    }
}
