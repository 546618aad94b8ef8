use leptos::{
    html,
    prelude::*,
    wasm_bindgen::JsValue,
    web_sys::js_sys::{Date, Object, Reflect},
};

use super::{super::local_time::Time, ActivityDay, ActivityEntry};
use crate::components::icon::{Icon, IconKind};

/// A day and its events.
pub(super) type Day = (ActivityDay, Vec<ActivityEntry>);

/// Groups events by day. Where the server does not know the reader's time zone, the days are those of the browser once
/// the island `is_alive`.
pub(super) fn by_day(
    entries: &[ActivityEntry],
    is_alive: bool,
    language: &str,
    today: &str,
    yesterday: &str,
) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for entry in entries {
        let local = || local_day(&entry.moment.datetime, language, today, yesterday);
        let is_local = is_alive && entry.moment.is_utc;
        let day = is_local.then(local).flatten().unwrap_or_else(|| entry.day.clone());
        match days.last_mut() {
            Some((last, entries)) if last.date == day.date => entries.push(entry.clone()),
            _ => days.push((day, vec![entry.clone()])),
        }
    }
    days
}

/// Returns the day in the browser's time zone.
fn local_day(datetime: &str, language: &str, today: &str, yesterday: &str) -> Option<ActivityDay> {
    // As the server formats English dates: the day first.
    let language = if language == "en" { "en-GB" } else { language };
    let how = Object::new();
    Reflect::set(&how, &JsValue::from_str("dateStyle"), &JsValue::from_str("long")).ok()?;
    let words = |date: &Date| date.to_locale_date_string(language, &how).as_string();
    let date = words(&Date::new(&datetime.into()))?;
    let before = Date::new_0();
    let heading = if words(&before)? == date {
        today
    } else {
        before.set_date(before.get_date().wrapping_sub(1));
        if words(&before)? == date { yesterday } else { &date }
    };
    Some(ActivityDay { heading: heading.to_owned(), date })
}

/// A heading and a list of events for each day.
#[component]
pub(super) fn Days(days: Memo<Vec<Day>>, focus: RwSignal<Option<String>>) -> impl IntoView {
    let dates =
        move || days.read().iter().map(|(day, _)| day.date.clone()).collect::<Vec<String>>();
    view! {
        <For each=dates key=String::clone let:date>
            <DayList days date focus/>
        </For>
    }
}

#[component]
fn DayList(days: Memo<Vec<Day>>, date: String, focus: RwSignal<Option<String>>) -> impl IntoView {
    let day = Memo::new(move |before: Option<&Day>| {
        let days = days.read();
        let day = days.iter().find(|(day, _)| day.date == date);
        // A day that is about to be removed stays as it was.
        day.or(before).cloned().unwrap_or_default()
    });
    view! {
        <section class="day">
            <h2>{move || day.read().0.heading.clone()}</h2>
            <ul class="card list events">
                <For each=move || day.read().1.clone() key=|entry| entry.id.clone() let:entry>
                    <Entry entry focus/>
                </For>
            </ul>
        </section>
    }
}

#[component]
fn Entry(entry: ActivityEntry, focus: RwSignal<Option<String>>) -> impl IntoView {
    let ActivityEntry { id, words, origin, is_warning, moment, .. } = entry;
    let element = NodeRef::<html::Li>::new();
    Effect::new(move |_| {
        if let Some(element) = element.get().filter(|_| focus.read().as_ref() == Some(&id)) {
            let _ = element.focus();
        }
    });
    let kind = if is_warning { IconKind::ALERT } else { IconKind::CHECK };
    view! {
        // The first of the older entries that were loaded takes the focus.
        <li node_ref=element tabindex="-1" class:warning=is_warning>
            <span class="sign"><Icon kind/></span>
            <div class="what">
                <p>{words}</p>
                {origin.map(|origin| view! { <p class="quiet small">{origin}</p> })}
            </div>
            <span class="quiet small at"><Time moment/></span>
        </li>
    }
}
