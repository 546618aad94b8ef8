//! Where am I? Three words, never more.

use leptos::prelude::*;

use crate::i18n::{self, Locale};

/// The steps to a new password with a code, from outside or from the settings.
#[must_use]
pub const fn to_new_password(locale: Locale) -> [&'static str; 3] {
    [
        i18n::recovery::step_who(locale),
        i18n::recovery::step_verify(locale),
        i18n::recovery::step_password(locale),
    ]
}

/// The steps of a way, with `current` (from 0) marked.
pub fn steps(locale: Locale, words: [&'static str; 3], current: usize) -> impl IntoView {
    let items = words
        .into_iter()
        .enumerate()
        .map(|(number, word)| {
            let done = (number < current)
                .then(|| view! { <span class="unseen">{i18n::ui::step_done(locale)}</span> });
            view! {
                <li class:done=number < current aria-current=(number == current).then_some("step")>
                    {word}{done}
                </li>
            }
        })
        .collect_view();
    view! { <ol class="steps">{items}</ol> }
}
