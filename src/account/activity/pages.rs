//! The activity page.

use axum::{
    Json,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, header};
use leptos::prelude::*;

use super::{
    ACTIVITY,
    view::{entry, origin, told},
    words::{self, Group},
};
use crate::{
    account::{AccountLayout, AccountPlace},
    components::{
        icon::{Icon, IconKind},
        layout::{Title, use_request},
        page::page,
        time::DateTime,
    },
    domain::audit::{self, Event, EventKind},
    http::{context::RequestContext, extract::CurrentUser, flash::Flash, page_error::PageError},
    i18n::{Texts, use_texts},
    islands::{ActivityGroup, ActivityList, ActivityPart, ActivityTexts},
};

/// Events per part.
const PART: i64 = 20;
/// Maximum number of parts on one page.
const MOST: u32 = 10;

/// `GET /account/activity?kind=…&before=…&parts=…`, as a page or, for its island, as JSON.
pub(crate) async fn list(
    CurrentUser(user): CurrentUser,
    headers: HeaderMap,
    request: RequestContext,
) -> Result<Response, PageError> {
    let account = user.account;
    let asked = request.query("kind").unwrap_or_default();
    let group = Group::ALL.into_iter().find(|group| group.as_str() == asked).unwrap_or(Group::All);
    let before = request.query("before");
    let parts = request.query("parts").and_then(|parts| parts.parse().ok()).unwrap_or(1);
    let parts: u32 = u32::clamp(parts, 1, MOST);
    let most = PART * i64::from(parts);
    // One event more than is shown tells whether there are more.
    let mut events =
        audit::list(&request.state.db, &account.id, &group.kinds(), before.as_deref(), most + 1)
            .await?;
    let shown = usize::try_from(most).unwrap_or(usize::MAX);
    let has_more = events.len() > shown;
    events.truncate(shown);
    let older = events.last().filter(|_| has_more).map(|last| address(group, Some(&last.id)));
    let here = address(group, before.as_deref());
    let t = Texts(request.locale).activity();
    let count = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let said = if count > 0 { (t.shown(count), t.more_shown(count)) } else { Default::default() };
    let (now, zone) = (request.state.clock.now(), request.zone());
    let entries = events.into_iter().map(|event| {
        let place = request.state.geo.place(request.locale, &event.network);
        entry(&event, place, Texts(request.locale), &zone, now)
    });
    let part = ActivityPart {
        group: group.as_str().to_owned(),
        entries: entries.collect(),
        address: format!("{here}{}parts=", if here.contains('?') { '&' } else { '?' }),
        parts,
        newest: before.map(|_| address(group, None)),
        older,
        said,
    };
    if headers.get(header::ACCEPT).is_some_and(|wanted| wanted == ActivityPart::MEDIA_TYPE) {
        let mut response = Json(part).into_response();
        let kind = HeaderValue::from_static(ActivityPart::MEDIA_TYPE);
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        return Ok(response);
    }
    let zone = account.time_zone().map(str::to_owned);
    Ok(page(request, Flash::default(), move || view! { <ActivityPage part zone/> }))
}

/// Returns the address of a group's list, from its newest event on or from those before the event `before`.
fn address(group: Group, before: Option<&str>) -> String {
    let kind = Some(group.as_str()).filter(|kind| !kind.is_empty());
    let query = [("kind", kind), ("before", before)];
    let query: Vec<(&str, &str)> =
        query.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    if query.is_empty() {
        return ACTIVITY.to_owned();
    }
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    format!("{ACTIVITY}?{query}")
}

/// `/account/activity`
#[component]
pub(crate) fn ActivityPage(
    part: ActivityPart,
    /// The name of the user's time zone.
    zone: Option<String>,
) -> impl IntoView {
    let texts = use_texts();
    let t = texts.activity();
    let zone = match zone {
        Some(name) => t.zone(name.replace('_', " ")),
        None => t.zone_unset().to_owned(),
    };
    let groups = Group::ALL.into_iter().map(move |group| ActivityGroup {
        name: group.as_str().into(),
        label: group.name(texts.0).into(),
        href: address(group, None),
    });
    let list_texts = ActivityTexts {
        filter: t.filter().into(),
        pages: t.pages().into(),
        empty: t.empty().into(),
        newest: t.newest().into(),
        older: t.older().into(),
        today: t.today().into(),
        yesterday: t.yesterday().into(),
        offline: texts.ui().offline().into(),
        language: texts.0.tag().into(),
    };
    view! {
        <Title text=t.title()/>
        <AccountLayout place=AccountPlace::Activity>
            <div class="stack">
                <h1>{t.title()}</h1>
                <p class="quiet">{t.about()}</p>
                <ActivityList first=part groups=groups.collect() texts=list_texts/>
                <p class="quiet small">{zone}" "<a href="/account/profile">{texts.code().change()}</a></p>
            </div>
        </AccountLayout>
    }
}

/// The latest events, for the account's home page.
#[component]
pub(crate) fn EventList(events: Vec<Event>) -> impl IntoView {
    let items = events.into_iter().map(|event| view! { <EventItem event/> });
    view! { <ul class="card list events">{items.collect_view()}</ul> }
}

#[component]
fn EventItem(event: Event) -> impl IntoView {
    let t = use_texts();
    let is_warning = EventKind::parse(&event.kind).is_some_and(words::is_warning);
    let kind = if is_warning { IconKind::ALERT } else { IconKind::CHECK };
    let place = use_request().state.geo.place(t.0, &event.network);
    let origin = origin(&event, place, t);
    view! {
        <li class:warning=is_warning>
            <span class="sign"><Icon kind/></span>
            <div class="what">
                <p>{told(&event, t)}</p>
                {origin.map(|origin| view! { <p class="quiet small">{origin}</p> })}
            </div>
            <span class="quiet small at"><DateTime at=event.at/></span>
        </li>
    }
}
