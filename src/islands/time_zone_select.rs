use leptos::{
    html,
    prelude::*,
    wasm_bindgen::JsValue,
    web_sys::js_sys::{Array, Intl::DateTimeFormat, Object, Reflect},
};

use crate::components::form::notes::Notes;

/// The choice of a time zone. Until one is chosen the browser proposes its own: it counts once the form is sent.
#[island(lazy)]
pub fn TimeZoneSelect(
    /// Name and id.
    #[prop(into)]
    name: String,
    #[prop(into)] label: String,
    /// Values and what they are called; the empty one stands for none.
    options: Vec<(String, String)>,
    /// The value that is chosen; empty if none is.
    chosen: String,
    hint: Option<String>,
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
    let options = options.into_iter().map(|(value, words)| {
        let is_chosen = value == chosen;
        view! { <option value=value selected=is_chosen>{words}</option> }
    });
    let status = may_propose.then(|| {
        let words = move || is_proposed.get().then(|| proposal.clone());
        view! { <p class="quiet small proposal" role="status">{words}</p> }
    });
    let error = RwSignal::new(error);
    let is_refused = move || error.read().is_some();
    let described_by = {
        let (why, hint) =
            ([&name, "-why"].concat(), hint.as_ref().map(|_| [&name, "-hint"].concat()));
        move || match (is_refused(), &hint) {
            (true, Some(hint)) => Some([&why, " ", hint].concat()),
            (true, None) => Some(why.clone()),
            (false, hint) => hint.clone(),
        }
    };
    // Chosen by hand: nothing is proposed, and nothing wrong with it is known any more.
    let on_change = move |_| {
        is_proposed.set(false);
        error.set(None);
    };
    view! {
        <div class="field" class:refused=is_refused>
            <label for=name.clone()>{label}</label>
            <select
                node_ref=select
                class="input"
                id=name.clone()
                name=name.clone()
                aria-describedby=described_by
                aria-invalid=move || is_refused().then_some("true")
                on:change=on_change
            >
                {options.collect_view()}
            </select>
            <Notes name hint error/>
        </div>
        {status}
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
