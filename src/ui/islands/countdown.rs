//! The wait for the next code.

use leptos::{
    prelude::*,
    web_sys::{Element, js_sys::Date},
};

use super::dom;

/// Enhances `[data-countdown=SECONDS]`: disables the button with id `data-for` and counts down in `.digits`.
/// `data-say-60` and the like hold what the status in it says politely at so many seconds; `data-say-0` is the end.
#[island]
pub fn Countdown() -> impl IntoView {
    dom::enhance("data-countdown", |counter| {
        let Some(button) = dom::by_id(&dom::data(&counter, "data-for")) else { return };
        let Ok(seconds) = dom::data(&counter, "data-countdown").parse::<u32>() else { return };
        dom::toggle(&button, "disabled", true);
        // By the clock: browsers slow the timers of pages in the background.
        let end = Date::now() + f64::from(seconds) * 1000.0;
        tick(counter, button, end, seconds);
    });
}

fn tick(counter: Element, button: Element, end: f64, shown: u32) {
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
        dom::toggle(&button, "disabled", false);
        dom::class(&counter, "over", true);
    } else {
        dom::after(250, move || tick(counter, button, end, left));
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
