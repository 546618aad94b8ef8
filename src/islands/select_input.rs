use std::sync::Arc;

use leptos::{html, prelude::*};

use super::text_input::{add_field, focus};
use crate::components::form::notes::Notes;

/// A select with several options.
#[island]
pub fn SelectInput(
    /// Name and id.
    #[prop(into)]
    name: String,
    #[prop(into)] label: String,
    hint: Option<String>,
    /// Values and labels; the empty value stands for none.
    options: Vec<(String, String)>,
    /// The selected value; empty if there is none.
    chosen: String,
    error: Option<String>,
) -> impl IntoView {
    let select = NodeRef::<html::Select>::new();
    let field = add_field(&name, error, Arc::new(move || focus(select)));
    let options = options.into_iter().map(|(value, words)| {
        let is_chosen = value == chosen;
        view! { <option value=value selected=is_chosen>{words}</option> }
    });
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
                // After a new choice the old error no longer applies.
                on:change=move |_| field.error.set(None)
            >
                {options.collect_view()}
            </select>
            <Notes name hint error=field.error/>
        </div>
    }
}
