//! The screen of activity.

use leptos::prelude::*;

use super::words::{self, Group};
use crate::{
    i18n::{self, Locale},
    server::{
        client::COMMAND_LINE,
        events::{self, Event, EventKind},
        http::{
            context::Cx,
            page::{Leave, Page},
        },
        when::{self, Zone},
    },
    ui::{
        icons::{Icon, icon},
        layout::Frame,
        side::{Place, account_frame},
        time::full_time,
    },
};

const SCREEN: &str = "/account/activity";
/// Events on one page.
const PAGE: i64 = 20;

/// `/account/activity?kind=…&before=…`
pub async fn list(mut cx: Cx) -> Result<Page, Leave> {
    let account = cx.signed_in().await?.ok_or(Leave::SignIn)?.account;
    let asked = cx.query("kind").unwrap_or_default();
    let group = Group::ALL.into_iter().find(|group| group.as_str() == asked).unwrap_or(Group::All);
    let before = cx.query("before");
    // One more than is shown tells whether there is more.
    let mut events =
        events::list(&cx.app.db, &account.id, &group.kinds(), before.as_deref(), PAGE + 1).await?;
    let shown = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = events.len() > shown;
    events.truncate(shown);
    let older = events.last().filter(|_| more).map(|last| address(group, Some(&last.id)));
    let locale = cx.locale;
    let no_zone = account.time_zone().is_none();
    let title = i18n::activity::title(locale);
    let view = move || {
        let filter = Group::ALL
            .into_iter()
            .map(|other| {
                let current = (other == group).then_some("true");
                view! { <li><a href=address(other, None) aria-current=current>{other.name(locale)}</a></li> }
            })
            .collect_view();
        let list = if events.is_empty() {
            view! { <p class="quiet">{i18n::activity::empty(locale)}</p> }.into_any()
        } else {
            items(&cx, events).into_any()
        };
        let newest = before.map(|_| {
            view! { <a class="button second fit" href=address(group, None)>{i18n::activity::newest(locale)}</a> }
        });
        let older =
            older.map(|path| view! { <a class="button second fit" href=path rel="next">{i18n::activity::older(locale)}</a> });
        let zone = match account.time_zone() {
            Some(name) => i18n::activity::zone(locale, name.replace('_', " ")),
            None => i18n::activity::zone_unset(locale).to_owned(),
        };
        let content = view! {
            <div class="stack">
                <h1>{title}</h1>
                <p class="quiet">{i18n::activity::about(locale)}</p>
                <nav aria-label=i18n::activity::filter(locale)><ul class="filter">{filter}</ul></nav>
                {list}
                {(newest.is_some() || older.is_some()).then(|| view! { <nav class="row" aria-label=i18n::activity::pages(locale)>{newest}{older}</nav> })}
                <p class="quiet small">{zone}" "<a href="/account/profile">{i18n::code::change(locale)}</a></p>
            </div>
        };
        account_frame(locale, Place::Activity, content).into_any()
    };
    // With a zone of one's own nothing is left for the browser to do.
    Ok(Page { frame: Frame::Home, islands: no_zone, form: false, ..Page::new(title, view) })
}

fn address(group: Group, before: Option<&str>) -> String {
    let kind = Some(group.as_str()).filter(|kind| !kind.is_empty());
    let query = [("kind", kind), ("before", before)];
    let query: Vec<String> = query
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| format!("{name}={value}")))
        .collect();
    if query.is_empty() { SCREEN.to_owned() } else { format!("{SCREEN}?{}", query.join("&")) }
}

/// Events as a list, for this screen and for the hub.
pub(crate) fn items(cx: &Cx, events: Vec<Event>) -> impl IntoView + use<> {
    let (locale, zone) = (cx.locale, cx.zone());
    let items = events
        .into_iter()
        .map(|event| {
            let place = cx.app.geo.place(locale, &event.network);
            item(event, place, locale, &zone)
        })
        .collect_view();
    view! { <ul class="card list events">{items}</ul> }
}

fn item(event: Event, place: Option<String>, locale: Locale, zone: &Zone) -> impl IntoView + use<> {
    let warning = EventKind::parse(&event.kind).is_some_and(words::is_warning);
    let sign = if warning { Icon::Alert } else { Icon::Check };
    let from = origin(&event, place, locale);
    view! {
        <li class:warning=warning>
            <span class="sign">{icon(sign)}</span>
            <div class="what">
                <p>{words::words(&event, locale)}</p>
                {from.map(|from| view! { <p class="quiet small">{from}</p> })}
            </div>
            <span class="quiet small at">{full_time(locale, zone, event.at)}</span>
        </li>
    }
}

/// Browser and place; nothing for letters, which come from us.
fn origin(event: &Event, place: Option<String>, locale: Locale) -> Option<String> {
    if event.network == COMMAND_LINE {
        return Some(i18n::activity::by_shop(locale).to_owned());
    }
    if event.network.is_empty() {
        return None;
    }
    let place = place.unwrap_or_else(|| event.network.clone());
    Some(format!("{} · {place}", when::browser(locale, &event.user_agent)))
}
