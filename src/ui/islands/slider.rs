//! Slide to verify.

use std::time::Duration;

use leptos::{
    html,
    prelude::*,
    wasm_bindgen::JsCast as _,
    web_sys::{
        Element, HtmlFormElement, HtmlInputElement, KeyboardEvent, PointerEvent, js_sys::Date,
    },
};

use super::{dom, proof::Search};

/// How far a key moves the handle, in hundredths.
const KEY_STEP: f64 = 10.0;
/// From here on a hand that lets go means the end.
const NEARLY: f64 = 92.0;
/// A press on the last part of the bar is a press on its end.
const END_ZONE: f64 = 80.0;
/// Hashes between two looks at the clock, and how long a slice of work may last: short
/// enough that the handle follows the hand on an old phone.
const TRIES: u32 = 500;
const SLICE_MS: f64 = 10.0;

/// Where the check stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The handle is not at the end.
    Open,
    /// The handle is at the end, the work is not done.
    Working,
    /// Both.
    Verified,
}

/// A bar with a handle, a proof of work behind it, and the hidden field `proof`. It disables
/// the form's button `[data-after-slider]` until it is verified and the required fields are filled.
#[island]
pub fn Slider(
    /// "Slide to verify".
    label: String,
    /// "Checking…"
    working: String,
    /// "Verified".
    verified: String,
    /// The signed challenge, as it is sent back.
    challenge: String,
    /// Hex, from the challenge.
    nonce: String,
    /// Hex, from the challenge.
    salt: String,
    /// Hex, from the challenge.
    prefix: String,
) -> impl IntoView {
    let bar = NodeRef::<html::Div>::new();
    let at = RwSignal::new(0.0_f64);
    let proof = RwSignal::new(String::new());
    let dragged = StoredValue::new(None::<f64>);
    let started = StoredValue::new(false);
    let stage = Memo::new(move |_| match (at.get() >= 100.0, proof.with(String::is_empty)) {
        (false, _) => Stage::Open,
        (true, true) => Stage::Working,
        (true, false) => Stage::Verified,
    });

    let work = StoredValue::new((challenge, nonce, salt, prefix));
    // The work begins with the first touch, while the hand is still moving.
    let start = move || {
        if started.get_value() {
            return;
        }
        started.set_value(true);
        let (challenge, nonce, salt, prefix) = work.get_value();
        if let Some(search) = Search::new(&nonce, &salt, &prefix) {
            slice(search, challenge, proof);
        }
    };
    let locked = move || at.get_untracked() >= 100.0;

    let down = move |event: PointerEvent| {
        start();
        let Some(bar) = bar.get_untracked() else { return };
        if locked() || event.button() != 0 {
            return;
        }
        let place = place(&bar, &event);
        if place >= END_ZONE {
            at.set(100.0);
            return;
        }
        dragged.set_value(Some(place - at.get_untracked()));
        let _ = bar.set_pointer_capture(event.pointer_id());
    };
    let moved = move |event: PointerEvent| {
        let (Some(bar), Some(grip)) = (bar.get_untracked(), dragged.get_value()) else { return };
        at.set((place(&bar, &event) - grip).clamp(0.0, 99.0));
    };
    let up = move |event: PointerEvent| {
        let (Some(bar), Some(grip)) = (bar.get_untracked(), dragged.get_value()) else { return };
        dragged.set_value(None);
        at.set(if place(&bar, &event) - grip >= NEARLY { 100.0 } else { 0.0 });
    };
    let cancel = move |_: PointerEvent| {
        dragged.set_value(None);
        if !locked() {
            at.set(0.0);
        }
    };
    let key = move |event: KeyboardEvent| {
        if locked() {
            return;
        }
        let back = bar.get_untracked().is_some_and(|bar| is_rtl(&bar));
        let now = at.get_untracked();
        let to = match event.key().as_str() {
            "ArrowRight" if back => now - KEY_STEP,
            "ArrowLeft" if back => now + KEY_STEP,
            "ArrowRight" | "ArrowUp" => now + KEY_STEP,
            "ArrowLeft" | "ArrowDown" => now - KEY_STEP,
            "PageUp" => now + 3.0 * KEY_STEP,
            "PageDown" => now - 3.0 * KEY_STEP,
            "Home" => 0.0,
            "End" => 100.0,
            _ => return,
        };
        event.prevent_default();
        start();
        at.set(to.clamp(0.0, 100.0));
    };

    Effect::new(move |_| {
        // By script and not by a style attribute: the policy of the page forbids those.
        if let Some(bar) = bar.get() {
            let style = web_sys::HtmlElement::style(&bar);
            let _ = style.set_property("--at", &format!("{:.3}", at.get() / 100.0));
        }
    });
    Effect::new(move |_| {
        let ready = stage.get() == Stage::Verified;
        let Some(form) = bar.get().and_then(|bar| form_of(&bar)) else { return };
        refresh_button(&form, ready);
    });
    Effect::new(move |_| {
        let Some(form) = bar.get().and_then(|bar| form_of(&bar)) else { return };
        let target = form.clone();
        dom::listen(&form, "input", move |_| {
            refresh_button(&target, stage.get_untracked() == Stage::Verified)
        });
    });

    let caption = move || match stage.get() {
        Stage::Open => label.clone(),
        Stage::Working => working.clone(),
        Stage::Verified => verified.clone(),
    };
    let (name, spoken) = (caption.clone(), caption.clone());
    let name = StoredValue::new(name());
    view! {
        <div
            class="slide"
            class:ok=move || stage.get() == Stage::Verified
            class:working=move || stage.get() == Stage::Working
            role="slider"
            tabindex="0"
            aria-label=move || name.get_value()
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=move || format!("{:.0}", at.get())
            aria-valuetext=move || match stage.get() {
                Stage::Open => format!("{:.0} %", at.get()),
                _ => spoken(),
            }
            node_ref=bar
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=up
            on:pointercancel=cancel
            on:keydown=key
            on:focus=move |_| start()
        >
            <div class="handle" aria-hidden="true">
                <svg class="icon chevrons" viewBox="0 0 24 24"><path d="m6 6 6 6-6 6m7-12 6 6-6 6"></path></svg>
                <svg class="icon check" viewBox="0 0 24 24"><path d="m5 12.5 4.5 4.5L19 7.5"></path></svg>
            </div>
            <span class="caption" aria-hidden="true">{caption}</span>
        </div>
        <input type="hidden" name="proof" prop:value=move || proof.get()/>
    }
}

