//! One message, as the staff reads it.

use leptos::prelude::*;

use super::Reader;
use crate::{
    i18n,
    operator::store::Colleague,
    server::conversations::{Author, Message},
    ui::{happened, time::clock_time},
};

/// A message of a conversation: text, and nothing of it runs (ASVS 1.3, 3.2.2).
pub(in crate::operator) fn message(
    reader: &Reader,
    conversation: &str,
    colleagues: &[Colleague],
    message: &Message,
) -> impl IntoView + use<> {
    use i18n::operator as t;
    let locale = reader.locale;
    let id = format!("m-{conversation}-{}", message.seq);
    let into = format!("log-{conversation}");
    let time = clock_time(&reader.zone, message.at);
    if message.author() == Author::System {
        let words = happened::words(locale, &message.text).unwrap_or(t::happened_other(locale));
        return view! { <li id=id data-into=into class="said system quiet small">{words}" · "{time}</li> }
            .into_any();
    }
    let shopper = message.author() == Author::Shopper;
    let who = if shopper {
        t::shopper(locale).to_owned()
    } else {
        let login = colleagues.iter().find(|c| message.operator_id.as_ref() == Some(&c.id));
        login.map_or_else(|| t::operator(locale).to_owned(), |colleague| colleague.login.clone())
    };
    let picture = message.picture_id.as_ref().map(|picture| {
        let path = format!("/support/picture/{picture}");
        let shot = path.clone();
        view! {
            <a href=path target="_blank">
                <img class="shot" src=shot alt=t::picture(locale) loading="lazy"/>
            </a>
        }
    });
    let translated = message.translation.clone().zip(message.translated_to.clone());
    let original = translated
        .is_some()
        .then(|| view! { <span class="quiet small">{t::original(locale)}</span> });
    let translated = translated.map(|(words, tag)| {
        view! {
            <span class="quiet small">{t::translation(locale)}</span>
            <p class="text" dir="auto" lang=tag>{words}</p>
        }
    });
    let text = (!message.text.is_empty())
        .then(|| view! { <p class="text" dir="auto">{message.text.clone()}</p> });
    view! {
        <li id=id data-into=into class=if shopper { "said shopper" } else { "said operator" }>
            <p class="who quiet small"><b>{who}</b>" · "{time}</p>
            {picture}
            {translated}
            {original}
            {text}
        </li>
    }
    .into_any()
}
