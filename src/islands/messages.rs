//! What the messages of the chat and of the console share.

use leptos::prelude::*;

use super::message_form::Outgoing;

/// Puts a message in its place by its number, once however often it comes: what may have been translated meanwhile is
/// sent again after a break.
pub(super) fn put<M>(all: &mut Vec<M>, message: M, seq: fn(&M) -> i64) {
    match all.binary_search_by_key(&seq(&message), seq) {
        Ok(place) => {
            if let Some(known) = all.get_mut(place) {
                *known = message;
            }
        }
        Err(place) => all.insert(place, message),
    }
}

/// What was written, in another language.
#[component]
pub(super) fn Translation(
    words: String,
    /// The tag of its language.
    lang: String,
    /// What stands above it, and above what was really written.
    texts: (String, String),
) -> impl IntoView {
    let (translated, original) = texts;
    view! {
        <span class="quiet small">{translated}</span>
        <p class="text" dir="auto" lang=lang>{words}</p>
        <span class="quiet small">{original}</span>
    }
}

/// Below a message that is not sent: why, and the button that sends it again. It is read out; the message itself was typed
/// by whoever hears it.
#[component]
pub(super) fn NotSent(outgoing: Outgoing, words: String) -> impl IntoView {
    let Outgoing { failure, again, .. } = outgoing;
    move || {
        let (again, words) = (again.clone(), words.clone());
        failure.get().map(|why| {
            let why = (!why.is_empty()).then(|| view! { <p class="why">{why}</p> });
            view! {
                {why}
                <button class="button plain fit" type="button" on:click=move |_| again()>{words}</button>
            }
        })
    }
}

/// Whether a message under way is hidden from a screen reader: it is read out when it is there, and may be looked for when
/// it is not sent.
pub(super) fn is_unread(outgoing: &Outgoing) -> impl Fn() -> Option<&'static str> + use<> + Copy {
    let failure = outgoing.failure;
    move || failure.read().is_none().then_some("true")
}
