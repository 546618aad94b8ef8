//! Activity: what happened, day by day. Another group, and what is older, are shown in place; the address goes along.

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

/// What happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityEntry {
    /// Its id.
    pub id: String,
    /// What, and whether an email told of it.
    pub words: String,
    /// From where.
    pub origin: Option<String>,
    /// Whether it is bad news, or might be.
    pub is_warning: bool,
    /// When.
    pub moment: Moment,
    /// The day, as the server knows it.
    pub day: ActivityDay,
}

/// A day on which something happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityDay {
    /// By which it is told from others.
    pub date: String,
    /// What stands above it.
    pub heading: String,
}

/// A group of kinds, to choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityGroup {
    /// As in the address.
    pub name: String,
    /// In words.
    pub label: String,
    /// Where it is shown.
    pub href: String,
}

/// A part of what happened, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityPart {
    /// The name of the group.
    pub group: String,
    /// What happened.
    pub entries: Vec<ActivityEntry>,
    /// Where it begins: an address that ends with how many parts are shown, without the number.
    pub address: String,
    /// How many parts it is.
    pub parts: u32,
    /// Where the newest is, unless it is here.
    pub newest: Option<String>,
    /// Where it goes on, if it does.
    pub older: Option<String>,
    /// How many there are, in words, alone and after others.
    pub said: (String, String),
}

impl ActivityPart {
    /// The media type by which one is asked for at the address of the page.
    pub const MEDIA_TYPE: &str = "application/vnd.latchkey.activity+json";
}

/// What the page says.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ActivityTexts {
    /// The name of the navigation between groups.
    pub filter: String,
    /// That of the one between parts.
    pub pages: String,
    /// When there is nothing.
    pub empty: String,
    /// On the way to the newest events.
    pub newest: String,
    /// On the way to older ones.
    pub older: String,
    /// Above what happened today.
    pub today: String,
    /// Above what happened the day before.
    pub yesterday: String,
    /// When the server could not be reached.
    pub offline: String,
    /// The tag of the language, for dates.
    pub language: String,
}

/// What becomes of a part that was asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// It follows what is there.
    After,
    /// It takes the place of what is there.
    Instead,
    /// As before: the address is there already.
    Back,
}

#[derive(Clone, Copy)]
struct Activity {
    part: RwSignal<ActivityPart>,
    /// What is said politely.
    said: RwSignal<String>,
    /// The link that is being followed, if any is.
    followed: RwSignal<Option<String>>,
    is_lost: RwSignal<bool>,
    /// The entry that is to have the focus.
    focus: RwSignal<Option<String>>,
    /// Path and query that are shown.
    shown: StoredValue<String>,
    /// How many parts were asked for: only the newest answer counts.
    asked: StoredValue<u32>,
}

/// What happened to the account, with the groups to choose from and the way to what is older.
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
    let links = groups.into_iter().map(|ActivityGroup { name, label, href }| {
        let address = href.clone();
        let is_current = Memo::new(move |_| part.read().group == name);
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
    let links = links.collect_view();
    let to_newest = Memo::new(move |_| part.read().newest.clone());
    let to_older = Memo::new(move |_| part.read().older.clone());
    let redirect = move || {
        let link = |to: Memo<Option<String>>, words: &str, rel, how| {
            let words = words.to_owned();
            to.get().map(move |href| view! { <PartLink activity href words rel how/> })
        };
        let newest = link(to_newest, &newest, None, How::Instead);
        let older = link(to_older, &older, Some("next"), How::After);
        let is_any = newest.is_some() || older.is_some();
        is_any.then(|| {
            view! { <nav class="row" aria-label=pages.clone()>{newest}{older}</nav> }
        })
    };
    let lost = move || {
        let words = is_lost.get().then(|| offline.clone());
        words.map(|words| view! { <Alert tone=Tone::Bad><p>{words}</p></Alert> })
    };
    view! {
        <nav aria-label=filter>
            <ul class="filter">{links}</ul>
        </nav>
        <div class="days" aria-busy=move || followed.read().is_some().then_some("true")>
            {move || is_empty.get().then(|| view! { <p class="quiet">{empty.clone()}</p> })}
            <Days days focus=activity.focus/>
        </div>
        {lost}
        {redirect}
        <p class="unseen" role="status">{activity.said}</p>
    }
}

/// A way to newer or older events.
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

    /// "Back", or "Forward".
    fn go_back(self) {
        let address = here();
        // A jump within the page is one, too.
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
                // Signed out, perhaps: the page says so.
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

/// The server could not be reached.
struct Unreached;

/// The part at an address; `None` if the server gives none.
async fn ask(href: &str) -> Result<Option<ActivityPart>, Unreached> {
    let request = gloo_net::http::Request::get(href).header("accept", ActivityPart::MEDIA_TYPE);
    let answer = request.send().await.map_err(|_| Unreached)?;
    if !answer.ok() {
        return Ok(None);
    }
    let text = answer.text().await.map_err(|_| Unreached)?;
    Ok(serde_json::from_str(&text).ok())
}
