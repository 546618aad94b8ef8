//! The wait for the next code.

use leptos::{
    prelude::*,
    web_sys::{Element, js_sys::Date},
};

use super::dom;

/// Enhances `[data-countdown=SECONDS]`: counts down in `.digits`, and disables the button with id `data-for`, if there
/// is one, until then.
/// `data-say-60` and the like hold what the status in it says politely at so many seconds; `data-say-0` is the end.
#[island]
pub fn Countdown() -> impl IntoView {
    wake();
}

/// Enhances what came to the screen later.
pub(super) fn wake() {
    dom::enhance("data-countdown", |counter| {
        let button = dom::by_id(&dom::data(&counter, "data-for"));
        let Ok(seconds) = dom::data(&counter, "data-countdown").parse::<u32>() else { return };
        disable(button.as_ref(), true);
        // By the clock: browsers slow the timers of pages in the background.
        let end = Date::now() + f64::from(seconds) * 1000.0;
        tick(counter, button, end, seconds);
    });
}

fn tick(counter: Element, button: Option<Element>, end: f64, shown: u32) {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few seconds, not below 0"
    )]
    let left = ((end - Date::now()) / 1000.0).ceil().max(0.0) as u32;
    if left != shown {
        show(&counter, left);
    }
    if left == 0 {
        disable(button.as_ref(), false);
        dom::class(&counter, "over", true);
    } else {
        dom::after(250, move || tick(counter, button, end, left));
    }
}

fn disable(button: Option<&Element>, disabled: bool) {
    if let Some(button) = button {
        dom::toggle(button, "disabled", disabled);
    }
}

fn show(counter: &Element, left: u32) {
    let (minutes, seconds) = (left / 60, left % 60);
    let gap = if seconds < 10 { ":0" } else { ":" };
    if let Ok(Some(digits)) = counter.query_selector(".digits") {
        digits.set_text_content(Some(&[&minutes.to_string(), gap, &seconds.to_string()].concat()));
    }
    let words = counter.get_attribute(&["data-say-", &left.to_string()].concat());
    if let (Some(words), Ok(Some(status))) = (words, counter.query_selector("[role=status]")) {
        status.set_text_content(Some(&words));
    }
}
