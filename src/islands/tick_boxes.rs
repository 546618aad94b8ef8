use std::sync::Arc;

use leptos::{html, prelude::*};

use super::text_input::{add_field, focus};
use crate::components::form::notes::Notes;

/// Checkboxes of which at least one must be ticked. Each posts its own label.
#[island]
pub fn TickBoxes(
    /// The id of the group, and the name of its error; the name of the boxes is the same with `[]`.
    #[prop(into)]
    name: String,
    #[prop(into)] label: String,
    /// The labels, and whether each box is ticked.
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
            // It receives the focus when none of its boxes was ticked.
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
