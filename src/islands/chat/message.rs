use leptos::{either::Either, prelude::*};

use super::{
    super::{
        local_time::Time,
        message_form::Outgoing,
        messages::{NotSent, Translation, is_unread},
    },
    ChatMessage, ChatState,
};

/// A message: plain text, nothing in it is executed (ASVS 1.3, 3.2.2).
#[component]
pub(super) fn Message(
    state: ChatState,
    message: ChatMessage,
    /// The labels of a translation and of the original text.
    texts: (String, String),
) -> impl IntoView {
    let ChatMessage { seq, by, is_own, text, picture, redirect, .. } = message;
    let id = ["m-", &seq.to_string()].concat();
    let Some((who, moment)) = by else {
        let redirect = redirect.map(|(href, words)| view! { " "<a href=href>{words}</a> });
        return Either::Left(view! {
            <div class="message happened" id=id><p>{text}{redirect}</p></div>
        });
    };
    // A translation may arrive later: text that was read out already must not be inserted again.
    let translation = Memo::new(move |_| {
        let messages = state.messages.read();
        let place = messages.binary_search_by_key(&seq, |message| message.seq).ok()?;
        messages.get(place)?.translation.clone()
    });
    let translation = move || {
        let texts = texts.clone();
        translation.get().map(|(words, lang)| view! { <Translation words lang texts/> })
    };
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

/// A message that is being sent, or could not be sent.
#[component]
pub(super) fn Pending(
    outgoing: Outgoing,
    you: String,
    sending: String,
    not_sent: String,
) -> impl IntoView {
    let hidden = is_unread(&outgoing);
    let Outgoing { text, picture, is_taken, failure, .. } = outgoing.clone();
    let sending = move || (!is_taken.get() && failure.read().is_none()).then(|| sending.clone());
    view! {
        <div class="message own pending">
            <p class="by" aria-hidden=hidden><strong>{you}</strong>" "{sending}</p>
            <div class="bubble" aria-hidden=hidden>
                <p class="text" dir="auto">{text}</p>
                {picture.map(|name| view! { <p class="quiet small">{name}</p> })}
            </div>
            <NotSent outgoing words=not_sent/>
        </div>
    }
}
