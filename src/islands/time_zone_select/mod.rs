//! The time zone field.

mod zones;

use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast as _, JsValue},
    web_sys::js_sys::{Array, Intl::DateTimeFormat, Object, Reflect},
};
use serde::{Deserialize, Serialize};

use self::zones::Zones;
use super::{alive, text_input::focus};
use crate::components::form::notes::Notes;

/// The texts of the time zone field.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct TimeZoneTexts {
    /// Its label.
    pub label: String,
    /// Its hint.
    pub hint: String,
    /// How to search, for users who see no list.
    pub search: String,
    /// The note about the browser's proposal.
    pub proposal: String,
    /// The accessible name of the list of matches.
    pub list: String,
    /// The option that stands for no time zone.
    pub none: String,
    /// The messages when no time zone matches what was typed: while the user types, and after leaving the field.
    pub unknown: (String, String),
}

/// The time zone field: without script a select, with script a combobox (as in the APG) that searches by part of the
/// name. Until the user chooses one the browser's own time zone is proposed; it is saved when the form is sent.
#[island]
pub fn TimeZoneSelect(
    /// Name and id.
    #[prop(into)]
    name: String,
    /// The names to choose from, separated by spaces: a list of them would be sent with its quotation marks escaped.
    zones: String,
    /// The selected value; empty if there is none.
    chosen: String,
    error: Option<String>,
    texts: TimeZoneTexts,
) -> impl IntoView {
    let TimeZoneTexts { label, hint, search, proposal, list, none, unknown } = texts;
    let may_propose = chosen.is_empty();
    let all = choices(&zones, &chosen, &none);
    let state = Zones::new(&name, all.clone(), error, unknown.1);
    let Zones { field, is_proposed, .. } = state;
    let alive = alive();
    show_when_alive(state, alive, name.clone(), may_propose);
    if let Some(form) = state.form {
        Effect::new(move |_| {
            if form.saves.get() > 0 {
                is_proposed.set(false);
            }
        });
    }
    let status = may_propose.then(|| {
        let words = move || is_proposed.get().then(|| proposal.clone());
        view! { <p class="quiet small proposal" role="status">{words}</p> }
    });
    view! {
        <div class="field" class:refused=move || field.error.read().is_some()>
            <label for=name.clone()>{label}</label>
            <ZoneSelect state alive name=name.clone() all chosen/>
            <div class="zones" hidden=move || !alive.get()>
                <ZoneInput state alive name=name.clone() placeholder=none/>
                <ZoneList state name=name.clone() label=list/>
                <p class="vain" class:shown=move || state.is_in_vain() role="status">
                    {move || state.is_in_vain().then(|| unknown.0.clone())}
                </p>
            </div>
            <Notes name=name.clone() hint=None error=field.error/>
            <small class="quiet" id=[&name, "-hint"].concat()>
                {hint}<span class="needs-script">" "{search}</span>
            </small>
        </div>
        {status}
    }
}

/// Returns values and labels, which are not sent twice: the empty value stands for none. A chosen zone that is not in
/// the list is added: it would be lost with the next "Save".
fn choices(zones: &str, chosen: &str, none: &str) -> Vec<(String, String)> {
    let is_listed = chosen.is_empty() || zones.split(' ').any(|zone| zone == chosen);
    let added = (!is_listed).then_some(chosen);
    let zones = added.into_iter().chain(zones.split(' '));
    let labelled = zones.map(|zone| (zone.to_owned(), zone.replace('_', " ")));
    std::iter::once((String::new(), none.to_owned())).chain(labelled).collect()
}

/// Shows the chosen zone in the input once it is alive, or proposes the browser's own.
fn show_when_alive(state: Zones, alive: RwSignal<bool>, name: String, may_propose: bool) {
    let own = if may_propose { browser_zone() } else { None };
    Effect::new(move |_| {
        if !alive.get() {
            return;
        }
        let Some(select) = state.select.get() else { return };
        // A choice that the user made before hydration is kept.
        let own = own.clone().filter(|own| select.value().is_empty() && state.knows(own));
        if let Some(own) = own {
            select.set_value(&own);
            state.is_proposed.set(true);
            if let Some(form) = state.form {
                form.proposed.set(vec![(name.clone(), own)]);
            }
        }
        state.show_chosen();
        if document().active_element().as_ref() == Some(select.unchecked_ref()) {
            request_animation_frame(move || focus(state.input));
        }
    });
}

