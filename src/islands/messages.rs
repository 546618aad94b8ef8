//! Code that the chat and the console share for messages.

use leptos::prelude::*;

use super::message_form::Outgoing;

/// Inserts a message at its place by sequence number, or replaces it: a message that may have been translated in the
/// meantime is sent again after a reconnection.
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

/// The translation of a message.
#[component]
pub(super) fn Translation(
    words: String,
    /// The tag of its language.
    lang: String,
    /// The labels of the translation and of the original text.
    texts: (String, String),
) -> impl IntoView {
    let (translated, original) = texts;
    view! {
        <span class="quiet small">{translated}</span>
        <p class="text" dir="auto" lang=lang>{words}</p>
        <span class="quiet small">{original}</span>
    }
}

/// Shown below a message that could not be sent: the reason, and a button that sends it again. It is read out; the
/// message itself was typed by the same user.
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

/// Returns the `aria-hidden` of a message being sent: it is hidden from screen readers, because it is read out when it
/// arrives, and visible to them when it could not be sent.
pub(super) fn is_unread(outgoing: &Outgoing) -> impl Fn() -> Option<&'static str> + use<> + Copy {
    let failure = outgoing.failure;
    move || failure.read().is_none().then_some("true")
}
