use std::time::Duration;

use leptos::{prelude::*, web_sys::js_sys::Date};
use serde::{Deserialize, Serialize};

/// The texts of a countdown.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct CountdownTexts {
    /// The text before the digits.
    pub before: String,
    /// The announcements for screen readers at these numbers of seconds; 0 is the end.
    pub spoken: Vec<(u32, String)>,
    /// The text shown without script.
    pub fixed: String,
}

/// Returns a signal of the seconds left, which the browser counts down.
pub(super) fn use_countdown(seconds: u32) -> RwSignal<u32> {
    let left = RwSignal::new(seconds);
    if cfg!(feature = "hydrate") && seconds > 0 {
        count_down(left, seconds);
    }
    left
}

/// Counts down from `seconds`. It uses the clock, because browsers slow down timers of pages in the background.
pub(super) fn count_down(left: RwSignal<u32>, seconds: u32) {
    left.set(seconds);
    tick(Date::now() + f64::from(seconds) * 1000.0, left);
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a few seconds, not below 0"
)]
fn tick(end: f64, left: RwSignal<u32>) {
    // The view that showed it is gone.
    let Some(shown) = left.try_get_untracked() else { return };
    let now = ((end - Date::now()) / 1000.0).ceil().max(0.0) as u32;
    if shown != now {
        left.set(now);
    }
    if now > 0 {
        set_timeout(move || tick(end, left), Duration::from_millis(250));
    }
}

/// The seconds left, as `0:57`; some of them are also announced.
#[component]
pub(super) fn Countdown(left: RwSignal<u32>, texts: CountdownTexts) -> impl IntoView {
    let CountdownTexts { before, spoken, fixed } = texts;
    let is_over = move || left.get() == 0;
    view! {
        <span class="countdown quiet needs-script" class:over=is_over>
            <span aria-hidden="true">{before}" "<span class="digits">{digits(left)}</span></span>
            <span class="unseen" role="status">{said(left, spoken)}</span>
        </span>
        <span class="quiet without-script">{fixed}</span>
    }
}

/// `0:57`
pub(super) fn digits(left: RwSignal<u32>) -> impl Fn() -> String + Clone + Send + Sync + use<> {
    move || {
        let (minutes, seconds) = (left.get() / 60, left.get() % 60);
        let gap = if seconds < 10 { ":0" } else { ":" };
        [&minutes.to_string(), gap, &seconds.to_string()].concat()
    }
}

/// Returns the latest of the announcements.
pub(super) fn said(left: RwSignal<u32>, spoken: Vec<(u32, String)>) -> Memo<String> {
    Memo::new(move |before: Option<&String>| {
        let now = left.get();
        let words = spoken.iter().find(|(at, _)| *at == now).map(|(_, words)| words.clone());
        words.or_else(|| before.cloned()).unwrap_or_default()
    })
}
