use std::sync::Arc;

use leptos::{html, prelude::*};

use super::text_input::{add_field, focus};
use crate::components::form::notes::Notes;

/// A checkbox. Its error is shown below, and disappears when it is ticked or unticked.
#[island]
pub fn TickBox(
    /// Name and id.
    #[prop(into)]
    name: String,
    #[prop(into)] label: String,
    /// Whether it is ticked initially.
    checked: bool,
    /// The id of the element that describes it.
    about: Option<String>,
    error: Option<String>,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let field = add_field(&name, error, Arc::new(move || focus(input)));
    let why = field.described_by(&name, false);
    let described_by = move || match (why(), about.clone()) {
        (Some(why), Some(about)) => Some([&why, " ", &about].concat()),
        (why, about) => why.or(about),
    };
    view! {
        <div class="tick" class:refused=move || field.error.read().is_some()>
            <label class="tick-box">
                <input
                    node_ref=input
                    id=name.clone()
                    name=name.clone()
                    type="checkbox"
                    value="on"
                    checked=checked
                    aria-describedby=described_by
                    aria-invalid=move || field.error.read().is_some().then_some("true")
                    on:change=move |_| field.error.set(None)
                />
                {label}
            </label>
            <Notes name hint=None error=field.error/>
        </div>
    }
}
