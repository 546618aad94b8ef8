use std::sync::Arc;

use leptos::{html, prelude::*};

use super::text_input::{add_field, focus};
use crate::components::form::notes::Notes;

/// Boxes to tick, of which at least one has to be. Each posts its own words.
#[island]
pub fn TickBoxes(
    /// Its id, and the name of what is wrong with it; that of the boxes is the same with `[]`.
    #[prop(into)]
    name: String,
    #[prop(into)] label: String,
    /// What stands beside each, and whether it is ticked.
    boxes: Vec<(String, bool)>,
    error: Option<String>,
) -> impl IntoView {
    let group = NodeRef::<html::Fieldset>::new();
    let field = add_field(&name, error, Arc::new(move || focus(group)));
    let (id, box_name) = (name.clone(), [&name, "[]"].concat());
    let boxes = boxes.into_iter().map(|(words, is_ticked)| {
        let value = words.clone();
        view! {
            <li>
                <label class="tick-box">
                    <input type="checkbox" name=box_name.clone() value=value checked=is_ticked/>
                    {words}
                </label>
            </li>
        }
    });
    let boxes = boxes.collect_view();
    let described_by = field.described_by(&name, false);
    view! {
        <fieldset
            node_ref=group
            id=id
            class="field"
            class:refused=move || field.error.read().is_some()
            // It takes the focus when none of its boxes was ticked.
            tabindex="-1"
            aria-describedby=described_by
            on:change=move |_| field.error.set(None)
        >
            <legend>{label}</legend>
            <ul class="ticks">{boxes}</ul>
            <Notes name hint=None error=field.error/>
        </fieldset>
    }
}
