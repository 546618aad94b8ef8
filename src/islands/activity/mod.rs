//! The activity of an account, day by day. Other groups and older events are shown in place, and the address follows.

mod days;

use leptos::{ev, prelude::*, serde_json, task::spawn_local, wasm_bindgen::JsValue};
use serde::{Deserialize, Serialize};

use super::{
    alive,
    local_time::Moment,
    post::{here, is_plain_click},
};
use crate::components::alert::{Alert, Tone};
use days::{Days, by_day};

/// An event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityEntry {
    /// Its id.
    pub id: String,
    /// What happened, and whether an email reported it.
    pub words: String,
    /// Where it came from.
    pub origin: Option<String>,
    /// Whether it is, or may be, bad news.
    pub is_warning: bool,
    /// When it happened.
    pub moment: Moment,
    /// The day, as the server knows it.
    pub day: ActivityDay,
}

/// A day on which something happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityDay {
    /// The date, which identifies the day.
    pub date: String,
    /// The heading above it.
    pub heading: String,
}

/// A group of event kinds to filter by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityGroup {
    /// Its name in the address.
    pub name: String,
    /// Its label.
    pub label: String,
    /// The address that shows it.
    pub href: String,
}

/// A page of events, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityPart {
    /// The name of the group.
    pub group: String,
    /// Its events.
    pub entries: Vec<ActivityEntry>,
    /// The address of the page, ending with the number of parts shown, but without that number.
    pub address: String,
    /// How many parts it consists of.
    pub parts: u32,
    /// The address of the newest events, unless they are shown here.
    pub newest: Option<String>,
    /// The address of older events, if there are any.
    pub older: Option<String>,
    /// How many events there are, in words: on their own, and after others.
    pub said: (String, String),
}

impl ActivityPart {
    /// The media type that requests a page of events from the address of the page.
    pub const MEDIA_TYPE: &str = "application/vnd.latchkey.activity+json";
}

/// The texts of the page.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ActivityTexts {
    /// The label of the navigation between groups.
    pub filter: String,
    /// The label of the navigation between parts.
    pub pages: String,
    /// Shown when there are no events.
    pub empty: String,
    /// The link to the newest events.
    pub newest: String,
    /// The link to older events.
    pub older: String,
    /// The heading for today.
    pub today: String,
    /// The heading for yesterday.
    pub yesterday: String,
    /// Shown when the server cannot be reached.
    pub offline: String,
    /// The language tag, for dates.
    pub language: String,
}

/// What to do with a page of events that was requested.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// Append it to what is shown.
    After,
    /// Replace what is shown.
    Instead,
    /// Replace what is shown after "Back": the address has changed already.
    Back,
}

#[derive(Clone, Copy)]
struct Activity {
    part: RwSignal<ActivityPart>,
    /// The text for screen readers, announced politely.
    said: RwSignal<String>,
    /// The address of the link being followed, if any.
    followed: RwSignal<Option<String>>,
    is_lost: RwSignal<bool>,
    /// The entry that should receive the focus.
    focus: RwSignal<Option<String>>,
    /// The path and query of what is shown.
    shown: StoredValue<String>,
    /// The number of requests so far: only the response to the newest one counts.
    asked: StoredValue<u32>,
}

/// The activity of the account, with the groups to filter by and the link to older events.
#[island]
pub fn ActivityList(
    first: ActivityPart,
    groups: Vec<ActivityGroup>,
    texts: ActivityTexts,
) -> impl IntoView {
    let activity = Activity {
        part: RwSignal::new(first),
        said: RwSignal::new(String::new()),
        followed: RwSignal::new(None),
        is_lost: RwSignal::new(false),
        focus: RwSignal::new(None),
        shown: StoredValue::new(String::new()),
        asked: StoredValue::new(0),
    };
    if cfg!(feature = "hydrate") {
        activity.shown.set_value(here());
        let back = window_event_listener_untyped("popstate", move |_| activity.go_back());
        on_cleanup(move || back.remove());
    }
    let alive = alive();
    let Activity { part, followed, is_lost, .. } = activity;
    let ActivityTexts { filter, pages, empty, newest, older, today, yesterday, offline, language } =
        texts;
    let days = Memo::new(move |_| {
        by_day(&part.read().entries, alive.get(), &language, &today, &yesterday)
    });
    let is_empty = Memo::new(move |_| part.read().entries.is_empty());
    let lost = move || {
        let words = is_lost.get().then(|| offline.clone());
        words.map(|words| view! { <Alert tone=Tone::Bad><p>{words}</p></Alert> })
    };
    view! {
        <Groups activity groups label=filter/>
        <div class="days" aria-busy=move || followed.read().is_some().then_some("true")>
            {move || is_empty.get().then(|| view! { <p class="quiet">{empty.clone()}</p> })}
            <Days days focus=activity.focus/>
        </div>
        {lost}
        <PartLinks activity label=pages newest older/>
        <p class="unseen" role="status">{activity.said}</p>
    }
}

