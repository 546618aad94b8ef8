//! A time of day on the reader's own clock.

use leptos::{prelude::*, web_sys::js_sys::Date};

/// Shows `at`; until script runs, and without it, `fallback` (UTC).
#[island]
pub fn LocalTime(
    /// Milliseconds since 1970 UTC.
    at: f64,
    /// RFC 3339.
    machine: String,
    /// `14:03 UTC`.
    fallback: String,
) -> impl IntoView {
    let text = RwSignal::new(fallback);
    Effect::new(move |_| {
        let date = Date::new(&at.into());
        text.set(format!("{:02}:{:02}", date.get_hours(), date.get_minutes()));
    });
    view! { <time datetime=machine>{move || text.get()}</time> }
}
