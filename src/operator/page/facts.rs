//! What may be known of the account that a conversation is about.

use leptos::{attr::custom::custom_attribute, prelude::*, server_fn::ServerFn};

use super::{Reader, window_fields};
use crate::{
    activity::words::words,
    i18n,
    operator::{Claim, Look, desk::Desk, service::facts::Facts},
    server::{conversations::Conversation, http::draft::Draft, when},
    ui::notice::done,
};

/// The account: what was looked at, or the button that looks; and which one it is.
pub(super) fn view(
    reader: &Reader,
    desk: &Desk,
    conversation: &Conversation,
    facts: Option<Facts>,
    draft: &Draft,
) -> impl IntoView + use<> {
    use i18n::operator as t;
    let (locale, id) = (reader.locale, conversation.id.clone());
    let said = match draft.value("said").as_deref() {
        Some("found") => Some(t::account_found(locale)),
        Some("not-found") => Some(t::account_not_found(locale)),
        _ => None,
    };
    let wrong = draft.error.as_ref().and_then(|error| error.beside("claimed", locale));
    let refused = wrong.is_some();
    let open = said.is_some() || refused || facts.is_some();
    let known = conversation.claimed_id.is_some() || conversation.account_id.is_some();
    let other = conversation.account_id.is_some()
        && conversation.claimed_id.is_some()
        && conversation.account_id != conversation.claimed_id;
    let other = other.then(|| view! { <p class="small">{t::other_account(locale)}</p> });
    let assisted = known.then(|| {
        let path = format!("/operator/assisted?conversation={id}");
        view! { <p><a href=path>{i18n::console::assisted(locale)}</a></p> }
    });
    let inner = match facts {
        Some(facts) => list(reader, facts).into_any(),
        None if known => view! {
            <form class="stack tight" method="post" action=Look::PATH>
                {window_fields(desk, Some(&id))}
                <p class="quiet small" id=format!("look-{id}")>{t::look_about(locale)}</p>
                <button class="button second fit" type="submit" aria-describedby=format!("look-{id}")>{t::look(locale)}</button>
            </form>
        }
        .into_any(),
        None => view! { <p class="quiet small">{t::no_account(locale)}</p> }.into_any(),
    };
    view! {
        <details class="more" open=open>
            <summary>{t::account(locale)}</summary>
            {done(said)}
            {other}
            {inner}
            {assisted}
            <form class="stack tight" method="post" action=Claim::PATH>
                {window_fields(desk, Some(&id))}
                <label for=format!("claimed-{id}")>{t::which_account(locale)}</label>
                <input
                    class="input"
                    id=format!("claimed-{id}")
                    name="claimed"
                    type="text"
                    autocomplete="off"
                    autocapitalize="none"
                    {..custom_attribute("autocorrect", "off")}
                    spellcheck="false"
                    aria-describedby=format!("claimed-{id}-why")
                    aria-invalid=refused.then_some("true")
                />
                <p class="why" id=format!("claimed-{id}-why")>{wrong}</p>
                <button class="button second fit" type="submit">{t::set_account(locale)}</button>
            </form>
        </details>
    }
}

fn list(reader: &Reader, facts: Facts) -> impl IntoView + use<> {
    use i18n::operator as t;
    let (locale, zone) = (reader.locale, reader.zone.clone());
    let day = |at| when::date(locale, &zone, at);
    let last = facts.last.map_or_else(
        || t::never(locale).to_owned(),
        |(at, network)| {
            let place = reader.app.geo.place(locale, &network);
            let place = place.unwrap_or_else(|| i18n::devices::network(locale, &network));
            format!("{} · {place}", day(at))
        },
    );
    let tried = facts
        .tried
        .iter()
        .map(|event| view! { <li>{day(event.at)}" · "{words(event, locale)}</li> })
        .collect_view();
    let none = facts.tried.is_empty().then(|| t::tried_nothing(locale));
    view! {
        <dl class="facts small">
            <div><dt>{i18n::fields::login(locale)}</dt><dd>{facts.login}</dd></div>
            <div><dt>{i18n::fields::email(locale)}</dt><dd>{facts.email}</dd></div>
            <div><dt>{t::registered(locale)}</dt><dd>{day(facts.registered)}</dd></div>
            <div><dt>{t::last_sign_in(locale)}</dt><dd>{last}</dd></div>
            <div><dt>{t::tried(locale)}</dt><dd>{none}<ul class="plain-list">{tried}</ul></dd></div>
        </dl>
    }
}
