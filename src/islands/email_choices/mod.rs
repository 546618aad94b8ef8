//! The emails that a user wants: switches that save at once, one after the other.

mod saving;

use leptos::{html, prelude::*};
use serde::{Deserialize, Serialize};

use self::saving::{Choices, Turned};
use super::{alive, form::FormState};
use crate::components::alert::{Alert, Tone};

/// A kind of email that is optional.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailSwitch {
    /// The name of the field.
    pub name: String,
    /// Its label.
    pub label: String,
    /// Its description.
    pub about: String,
    /// Whether it is on when the page is loaded.
    pub is_on: bool,
    /// The messages once it has been turned off, and on.
    pub turned: (String, String),
}

/// The stored choices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailsStored {
    /// Field names, and whether they are on.
    pub chosen: Vec<(String, bool)>,
    /// The account's version.
    pub version: i64,
    /// Whether a different choice was requested and not saved, because another tab saved first.
    pub is_stale: bool,
}

impl EmailsStored {
    fn is_on(&self, name: &str) -> bool {
        self.chosen.iter().any(|(theirs, is_on)| theirs == name && *is_on)
    }
}

/// The texts of the switches.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct EmailChoiceTexts {
    /// The submit button, used where choices are not saved at once.
    pub save: String,
    /// The hint that choices are saved at once.
    pub at_once: String,
    /// The button that reverts the last change.
    pub undo: String,
    /// The message when another tab saved first.
    pub elsewhere: String,
    /// The message when the server cannot be reached.
    pub offline: String,
}

/// The choices: part of a form whose submit button is not needed once they are hydrated.
#[island]
pub fn EmailChoices(
    /// The address of the server function.
    action: String,
    switches: Vec<EmailSwitch>,
    stored: EmailsStored,
    /// The version that the form was rendered from.
    posted: String,
    /// Whether the form is shown again after a post, with values that are not stored.
    is_back: bool,
    texts: EmailChoiceTexts,
) -> impl IntoView {
    let form = use_context::<FormState>();
    let choices = Choices::new(action, stored, switches.clone(), &texts);
    let EmailChoiceTexts { save, at_once, undo, .. } = texts;
    let alive = alive();
    let rows = switches.into_iter().map(|switch| {
        view! { <Row choices switch alive is_back form/> }
    });
    let rows = rows.collect_view();
    view! {
        <input type="hidden" name="version" value=posted/>
        <ul class="ticks switches">{rows}</ul>
        <div class="at-once" aria-busy=move || choices.is_saving.get().then_some("true")>
            // Invisible, but it keeps its space, so that nothing below moves. It stays the form's default button for
            // Enter, and sends nothing: if it were disabled, Chromium would use the next one, which switches the
            // language.
            <button
                class="button fit"
                class:unneeded=move || alive.get()
                type="submit"
                on:click=move |event| {
                    if alive.get_untracked() {
                        event.prevent_default();
                    }
                }
            >
                {save}
            </button>
            <div class="at-once-said" class:unneeded=move || !alive.get()>
                <LastChange choices at_once undo/>
            </div>
        </div>
    }
}

/// What became of the last change, and the button that reverts it.
#[component]
fn LastChange(choices: Choices, at_once: String, undo: String) -> impl IntoView {
    let said = choices.said;
    let words = move || {
        let said = said.read();
        (!said.is_bad).then(|| said.words.clone())
    };
    let hint = move || said.read().words.is_empty().then(|| at_once.clone());
    let wrong = move || {
        let words = said.read().is_bad.then(|| said.read().words.clone());
        words.map(|words| view! { <Alert tone=Tone::Bad><p>{words}</p></Alert> })
    };
    let back = move || {
        let (name, is_on) = said.read().undo.clone()?;
        let turn_back = move |_| {
            choices.focus.set(Some(name.clone()));
            choices.turn(Turned { name: name.clone(), is_on, is_undo: true });
        };
        let undo = undo.clone();
        Some(
            view! { <button class="button plain" type="button" on:click=turn_back>{undo}</button> },
        )
    };
    view! {
        <p class="quiet">{hint}</p>
        <p role="status">{words}</p>
        {back}
        {wrong}
    }
}

/// A switch with its description. Without script it is a checkbox.
#[component]
fn Row(
    choices: Choices,
    switch: EmailSwitch,
    alive: RwSignal<bool>,
    is_back: bool,
    form: Option<FormState>,
) -> impl IntoView {
    let EmailSwitch { name, label, about, is_on, .. } = switch;
    let about_id = [&name, "-about"].concat();
    let element = NodeRef::<html::Input>::new();
    let turn = {
        let name = name.clone();
        move || {
            let Some(input) = element.get_untracked() else { return };
            // The message about the whole form is out of date.
            if let Some(form) = form {
                form.notice.set(None);
                form.refusal.set(None);
            }
            choices.turn(Turned { name: name.clone(), is_on: input.checked(), is_undo: false });
        }
    };
    let (own_name, turn_early) = (name.clone(), turn.clone());
    Effect::new(move |was_alive: Option<bool>| {
        let is_on = choices.shown.read().is_on(&own_name);
        let is_alive = alive.get();
        let Some(input) = element.get().filter(|_| is_alive) else { return false };
        // If it was ticked before hydration, that is saved now. The values of a form shown again are saved only when
        // changed again.
        if was_alive != Some(true) && !is_back && input.checked() != is_on {
            untrack(&turn_early);
        } else {
            input.set_checked(is_on);
        }
        true
    });
    focus_when_asked(choices, element, name.clone());
    view! {
        <li>
            <label class="tick-box" class:switch=move || alive.get()>
                <input
                    node_ref=element
                    type="checkbox"
                    name=name
                    value="on"
                    checked=is_on
                    // Keeps the browser from restoring a value of an earlier visit: it would be saved.
                    autocomplete="off"
                    role=move || alive.get().then_some("switch")
                    aria-describedby=about_id.clone()
                    on:change=move |_| turn()
                />
                {label}
            </label>
            <small class="quiet" id=about_id>{about}</small>
        </li>
    }
}

fn focus_when_asked(choices: Choices, element: NodeRef<html::Input>, name: String) {
    Effect::new(move |_| {
        if let Some(input) = element.get()
            && choices.focus.read().as_ref() == Some(&name)
        {
            let _ = input.focus();
        }
    });
}
