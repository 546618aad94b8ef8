use leptos::{either::Either, prelude::*};

use super::{
    super::{
        local_time::Time,
        message_form::Outgoing,
        messages::{NotSent, Translation, is_unread},
    },
    ConsoleState, PaneMessage,
};

/// A message: plain text, nothing in it is executed (ASVS 1.3, 3.2.2).
#[component]
pub(super) fn Message(messages: RwSignal<Vec<PaneMessage>>, message: PaneMessage) -> impl IntoView {
    let PaneMessage { seq, author, is_users, at, picture, text, .. } = message;
    let Some(author) = author else {
        return Either::Left(view! {
            <li class="said system quiet small">{text}" · "<Time moment=at/></li>
        });
    };
    let texts = expect_context::<ConsoleState>().texts.get_value().pane;
    let picture = picture.map(|path| {
        let href = path.clone();
        view! {
            <a href=href target="_blank">
                <img class="shot" src=path alt=texts.picture loading="lazy"/>
            </a>
        }
    });
    // A translation may arrive later: text that was read out already must not be inserted again.
    let translation = Memo::new(move |_| {
        let messages = messages.read();
        let place = messages.binary_search_by_key(&seq, |message| message.seq).ok()?;
        messages.get(place)?.translation.clone()
    });
    let translation = move || {
        let texts = texts.translation.clone();
        translation.get().map(|(words, lang)| view! { <Translation words lang texts/> })
    };
    let text = (!text.is_empty()).then(|| view! { <p class="text" dir="auto">{text}</p> });
    Either::Right(view! {
        <li class=if is_users { "said shopper" } else { "said operator" }>
            <p class="by quiet small"><b>{author}</b>" · "<Time moment=at/></p>
            {picture}
            {translation}
            {text}
        </li>
    })
}

/// An answer that is being sent, or could not be sent.
#[component]
pub(super) fn Pending(outgoing: Outgoing) -> impl IntoView {
    let texts = expect_context::<ConsoleState>().texts.get_value().pane;
    let hidden = is_unread(&outgoing);
    let Outgoing { text, is_taken, failure, .. } = outgoing.clone();
    let sending =
        move || (!is_taken.get() && failure.read().is_none()).then(|| texts.sending.clone());
    view! {
        <li class="said operator pending">
            <p class="text" dir="auto" aria-hidden=hidden>{text}</p>
            <p class="quiet small" aria-hidden=hidden>{sending}</p>
            <NotSent outgoing words=texts.not_sent/>
        </li>
    }
}