/// The navigation between groups.
#[component]
fn Groups(activity: Activity, groups: Vec<ActivityGroup>, label: String) -> impl IntoView {
    let links = groups.into_iter().map(|ActivityGroup { name, label, href }| {
        let address = href.clone();
        let is_current = Memo::new(move |_| activity.part.read().group == name);
        let follow = move |event: ev::MouseEvent| activity.follow(&event, &href, How::Instead);
        view! {
            <li>
                <a
                    href=address
                    aria-current=move || is_current.get().then_some("true")
                    on:click=follow
                >
                    {label}
                </a>
            </li>
        }
    });
    view! {
        <nav aria-label=label>
            <ul class="filter">{links.collect_view()}</ul>
        </nav>
    }
}

/// The navigation between parts, where there is more than one.
#[component]
fn PartLinks(activity: Activity, label: String, newest: String, older: String) -> impl IntoView {
    let part = activity.part;
    let to_newest = Memo::new(move |_| part.read().newest.clone());
    let to_older = Memo::new(move |_| part.read().older.clone());
    move || {
        let link = |to: Memo<Option<String>>, words: &str, rel, how| {
            let words = words.to_owned();
            to.get().map(move |href| view! { <PartLink activity href words rel how/> })
        };
        let newest = link(to_newest, &newest, None, How::Instead);
        let older = link(to_older, &older, Some("next"), How::After);
        let is_any = newest.is_some() || older.is_some();
        is_any.then(|| {
            view! { <nav class="row" aria-label=label.clone()>{newest}{older}</nav> }
        })
    }
}

/// A link to newer or older events.
#[component]
fn PartLink(
    activity: Activity,
    href: String,
    words: String,
    rel: Option<&'static str>,
    how: How,
) -> impl IntoView {
    let (address, followed) = (href.clone(), href.clone());
    let is_busy = move || activity.followed.read().as_ref() == Some(&followed);
    let follow = move |event: ev::MouseEvent| activity.follow(&event, &href, how);
    view! {
        <a
            class="button second fit"
            href=address
            rel=rel
            aria-busy=move || is_busy().then_some("true")
            on:click=follow
        >
            {words}
        </a>
    }
}

impl Activity {
    fn follow(self, event: &ev::MouseEvent, href: &str, how: How) {
        if !is_plain_click(event) {
            return;
        }
        event.prevent_default();
        self.load(href.to_owned(), how);
    }

    /// Handles "Back" and "Forward".
    fn go_back(self) {
        let address = here();
        // A jump within the page triggers this event as well.
        if self.shown.get_value() != address {
            self.load(address, How::Back);
        }
    }

    fn load(self, href: String, how: How) {
        let turn = self.asked.get_value() + 1;
        self.asked.set_value(turn);
        self.is_lost.set(false);
        self.followed.set(Some(href.clone()));
        spawn_local(async move {
            let answer = ask(&href).await;
            if self.asked.try_get_value() != Some(turn) {
                return;
            }
            self.followed.set(None);
            match answer {
                Ok(Some(part)) => self.show(part, href, how),
                // The user may be signed out: the page then says so.
                Ok(None) => {
                    let _ = location().assign(&href);
                }
                Err(Unreached) => self.is_lost.set(true),
            }
        });
    }

    fn show(self, new: ActivityPart, href: String, how: How) {
        let history = window().history().ok();
        if how == How::After {
            self.said.set(new.said.1);
            self.focus.set(new.entries.first().map(|entry| entry.id.clone()));
            self.part.update(|part| {
                part.entries.extend(new.entries);
                part.older = new.older;
                part.parts += 1;
            });
            let address = {
                let part = self.part.read_untracked();
                [part.address.as_str(), &part.parts.to_string()].concat()
            };
            if let Some(history) = history {
                let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
            }
        } else {
            if let Some(history) = history.filter(|_| how == How::Instead && href != here()) {
                let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&href));
            }
            self.focus.set(None);
            self.said.set(new.said.0.clone());
            self.part.set(new);
        }
        self.shown.set_value(here());
    }
}

/// The server cannot be reached.
struct Unreached;

/// Requests the events at an address; returns `None` if the response contains none.
async fn ask(href: &str) -> Result<Option<ActivityPart>, Unreached> {
    let request = gloo_net::http::Request::get(href).header("accept", ActivityPart::MEDIA_TYPE);
    let answer = request.send().await.map_err(|_| Unreached)?;
    if !answer.ok() {
        return Ok(None);
    }
    let text = answer.text().await.map_err(|_| Unreached)?;
    Ok(serde_json::from_str(&text).ok())
}
