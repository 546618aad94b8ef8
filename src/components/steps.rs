//! Progress in a flow of three steps.

use leptos::prelude::*;

use crate::i18n::use_texts;

/// The steps of a flow, with `current` (from 0) marked.
#[component]
pub(crate) fn Steps(labels: [&'static str; 3], current: usize) -> impl IntoView {
    let done = use_texts().ui().step_done();
    let items = labels.into_iter().enumerate().map(|(number, label)| {
        view! {
            <li class:done=number < current aria-current=(number == current).then_some("step")>
                {label}
                {(number < current).then(|| view! { <span class="unseen">{done}</span> })}
            </li>
        }
    });
    view! { <ol class="steps">{items.collect_view()}</ol> }
}

/// The steps to a new password, for recovery and for the settings.
#[component]
pub(crate) fn RecoverySteps(current: usize) -> impl IntoView {
    let t = use_texts().recovery();
    view! { <Steps labels=[t.step_who(), t.step_verify(), t.step_password()] current/> }
}
