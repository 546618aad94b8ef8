//! The page of activity.

use axum::response::Response;
use leptos::prelude::*;

use super::{
    ACTIVITY,
    words::{self, Group},
};
use crate::{
    components::{
        icon::{Icon, IconKind},
        layout::{AccountLayout, AccountPlace, Title, use_request},
        time::DateTime,
    },
    i18n::{Texts, use_texts},
    server::{
        client::COMMAND_LINE,
        events::{self, Event, EventKind},
        http::{
            context::Cx,
            draft::Draft,
            extract::CurrentUser,
            page::{PageError, page},
        },
        when,
    },
};

/// Events on one page.
const PAGE: i64 = 20;

/// `GET /account/activity?kind=…&before=…`
pub async fn list(CurrentUser(user): CurrentUser, cx: Cx) -> Result<Response, PageError> {
    let account = user.account;
    let asked = cx.query("kind").unwrap_or_default();
    let group = Group::ALL.into_iter().find(|group| group.as_str() == asked).unwrap_or(Group::All);
    let before = cx.query("before");
    // One more than is shown tells whether there is more.
    let mut events =
        events::list(&cx.app.db, &account.id, &group.kinds(), before.as_deref(), PAGE + 1).await?;
    let shown = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let has_more = events.len() > shown;
    events.truncate(shown);
    let older = events.last().filter(|_| has_more).map(|last| address(group, Some(&last.id)));
    let newest = before.map(|_| address(group, None));
    let zone = account.time_zone().map(str::to_owned);
    let view = move || view! { <ActivityPage group events newest older zone/> };
    Ok(page(cx, Draft::default(), view).await)
}

/// The address of the list of a group, from its newest event on or of what was `before` another.
fn address(group: Group, before: Option<&str>) -> String {
    let kind = Some(group.as_str()).filter(|kind| !kind.is_empty());
    let query = [("kind", kind), ("before", before)];
    let query: Vec<String> = query
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| format!("{name}={value}")))
        .collect();
    if query.is_empty() { ACTIVITY.to_owned() } else { format!("{ACTIVITY}?{}", query.join("&")) }
}

/// `/account/activity`
#[component]
pub fn ActivityPage(
    group: Group,
    events: Vec<Event>,
    /// Where the newest events are, unless they are here.
    newest: Option<String>,
    /// Where older ones are, if there are any.
    older: Option<String>,
    /// The name of the user's time zone.
    zone: Option<String>,
) -> impl IntoView {
    let texts = use_texts();
    let t = texts.activity();
    let is_empty = events.is_empty();
    let zone = match zone {
        Some(name) => t.zone(name.replace('_', " ")),
        None => t.zone_unset().to_owned(),
    };
    view! {
        <Title text=t.title()/>
        <AccountLayout place=AccountPlace::Activity>
            <div class="stack">
                <h1>{t.title()}</h1>
                <p class="quiet">{t.about()}</p>
                <GroupFilter group/>
                {is_empty.then(|| view! { <p class="quiet">{t.empty()}</p> })}
                {(!is_empty).then(|| view! { <EventList events/> })}
                <Pagination newest older/>
                <p class="quiet small">{zone}" "<a href="/account/profile">{texts.code().change()}</a></p>
            </div>
        </AccountLayout>
    }
}

/// The groups to choose from.
#[component]
fn GroupFilter(group: Group) -> impl IntoView {
    let t = use_texts();
    let groups = Group::ALL.into_iter().map(|other| {
        let current = (other == group).then_some("true");
        view! { <li><a href=address(other, None) aria-current=current>{other.name(t.0)}</a></li> }
    });
    view! {
        <nav aria-label=t.activity().filter()>
            <ul class="filter">{groups.collect_view()}</ul>
        </nav>
    }
}

/// The way to newer and older events, if there are any.
#[component]
fn Pagination(newest: Option<String>, older: Option<String>) -> impl IntoView {
    let t = use_texts().activity();
    (newest.is_some() || older.is_some()).then(|| {
        let newest = newest.map(|href| {
            view! { <a class="button second fit" href=href>{t.newest()}</a> }
        });
        let older = older.map(|href| {
            view! { <a class="button second fit" href=href rel="next">{t.older()}</a> }
        });
        view! { <nav class="row" aria-label=t.pages()>{newest}{older}</nav> }
    })
}

/// What happened, for this page and for the hub.
#[component]
pub fn EventList(events: Vec<Event>) -> impl IntoView {
    let items = events.into_iter().map(|event| view! { <EventItem event/> });
    view! { <ul class="card list events">{items.collect_view()}</ul> }
}

#[component]
fn EventItem(event: Event) -> impl IntoView {
    let t = use_texts();
    let is_warning = EventKind::parse(&event.kind).is_some_and(words::is_warning);
    let kind = if is_warning { IconKind::ALERT } else { IconKind::CHECK };
    let place = use_request().app.geo.place(t.0, &event.network);
    let origin = origin(&event, place, t);
    view! {
        <li class:warning=is_warning>
            <span class="sign"><Icon kind/></span>
            <div class="what">
                <p>{words::words(&event, t.0)}</p>
                {origin.map(|origin| view! { <p class="quiet small">{origin}</p> })}
            </div>
            <span class="quiet small at"><DateTime at=event.at/></span>
        </li>
    }
}

/// Browser and place; nothing for emails, which come from us.
fn origin(event: &Event, place: Option<String>, t: Texts) -> Option<String> {
    if event.network == COMMAND_LINE {
        return Some(t.activity().by_shop().to_owned());
    }
    if event.network.is_empty() {
        return None;
    }
    let place = place.unwrap_or_else(|| event.network.clone());
    Some(format!("{} · {place}", when::browser(t.0, &event.user_agent)))
}