/// Without script this is the visible control; with script it only holds the posted value.
#[component]
fn ZoneSelect(
    state: Zones,
    alive: RwSignal<bool>,
    name: String,
    all: Vec<(String, String)>,
    chosen: String,
) -> impl IntoView {
    let Zones { field, select, .. } = state;
    let options = all.into_iter().map(|(value, words)| {
        let is_chosen = value == chosen;
        view! { <option value=value selected=is_chosen>{words}</option> }
    });
    let options = options.collect_view();
    let id = name.clone();
    view! {
        <select
            node_ref=select
            class=move || if alive.get() { "unseen" } else { "input" }
            id=move || (!alive.get()).then(|| id.clone())
            name=name.clone()
            tabindex=move || alive.get().then_some("-1")
            aria-hidden=move || alive.get().then_some("true")
            aria-describedby=field.described_by(&name, true)
            aria-invalid=move || field.error.read().is_some().then_some("true")
        >
            {options}
        </select>
    }
}

/// The input of the combobox.
#[component]
fn ZoneInput(
    state: Zones,
    alive: RwSignal<bool>,
    name: String,
    placeholder: String,
) -> impl IntoView {
    let Zones { field, input, active, .. } = state;
    let id = name.clone();
    let described_by = field.described_by(&name, true);
    let list_id = list_id(&name);
    let active_id =
        move || active.get().filter(|_| state.is_open()).map(|place| option_id(&name, place));
    view! {
        <input
            node_ref=input
            class="input"
            id=move || alive.get().then(|| id.clone())
            type="text"
            role="combobox"
            autocomplete="off"
            autocapitalize="words"
            spellcheck="false"
            enterkeyhint="done"
            maxlength="100"
            placeholder=placeholder
            aria-autocomplete="list"
            aria-expanded=move || state.is_open().to_string()
            aria-controls=list_id
            aria-activedescendant=active_id
            aria-describedby=described_by
            aria-invalid=move || field.error.read().is_some().then_some("true")
            on:input=move |_| state.search()
            on:click=move |_| state.open()
            on:keydown=move |event| state.key(&event)
            on:blur=move |_| state.settle()
        />
    }
}

/// The matches, while the list is open.
#[component]
fn ZoneList(state: Zones, name: String, label: String) -> impl IntoView {
    let Zones { popup, found, active, .. } = state;
    let list_id = list_id(&name);
    let shown = move || {
        let found = found.get().unwrap_or_default().into_iter().enumerate();
        let shown = found.map(|(place, zone)| {
            let is_active = move || active.get() == Some(place);
            view! {
                <li
                    id=option_id(&name, place)
                    role="option"
                    aria-selected=move || is_active().to_string()
                    on:click=move |_| state.choose(zone)
                >
                    {state.words(zone)}
                </li>
            }
        });
        shown.collect_view()
    };
    view! {
        <ul
            node_ref=popup
            id=list_id
            role="listbox"
            aria-label=label
            hidden=move || !state.is_open()
            // Keeps the focus in the input.
            on:mousedown=move |event| event.prevent_default()
        >
            {shown}
        </ul>
    }
}

fn list_id(name: &str) -> String {
    [name, "-list"].concat()
}

fn option_id(name: &str, place: usize) -> String {
    [name, "-", &place.to_string()].concat()
}

/// Returns the browser's time zone, if it is known; `None` on the server.
fn browser_zone() -> Option<String> {
    if !cfg!(feature = "hydrate") {
        return None;
    }
    let options = DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    Reflect::get(&options, &JsValue::from_str("timeZone")).ok()?.as_string()
}
