//! A time of day on the reader's own clock.

use leptos::{prelude::*, web_sys::js_sys::Date};

use super::dom;

/// Enhances `time[data-local]`: what stands there in UTC becomes the reader's own time.
#[island]
pub fn LocalTime() -> impl IntoView {
    dom::enhance("data-local", |time| {
        let date = Date::new(&dom::data(&time, "datetime").into());
        time.set_text_content(Some(&[two(date.get_hours()), two(date.get_minutes())].join(":")));
    });
}

/// `07`
fn two(number: u32) -> String {
    [if number < 10 { "0" } else { "" }, &number.to_string()].concat()
}
