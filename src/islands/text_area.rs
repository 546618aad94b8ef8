use std::sync::Arc;

use leptos::{html, prelude::*};

use super::text_input::{add_field, focus};
use crate::components::form::{notes::Notes, text_of_area};

/// A multi-line text input. Its error disappears as soon as it is corrected.
#[island]
pub fn TextAreaInput(
    /// Name and id.
    #[prop(into)]
    name: String,
    #[prop(into)] label: String,
    hint: Option<String>,
    value: Option<String>,
    error: Option<String>,
    /// The maximum length.
    maxlength: u32,
) -> impl IntoView {
    let area = NodeRef::<html::Textarea>::new();
    let field = add_field(&name, error, Arc::new(move || focus(area)));
    let text = text_of_area(&value.unwrap_or_default());
    view! {
        <div class="field" class:refused=move || field.error.read().is_some()>
            <label for=name.clone()>{label}</label>
            <textarea
                node_ref=area
                class="input area"
                id=name.clone()
                name=name.clone()
                rows="3"
                dir="auto"
                maxlength=maxlength
                enterkeyhint="enter"
                autocapitalize="sentences"
                aria-describedby=field.described_by(&name, hint.is_some())
                aria-invalid=move || field.error.read().is_some().then_some("true")
                on:input=move |event| field.typed(&event)
            >
                {text}
            </textarea>
            <Notes name hint error=field.error/>
        </div>
    }
}
