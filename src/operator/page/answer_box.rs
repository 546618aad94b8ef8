//! The box for an answer, and the canned ones that can be put into it.

use leptos::prelude::*;

use super::{Reader, window_fields};
use crate::{
    i18n,
    operator::{
        desk::{Desk, SCREEN},
        long::ANSWER,
        service::{canned::Values, facts::Facts},
        store::Canned,
    },
    server::conversations::Conversation,
    ui::field::{hidden, text_of_area},
};

/// What an answer is written with. It is there where the conversation is closed, too, and shown as soon as that goes on
/// (see `console.css`): a window that was away meanwhile has it like any other.
pub(super) fn answer_box(
    reader: &Reader,
    desk: &Desk,
    conversation: &Conversation,
    canned: &[Canned],
    facts: Option<&Facts>,
    typed: String,
) -> AnyView {
    let id = conversation.id.as_str();
    let values = values(reader, conversation, facts);
    let canned = canned_list(reader, desk, conversation, canned, &values);
    view! { <div class="box">{answer_form(reader, desk, id, typed)}{canned}</div> }.into_any()
}

fn answer_form(reader: &Reader, desk: &Desk, id: &str, typed: String) -> impl IntoView + use<> {
    use i18n::operator as t;
    let locale = reader.locale;
    let nonce = reader.app.random.id(reader.app.clock.now());
    view! {
        <form
            class="stack tight"
            method="post"
            action=ANSWER
            data-send
            data-typing=format!("/api/operator_typing?conversation={id}")
        >
            {window_fields(desk, Some(id))}
            {hidden("nonce", Some(nonce))}
            <label for=format!("answer-{id}")>{t::your_answer(locale)}</label>
            <textarea class="input area" id=format!("answer-{id}") name="message" rows="3" dir="auto" data-enter data-key="a">{text_of_area(&typed)}</textarea>
            <p class="quiet small" data-unsent hidden>{t::unsent(locale)}</p>
            <button class="button fit" type="submit">{t::send(locale)}</button>
        </form>
    }
}

/// What the placeholders of canned answers stand for here.
pub(super) fn values(
    reader: &Reader,
    conversation: &Conversation,
    facts: Option<&Facts>,
) -> Values {
    let claimed = conversation.claimed.as_deref().filter(|name| !name.contains('@'));
    Values {
        login: facts.map(|facts| facts.login.as_str()).or(claimed).map(str::to_owned),
        shop: reader.app.config.shop_name.clone(),
        // A login of the staff is nobody's business.
        operator: reader.staff.account.display_name.clone(),
    }
}

/// Canned answers, in the shopper's language first. Each is a button: with script it puts its text into the box,
/// without it asks for this screen again with the text in the box.
fn canned_list(
    reader: &Reader,
    desk: &Desk,
    conversation: &Conversation,
    canned: &[Canned],
    values: &Values,
) -> Option<impl IntoView + use<>> {
    use i18n::operator as t;
    let (locale, id) = (reader.locale, conversation.id.clone());
    if canned.is_empty() {
        return None;
    }
    let own = canned.iter().filter(|one| one.locale() == conversation.locale());
    let others = canned.iter().filter(|one| one.locale() != conversation.locale());
    let buttons = own
        .chain(others)
        .map(|one| {
            view! {
                <li>
                    <button
                        class="button plain"
                        type="submit"
                        name="canned"
                        value=one.id.clone()
                        lang=one.locale().tag()
                        data-insert=values.fill(&one.text)
                        data-field=format!("answer-{id}")
                    >
                        {one.title.clone()}
                    </button>
                </li>
            }
        })
        .collect_view();
    Some(view! {
        <details class="more">
            <summary>{t::canned(locale)}</summary>
            <form method="get" action=SCREEN>
                {hidden("open", Some(desk.open.join(",")))}
                {hidden("filter", Some(desk.filter.as_str().to_owned()))}
                {hidden("q", Some(desk.search.clone()))}
                {hidden("into", Some(id))}
                <ul class="canned">{buttons}</ul>
            </form>
        </details>
    })
}
