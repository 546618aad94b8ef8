use std::sync::Arc;

use leptos::{
    html,
    prelude::*,
    wasm_bindgen::JsValue,
    web_sys::js_sys::{Array, Intl::DateTimeFormat, Object, Reflect},
};

use super::text_input::{add_field, focus};
use crate::components::form::notes::Notes;

/// A choice among several values.
#[island(lazy)]
pub fn SelectInput(
    /// Name and id.
    #[prop(into)]
    name: String,
    #[prop(into)] label: String,
    hint: Option<String>,
    /// Values and what they are called; the empty one stands for none.
    options: Vec<(String, String)>,
    /// The value that is chosen; empty if none is.
    chosen: String,
    error: Option<String>,
) -> impl IntoView {
    let select = NodeRef::new();
    view! { <SelectField name label hint options chosen error select on_change=|| ()/> }
}

/// The choice of a time zone. Until one is chosen the browser proposes its own: it counts once the form is sent.
#[island(lazy)]
pub fn TimeZoneSelect(
    /// Name and id.
    #[prop(into)]
    name: String,
    #[prop(into)] label: String,
    hint: Option<String>,
    /// See [`SelectInput`].
    options: Vec<(String, String)>,
    /// See [`SelectInput`].
    chosen: String,
    error: Option<String>,
    /// What is said of the browser's proposal.
    proposal: String,
) -> impl IntoView {
    let select = NodeRef::<html::Select>::new();
    let is_proposed = RwSignal::new(false);
    let may_propose = chosen.is_empty();
    let own = if may_propose { browser_zone() } else { None };
    let own = own.filter(|zone| options.iter().any(|(value, _)| value == zone));
    Effect::new(move |_| {
        // What the user chose before the island was alive stays.
        if let (Some(select), Some(zone)) = (select.get(), &own)
            && select.value().is_empty()
        {
            select.set_value(zone);
            is_proposed.set(true);
        }
    });
    let status = may_propose.then(|| {
        let words = move || is_proposed.get().then(|| proposal.clone());
        view! { <p class="quiet small proposal" role="status">{words}</p> }
    });
    // Chosen by hand: nothing is proposed.
    let on_change = move || is_proposed.set(false);
    view! {
        <SelectField name label hint options chosen error select on_change/>
        {status}
    }
}

/// A choice with its label and its notes.
#[component]
fn SelectField(
    name: String,
    label: String,
    hint: Option<String>,
    options: Vec<(String, String)>,
    chosen: String,
    error: Option<String>,
    select: NodeRef<html::Select>,
    on_change: impl Fn() + Send + Sync + 'static,
) -> impl IntoView {
    let field = add_field(&name, error, Arc::new(move || focus(select)));
    let options = options.into_iter().map(|(value, words)| {
        let is_chosen = value == chosen;
        view! { <option value=value selected=is_chosen>{words}</option> }
    });
    let change = move |_| {
        on_change();
        // Chosen anew, nothing wrong with it is known any more.
        field.error.set(None);
    };
    view! {
        <div class="field" class:refused=move || field.error.read().is_some()>
            <label for=name.clone()>{label}</label>
            <select
                node_ref=select
                class="input"
                id=name.clone()
                name=name.clone()
                aria-describedby=field.described_by(&name, hint.is_some())
                aria-invalid=move || field.error.read().is_some().then_some("true")
                on:change=change
            >
                {options.collect_view()}
            </select>
            <Notes name hint error=field.error/>
        </div>
    }
}

/// The time zone of the browser, if it says; nothing on the server.
fn browser_zone() -> Option<String> {
    if !cfg!(feature = "hydrate") {
        return None;
    }
    let options = DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    Reflect::get(&options, &JsValue::from_str("timeZone")).ok()?.as_string()
}
