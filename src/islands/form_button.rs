use leptos::prelude::*;

use super::{
    alive,
    countdown::{Countdown, CountdownTexts, use_countdown},
    form::FormState,
};

/// The submit button of a form.
#[cfg(feature = "form")]
#[island]
pub fn FormButton(
    #[prop(into)] label: String,
    #[prop(into)] class: String,
    /// Whether it looks inactive until the form is complete. It can be pressed anyway: the form then shows what is
    /// missing.
    when_complete: bool,
    /// Seconds to wait before it can be pressed, and the texts of the countdown.
    wait: Option<(u32, CountdownTexts)>,
    /// The id of the element that describes its purpose.
    #[prop(optional_no_strip)]
    described_by: Option<String>,
) -> impl IntoView {
    let form = use_context::<FormState>();
    let alive = alive();
    let is_incomplete =
        move || when_complete && alive.get() && form.is_some_and(|form| !form.is_complete());
    let is_busy = move || form.is_some_and(|form| form.busy.get());
    let (seconds, texts) = wait.unwrap_or_default();
    let left = use_countdown(seconds);
    let countdown = (seconds > 0).then(|| view! { <Countdown left=left texts=texts/> });
    view! {
        <button
            class=class
            class:when-complete=when_complete
            type="submit"
            aria-describedby=described_by
            disabled={move || alive.get() && left.get() > 0}
            aria-disabled=move || is_incomplete().then_some("true")
            aria-busy=move || is_busy().then_some("true")
        >
            {label}
        </button>
        {countdown}
    }
}
