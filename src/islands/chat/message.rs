use leptos::{either::Either, prelude::*};

use super::{
    super::{local_time::Time, message_form::Outgoing, messages::Translation},
    ChatMessage,
};

/// A message: text, and nothing of it runs (ASVS 1.3, 3.2.2).
#[component]
pub(super) fn Message(
    message: ChatMessage,
    /// Above a translation, and above what was really written.
    texts: (String, String),
) -> impl IntoView {
    let ChatMessage { seq, by, is_own, text, translation, picture, onward, .. } = message;
    let id = ["m-", &seq.to_string()].concat();
    let Some((who, moment)) = by else {
        let onward = onward.map(|(href, words)| view! { " "<a href=href>{words}</a> });
        return Either::Left(view! {
            <div class="message happened" id=id><p>{text}{onward}</p></div>
        });
    };
    let translation = translation.map(|(words, lang)| view! { <Translation words lang texts/> });
    let text = (!text.is_empty()).then(|| view! { <p class="text" dir="auto">{text}</p> });
    let picture = picture.map(|(path, alt)| {
        let source = path.clone();
        view! {
            <a class="picture" href=path><img src=source alt=alt loading="lazy"/></a>
        }
    });
    Either::Right(view! {
        <div class=if is_own { "message own" } else { "message" } id=id>
            <p class="by"><strong>{who}</strong>" "<Time moment/></p>
            <div class="bubble">{translation}{text}{picture}</div>
        </div>
    })
}

/// A message that is under way. It is read out when it is there.
#[component]
pub(super) fn Pending(outgoing: Outgoing, you: String, sending: String) -> impl IntoView {
    let Outgoing { text, picture, is_taken, .. } = outgoing;
    let sending = move || (!is_taken.get()).then(|| sending.clone());
    view! {
        <div class="message own pending" aria-hidden="true">
            <p class="by"><strong>{you}</strong>" "{sending}</p>
            <div class="bubble">
                <p class="text" dir="auto">{text}</p>
                {picture.map(|name| view! { <p class="quiet small">{name}</p> })}
            </div>
        </div>
    }
}