/// Where a pointer is on the bar, 0–100 in reading direction.
fn place(bar: &Element, event: &PointerEvent) -> f64 {
    let frame = bar.get_bounding_client_rect();
    // The handle's middle travels over the bar less one handle, which is as wide as the bar is high.
    let way = (frame.width() - frame.height()).max(1.0);
    let from_left = f64::from(event.client_x()) - frame.left() - frame.height() / 2.0;
    let along = if is_rtl(bar) { way - from_left } else { from_left };
    along / way * 100.0
}

fn is_rtl(element: &Element) -> bool {
    let style = window().get_computed_style(element).ok().flatten();
    style.and_then(|style| style.get_property_value("direction").ok()).as_deref() == Some("rtl")
}

fn form_of(bar: &Element) -> Option<HtmlFormElement> {
    bar.closest("form").ok().flatten()?.dyn_into().ok()
}

/// "Continue" becomes active only when both are there.
fn refresh_button(form: &HtmlFormElement, verified: bool) {
    let Ok(Some(button)) = form.query_selector("[data-after-slider]") else { return };
    let mut filled = true;
    if let Ok(fields) = form.query_selector_all("input[required]") {
        for number in 0..fields.length() {
            let field =
                fields.item(number).and_then(|field| field.dyn_into::<HtmlInputElement>().ok());
            filled &= field.is_none_or(|field| !field.value().trim().is_empty());
        }
    }
    dom::set_disabled(&button, !(verified && filled));
}

/// Works for a slice, then lets the page breathe.
fn slice(mut search: Search, challenge: String, proof: RwSignal<String>) {
    let until = Date::now() + SLICE_MS;
    loop {
        if let Some(solution) = search.go_on(TRIES) {
            let payload = format!("{{\"challenge\":{challenge},\"solution\":{solution}}}");
            proof.set(window().btoa(&payload).unwrap_or_default());
            return;
        }
        if Date::now() >= until {
            break;
        }
    }
    set_timeout(move || slice(search, challenge, proof), Duration::ZERO);
}
