use leptos::{ev, html, prelude::*, web_sys::Element};

// Positions are thousandths of the bar: formatting fractions would weigh 15 KB.
const END: u32 = 1000;
const KEY_STEP: i32 = 100;
/// If released beyond this it moves to the end by itself.
const NEARLY: i32 = 920;
/// A tap or click beyond this is sufficient.
const END_ZONE: i32 = 800;

/// The handle on its bar, moved by pointer or keyboard. At the end it stays.
#[derive(Clone, Copy)]
pub(super) struct Handle {
    pub bar: NodeRef<html::Div>,
    /// The position, 0 to 1000.
    pub at: RwSignal<u32>,
    pub error: RwSignal<Option<String>>,
    /// Where the pointer holds it, relative to its position.
    grip: RwSignal<Option<i32>>,
}

impl Handle {
    pub fn new(is_at_end: bool, error: Option<String>) -> Self {
        Self {
            bar: NodeRef::new(),
            at: RwSignal::new(if is_at_end { END } else { 0 }),
            error: RwSignal::new(error),
            grip: RwSignal::new(None),
        }
    }

    pub fn is_at_end(self) -> bool {
        self.at.get() >= END
    }

    pub fn focus(self) {
        if let Some(bar) = self.bar.get_untracked() {
            let _ = bar.focus();
        }
    }

    /// Returns the position as a fraction for the style sheet. It is set by script instead of a style attribute, which
    /// the page's content security policy forbids; so the server renders none.
    pub fn style(self) -> Option<String> {
        let place = self.at.get();
        (place != 0 && cfg!(feature = "hydrate")).then(|| fraction(place))
    }

    fn move_to(self, place: i32) {
        self.error.set(None);
        self.at.set(u32::try_from(place).unwrap_or_default().min(END));
    }

    pub fn press(self, event: &ev::PointerEvent) {
        if untrack(|| self.is_at_end()) || event.button() != 0 {
            return;
        }
        let place = self.place(event);
        if place >= END_ZONE {
            self.move_to(END.cast_signed());
            return;
        }
        self.grip.set(Some(place - self.at.get_untracked().cast_signed()));
        if let Some(bar) = self.bar.get_untracked() {
            let _ = Element::set_pointer_capture(&bar, event.pointer_id());
        }
    }

    pub fn drag(self, event: &ev::PointerEvent) {
        if let Some(grip) = self.grip.get_untracked() {
            self.move_to((self.place(event) - grip).clamp(0, 990));
        }
    }

    pub fn release(self, event: &ev::PointerEvent) {
        if let Some(grip) = self.grip.get_untracked() {
            self.grip.set(None);
            let is_near = self.place(event) - grip >= NEARLY;
            self.move_to(if is_near { END.cast_signed() } else { 0 });
        }
    }

    pub fn cancel(self) {
        self.grip.set(None);
        if !untrack(|| self.is_at_end()) {
            self.move_to(0);
        }
    }

    /// Moves it by a key; returns whether the key is one that moves it.
    pub fn key(self, event: &ev::KeyboardEvent) -> bool {
        if untrack(|| self.is_at_end()) {
            return false;
        }
        let forward = if self.is_rtl() { -KEY_STEP } else { KEY_STEP };
        let by = match event.key().as_str() {
            "ArrowRight" => forward,
            "ArrowLeft" => -forward,
            "ArrowUp" => KEY_STEP,
            "ArrowDown" => -KEY_STEP,
            "PageUp" => 3 * KEY_STEP,
            "PageDown" => -3 * KEY_STEP,
            "Home" => -1000,
            "End" | "Enter" | " " => 1000,
            _ => return false,
        };
        event.prevent_default();
        self.move_to((self.at.get_untracked().cast_signed() + by).clamp(0, 1000));
        true
    }

    /// Returns the position of a pointer on the bar, in thousandths and in reading direction.
    #[expect(clippy::cast_possible_truncation, reason = "pixels of a screen")]
    fn place(self, event: &ev::PointerEvent) -> i32 {
        let Some(element) = self.bar.get_untracked() else { return 0 };
        let frame = Element::get_bounding_client_rect(&element);
        // The centre of the handle moves over the bar minus one handle, which is as wide as the bar is high.
        let way = (frame.width() - frame.height()).max(1.0);
        let from_left = f64::from(event.client_x()) - frame.left() - frame.height() / 2.0;
        let along = if self.is_rtl() { way - from_left } else { from_left };
        (along / way * 1000.0) as i32
    }

    fn is_rtl(self) -> bool {
        let style = self
            .bar
            .get_untracked()
            .and_then(|bar| window().get_computed_style(&bar).ok().flatten());
        style.and_then(|style| style.get_property_value("direction").ok()).as_deref() == Some("rtl")
    }
}

/// Formats thousandths: `0.375`.
fn fraction(thousandths: u32) -> String {
    let digits = (1000 + thousandths).to_string();
    let (whole, rest) = digits.split_at(1);
    [if whole == "2" { "1." } else { "0." }, rest].concat()
}
