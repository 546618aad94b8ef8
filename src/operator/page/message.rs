//! One message, as the staff reads it.

use leptos::prelude::*;

use super::Reader;
use crate::{
    i18n::{self, Locale},
    operator::store::Colleague,
    server::conversations::{Author, Message, happened as what},
    ui::{happened, time::clock_time, translation::translation},
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
        let words = happened_words(&message.text, locale);
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
    let text = (!message.text.is_empty())
        .then(|| view! { <p class="text" dir="auto">{message.text.clone()}</p> });
    view! {
        <li id=id data-into=into class=if shopper { "said shopper" } else { "said operator" }>
            <p class="by quiet small"><b>{who}</b>" · "{time}</p>
            {picture}
            {translation(locale, message)}
            {text}
        </li>
    }
    .into_any()
}

/// What happened, in the words of the staff where those for the shopper would be wrong.
fn happened_words(text: &str, locale: Locale) -> &'static str {
    use i18n::operator as t;
    match text {
        what::ENDED => t::happened_ended(locale),
        what::CODE_HIDDEN => t::happened_code_hidden(locale),
        what::TAKEN => t::happened_taken(locale),
        what::HANDED_OVER => t::happened_handed_over(locale),
        what::SOLVED => t::happened_solved(locale),
        what::CLOSED => t::happened_closed(locale),
        what::REOPENED => t::happened_reopened(locale),
        _ => happened::words(locale, text).unwrap_or(t::happened_other(locale)),
    }
}
