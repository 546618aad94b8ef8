use leptos::{attr::custom::custom_attribute, ev, html, prelude::*};
use serde::{Deserialize, Serialize};

use super::{
    form::FormState,
    text_input::{Field, InputKind},
};
use crate::components::form::notes::Notes;

/// The texts of a password input.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct PasswordTexts {
    /// The labels of the button: show, hide.
    pub show: (String, String),
    /// The accessible names of the button.
    pub show_label: (String, String),
    /// Shown while Caps Lock is on.
    pub caps_lock: String,
}

/// The input for the current password. It can be shown while it is typed (ASVS 6.2.6).
#[cfg(feature = "password")]
#[island]
pub fn PasswordInput(
    /// Name and id.
    #[prop(into)]
    name: String,
    #[prop(into)] label: String,
    hint: Option<String>,
    error: Option<String>,
    /// The message when it is sent empty.
    missing: Option<String>,
    autofocus: bool,
    /// Whether another field follows.
    is_followed: bool,
    texts: PasswordTexts,
) -> impl IntoView {
    let input = NodeRef::new();
    let field = super::text_input::use_field(&name, input, error, missing, false);
    view! {
        <Password
            name kind=InputKind::CurrentPassword label hint field input autofocus is_followed texts
        />
    }
}

/// A password input with its label, its button and its notes.
#[component]
pub(super) fn Password(
    name: String,
    kind: InputKind,
    label: String,
    hint: Option<String>,
    field: Field,
    input: NodeRef<html::Input>,
    autofocus: bool,
    #[prop(optional)] is_followed: bool,
    texts: PasswordTexts,
) -> impl IntoView {
    let is_shown = RwSignal::new(false);
    let has_caps_lock = RwSignal::new(false);
    let PasswordTexts { show, show_label, caps_lock } = texts;
    let key = move |event: ev::KeyboardEvent| {
        has_caps_lock.set(event.get_modifier_state("CapsLock"));
    };
    // It is posted as a password field again, so that password managers recognise it.
    if let Some(form) = use_context::<FormState>() {
        Effect::new(move |_| {
            if form.busy.get() {
                is_shown.set(false);
            }
        });
    }
    view! {
        <div class="field" class:refused=move || field.error.read().is_some()>
            <label for=name.clone()>{label}</label>
            <div class="with-end">
                <input
                    node_ref=input
                    class=kind.class()
                    id=name.clone()
                    name=name.clone()
                    type=move || if is_shown.get() { "text" } else { "password" }
                    autocomplete=kind.autocomplete()
                    enterkeyhint=if is_followed { "next" } else { kind.enterkeyhint() }
                    maxlength=kind.maxlength()
                    autocapitalize="none"
                    {..custom_attribute("autocorrect", "off")}
                    spellcheck="false"
                    required=true
                    autofocus=autofocus
                    aria-describedby=field.described_by(&name, hint.is_some())
                    aria-invalid=move || field.error.read().is_some().then_some("true")
                    on:input=move |event| field.typed(&event)
                    on:keydown=key
                    on:keyup=key
                />
                <ShowButton is_shown name=name.clone() words=show label=show_label/>
            </div>
            <Notes name hint error=field.error/>
            <small class="quiet" role="status">
                {move || has_caps_lock.get().then(|| caps_lock.clone())}
            </small>
        </div>
    }
}

/// The button that shows what is typed, and hides it again.
#[component]
fn ShowButton(
    is_shown: RwSignal<bool>,
    name: String,
    words: (String, String),
    label: (String, String),
) -> impl IntoView {
    let one_of = move |(show, hide): (String, String)| {
        move || if is_shown.get() { hide.clone() } else { show.clone() }
    };
    view! {
        <button
            type="button"
            class="button plain needs-script"
            aria-label=one_of(label)
            aria-controls=name
            on:click=move |_| is_shown.update(|is_shown| *is_shown = !*is_shown)
        >
            {one_of(words)}
        </button>
    }
}
