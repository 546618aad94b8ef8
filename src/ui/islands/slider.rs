//! Slide to verify.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::{
    prelude::*,
    wasm_bindgen::JsCast as _,
    web_sys::{
        Element, Event, HtmlElement, HtmlFormElement, HtmlInputElement, KeyboardEvent,
        PointerEvent, js_sys::Date,
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

/// Enhances bars `[data-slide]`: a handle to move, a proof of work behind it (`data-challenge`, `data-nonce`,
/// `data-salt`, `data-prefix`), and the hidden field after it. The form's button `[data-after-slider]` is
/// disabled until the bar is verified and the required fields are filled.
#[island]
pub fn Slider() -> impl IntoView {
    dom::enhance("data-slide", |bar| {
        let Ok(bar) = bar.dyn_into::<HtmlElement>() else { return };
        let form = bar.closest("form").ok().flatten().and_then(|form| form.dyn_into().ok());
        let Some(form) = form else { return };
        let slide = Rc::new(Slide {
            bar,
            form,
            at: Cell::new(0.0),
            grip: Cell::new(None),
            begun: Cell::new(false),
            proof: RefCell::default(),
        });
        slide.listen();
        slide.refresh_button();
    });
}

struct Slide {
    bar: HtmlElement,
    form: HtmlFormElement,
    /// Where the handle is, 0–100.
    at: Cell<f64>,
    /// Where in the handle the hand holds it, while it does.
    grip: Cell<Option<f64>>,
    begun: Cell<bool>,
    proof: RefCell<String>,
}

impl Slide {
    fn listen(self: &Rc<Self>) {
        let on = |event: &str, act: fn(&Rc<Self>, &PointerEvent)| {
            let slide = Rc::clone(self);
            dom::listen(&self.bar, event, move |event: PointerEvent| act(&slide, &event));
        };
        on("pointerdown", Self::down);
        on("pointermove", |slide, event| {
            if let Some(grip) = slide.grip.get() {
                slide.move_to((slide.place(event) - grip).clamp(0.0, 99.0));
            }
        });
        on("pointerup", |slide, event| {
            if let Some(grip) = slide.grip.take() {
                slide.move_to(if slide.place(event) - grip >= NEARLY { 100.0 } else { 0.0 });
            }
        });
        on("pointercancel", |slide, _| {
            slide.grip.set(None);
            if !slide.is_at_end() {
                slide.move_to(0.0);
            }
        });
        let slide = Rc::clone(self);
        dom::listen(&self.bar, "keydown", move |event: KeyboardEvent| slide.key(&event));
        let slide = Rc::clone(self);
        dom::listen(&self.bar, "focus", move |_: Event| slide.begin());
        let slide = Rc::clone(self);
        dom::listen(&self.form, "input", move |_: Event| slide.refresh_button());
    }

    fn down(self: &Rc<Self>, event: &PointerEvent) {
        self.begin();
        if self.is_at_end() || event.button() != 0 {
            return;
        }
        let place = self.place(event);
        if place >= END_ZONE {
            self.move_to(100.0);
            return;
        }
        self.grip.set(Some(place - self.at.get()));
        let _ = self.bar.set_pointer_capture(event.pointer_id());
    }

    fn key(self: &Rc<Self>, event: &KeyboardEvent) {
        if self.is_at_end() {
            return;
        }
        let forward = if self.is_rtl() { -KEY_STEP } else { KEY_STEP };
        let by = match event.key().as_str() {
            "ArrowRight" => forward,
            "ArrowLeft" => -forward,
            "ArrowUp" => KEY_STEP,
            "ArrowDown" => -KEY_STEP,
            "PageUp" => 3.0 * KEY_STEP,
            "PageDown" => -3.0 * KEY_STEP,
            "Home" => -100.0,
            "End" => 100.0,
            _ => return,
        };
        event.prevent_default();
        self.begin();
        self.move_to((self.at.get() + by).clamp(0.0, 100.0));
    }

    /// The work begins with the first touch, while the hand is still moving.
    fn begin(self: &Rc<Self>) {
        if self.begun.replace(true) {
            return;
        }
        let data = |name| dom::data(&self.bar, name);
        if let Some(search) =
            Search::new(&data("data-nonce"), &data("data-salt"), &data("data-prefix"))
        {
            slice(Rc::clone(self), search);
        }
    }

    fn is_at_end(&self) -> bool {
        self.at.get() >= 100.0
    }

    fn is_verified(&self) -> bool {
        self.is_at_end() && !self.proof.borrow().is_empty()
    }

    fn move_to(&self, at: f64) {
        self.at.set(at);
        self.show();
    }

    fn show(&self) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
        let hundredths = self.at.get() as u32;
        let place = hundredths.to_string();
        let (verified, at_end) = (self.is_verified(), self.is_at_end());
        // By script and not by a style attribute: the policy of the page forbids those.
        let _ = self.bar.style().set_property("--at", &fraction(self.at.get()));
        dom::class(&self.bar, "ok", verified);
        dom::class(&self.bar, "working", at_end && !verified);
        let words = match (verified, at_end) {
            (true, _) => dom::data(&self.bar, "data-verified"),
            (_, true) => dom::data(&self.bar, "data-working"),
            _ => [&place, " %"].concat(),
        };
        let _ = self.bar.set_attribute("aria-valuenow", &place);
        let _ = self.bar.set_attribute("aria-valuetext", &words);
        if let Ok(Some(caption)) = self.bar.query_selector(".caption") {
            let slide = dom::data(&self.bar, "aria-label");
            caption.set_text_content(Some(if at_end { &words } else { &slide }));
        }
        let field = self
            .bar
            .next_element_sibling()
            .and_then(|field| field.dyn_into::<HtmlInputElement>().ok());
        if let Some(field) = field {
            let proof = self.proof.borrow();
            field.set_value(if verified { &proof } else { "" });
        }
        self.refresh_button();
    }

    /// "Continue" becomes active only when both are there.
    fn refresh_button(&self) {
        let Ok(Some(button)) = self.form.query_selector("[data-after-slider]") else { return };
        let mut filled = true;
        if let Ok(fields) = self.form.query_selector_all("input[required]") {
            for number in 0..fields.length() {
                let field =
                    fields.item(number).and_then(|field| field.dyn_into::<HtmlInputElement>().ok());
                filled &= field.is_none_or(|field| !field.value().trim().is_empty());
            }
        }
        dom::toggle(&button, "disabled", !(filled && self.is_verified()));
    }

    /// Where a pointer is on the bar, 0–100 in reading direction.
    fn place(&self, event: &PointerEvent) -> f64 {
        let frame = Element::get_bounding_client_rect(&self.bar);
        // The handle's middle travels over the bar less one handle, which is as wide as the bar is high.
        let way = (frame.width() - frame.height()).max(1.0);
        let from_left = f64::from(event.client_x()) - frame.left() - frame.height() / 2.0;
        let along = if self.is_rtl() { way - from_left } else { from_left };
        along / way * 100.0
    }

    fn is_rtl(&self) -> bool {
        let style = window().get_computed_style(&self.bar).ok().flatten();
        style.and_then(|style| style.get_property_value("direction").ok()).as_deref() == Some("rtl")
    }
}

/// `0.375`, from hundredths. Not `format!`: writing fractions in Rust alone weighs 15 KB.
fn fraction(hundredths: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
    let thousandths = 1000 + (hundredths * 10.0) as u32;
    let digits = thousandths.to_string();
    let (whole, rest) = digits.split_at(1);
    [if whole == "2" { "1." } else { "0." }, rest].concat()
}

/// Works for a slice, then lets the page breathe.
fn slice(slide: Rc<Slide>, mut search: Search) {
    let until = Date::now() + SLICE_MS;
    loop {
        if let Some(solution) = search.go_on(TRIES) {
            let challenge = dom::data(&slide.bar, "data-challenge");
            let payload =
                ["{\"challenge\":", &challenge, ",\"solution\":", &solution, "}"].concat();
            *slide.proof.borrow_mut() = window().btoa(&payload).unwrap_or_default();
            slide.show();
            return;
        }
        if Date::now() >= until {
            break;
        }
    }
    dom::after(0, move || slice(slide, search));
}
