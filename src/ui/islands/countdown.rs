//! The wait for the next code.

use std::time::Duration;

use leptos::{leptos_dom::helpers::IntervalHandle, prelude::*, web_sys::js_sys::Date};

use super::dom;

/// Counts down beside the button `button`, which is disabled meanwhile.
#[island]
pub fn Countdown(
    /// Id of the button.
    button: String,
    /// Seconds to wait, counted from when the screen was made.
    seconds: i64,
    /// "again in".
    prefix: String,
    /// What is announced politely when so many seconds are left; 0 is the end.
    announcements: Vec<(i64, String)>,
) -> impl IntoView {
    let left = RwSignal::new(seconds);
    let said = RwSignal::new(String::new());
    Effect::new(move |_| {
        let Some(button) = dom::by_id(&button) else { return };
        if left.get_untracked() <= 0 {
            return;
        }
        dom::set_disabled(&button, true);
        let announcements = announcements.clone();
        let interval = StoredValue::new(None::<IntervalHandle>);
        // By the clock: browsers slow the timers of pages in the background.
        let end = Date::now() + (left.get_untracked() * 1000) as f64;
        let tick = move || {
            let rest = ((end - Date::now()) / 1000.0).ceil().max(0.0) as i64;
            if rest == left.get_untracked() {
                return;
            }
            left.set(rest);
            if let Some((_, words)) = announcements.iter().find(|(at, _)| *at == rest) {
                said.set(words.clone());
            }
            if rest == 0 {
                dom::set_disabled(&button, false);
                if let Some(handle) = interval.get_value() {
                    handle.clear();
                }
            }
        };
        interval.set_value(set_interval_with_handle(tick, Duration::from_millis(250)).ok());
    });
    view! {
        <span class="countdown quiet" class:over=move || left.get() <= 0>
            <span aria-hidden="true">
                {prefix}" "<span class="digits">{move || clock(left.get())}</span>
            </span>
            <span class="unseen" role="status">{move || said.get()}</span>
        </span>
    }
}

/// `0:57`
fn clock(seconds: i64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
