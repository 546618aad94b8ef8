use leptos::{
    prelude::*,
    web_sys::{Notification, NotificationPermission, js_sys::Reflect},
};

use super::{super::alive, ConsoleState, QueueEntry};

/// The queue of waiting and other open conversations; below it the buttons for notifications and shortcuts.
#[island]
pub fn ConsoleQueue() -> impl IntoView {
    let state = expect_context::<ConsoleState>();
    let texts = state.texts.get_value();
    let queue = state.queue;
    let filters = move || {
        let filters = queue.read().filters.clone().into_iter();
        let links = filters.map(|(href, words, is_current)| {
            view! { <li><a href=href aria-current=is_current.then_some("page")>{words}</a></li> }
        });
        links.collect_view()
    };
    let ids = move || queue.read().entries.iter().map(|entry| entry.id.clone()).collect::<Vec<_>>();
    view! {
        <div id="queue" class="stack">
            <p class="quiet small">{move || queue.read().waiting.clone()}</p>
            <nav aria-label=texts.filter><ul class="filter">{filters}</ul></nav>
            {move || queue.read().empty.clone().map(|words| view! { <p class="quiet">{words}</p> })}
            <ol class="queue" node_ref=state.list>
                <For each=ids key=String::clone let:id>
                    <Entry id/>
                </For>
            </ol>
        </div>
        <p class="row needs-script">
            <NotifyButton label=texts.notify_me/>
            <button class="button plain" type="button" on:click=move |_| state.show_keys()>
                {texts.keys.0}
            </button>
        </p>
    }
}

/// An entry: a link that opens the conversation beside the others.
#[component]
fn Entry(id: String) -> impl IntoView {
    let queue = expect_context::<ConsoleState>().queue;
    let link_id = ["q-", &id].concat();
    let entry = Memo::new(move |before: Option<&QueueEntry>| {
        let queue = queue.read();
        let entry = queue.entries.iter().find(|entry| entry.id == id);
        // An entry that is about to be removed stays as it was.
        entry.or(before).cloned().unwrap_or_default()
    });
    let name = move || entry.read().name.clone();
    let tongue = move || entry.read().tongue.clone();
    view! {
        <li
            class:waiting=move || entry.read().is_waiting
            class:unread=move || entry.read().unread.is_some()
        >
            <a
                id=link_id
                href=move || entry.read().href.clone()
                aria-current=move || entry.read().is_open.then_some("true")
            >
                <span class="line">
                    <b>{move || name().0}</b>" "<span class="quiet small">{move || name().1}</span>
                    <Tongue tongue/>
                </span>
                <span class="line small">
                    <span class="state">{move || entry.read().state.clone()}</span>
                    {move || entry.read().unread.clone().map(|words| {
                        view! { <span class="unread-mark">{words}</span> }
                    })}
                </span>
                <span class="line quiet small">{move || entry.read().about.clone()}</span>
                <span class="preview small" dir="auto">{move || entry.read().preview.clone()}</span>
            </a>
        </li>
    }
}

/// The language of a user, marked where it differs from the reader's.
#[component]
pub(super) fn Tongue(
    tongue: impl Fn() -> super::Tongue + Copy + Send + Sync + 'static,
) -> impl IntoView {
    view! {
        <span class="tongue" class:other=move || tongue().2 lang=move || tongue().0>
            {move || tongue().1}
        </span>
    }
}

/// The button that asks for permission to show notifications; shown while the user has not decided yet.
#[component]
fn NotifyButton(label: String) -> impl IntoView {
    let alive = alive();
    let is_asked = RwSignal::new(false);
    let may_ask = move || alive.get() && !is_asked.get() && is_undecided();
    let ask = move |_| {
        let _ = Notification::request_permission();
        is_asked.set(true);
    };
    view! {
        <button class="button plain" type="button" hidden=move || !may_ask() on:click=ask>{label}</button>
    }
}

/// Returns whether the user has not decided yet. Not every browser has notifications.
fn is_undecided() -> bool {
    Reflect::has(&window(), &"Notification".into()) == Ok(true)
        && Notification::permission() == NotificationPermission::Default
}
