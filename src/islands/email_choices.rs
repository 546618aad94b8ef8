//! The emails that a user wants: switches that save at once, one after the other.

use std::collections::VecDeque;

use leptos::{html, prelude::*, serde_json, task::spawn_local, web_sys::UrlSearchParams};
use serde::{Deserialize, Serialize};

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

/// The message about the last change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Said {
    words: String,
    is_bad: bool,
    /// The switch that can be reverted, and to what.
    undo: Option<(String, bool)>,
}

/// A change that is to be saved.
struct Turned {
    name: String,
    is_on: bool,
    is_undo: bool,
}

#[derive(Clone, Copy)]
struct Choices {
    action: StoredValue<String>,
    /// What the switches show.
    shown: RwSignal<EmailsStored>,
    stored: StoredValue<EmailsStored>,
    /// The changes that wait to be saved, in order.
    queue: StoredValue<VecDeque<Turned>>,
    is_saving: RwSignal<bool>,
    said: RwSignal<Said>,
    /// The switch that should receive the focus.
    focus: RwSignal<Option<String>>,
    switches: StoredValue<Vec<EmailSwitch>>,
    /// The messages when another tab saved first, and when the server cannot be reached.
    elsewhere: StoredValue<(String, String)>,
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
    let EmailChoiceTexts { save, at_once, undo, elsewhere, offline } = texts;
    let choices = Choices {
        action: StoredValue::new(action),
        shown: RwSignal::new(stored.clone()),
        stored: StoredValue::new(stored),
        queue: StoredValue::new(VecDeque::new()),
        is_saving: RwSignal::new(false),
        said: RwSignal::new(Said::default()),
        focus: RwSignal::new(None),
        switches: StoredValue::new(switches.clone()),
        elsewhere: StoredValue::new((elsewhere, offline)),
    };
    let alive = alive();
    let rows = switches.into_iter().map(|switch| {
        view! { <Row choices switch alive is_back form/> }
    });
    let rows = rows.collect_view();
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
                <p class="quiet">{hint}</p>
                <p role="status">{words}</p>
                {back}
                {wrong}
            </div>
        </div>
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
    let show = {
        let (name, turn) = (name.clone(), turn.clone());
        move |was_alive: Option<bool>| {
            let is_on = choices.shown.read().is_on(&name);
            let is_alive = alive.get();
            let Some(input) = element.get().filter(|_| is_alive) else { return false };
            // If it was ticked before hydration, that is saved now. The values of a form shown again are saved only
            // when changed again.
            if was_alive != Some(true) && !is_back && input.checked() != is_on {
                untrack(&turn);
            } else {
                input.set_checked(is_on);
            }
            true
        }
    };
    Effect::new(show);
    let focus_name = name.clone();
    Effect::new(move |_| {
        if let Some(input) = element.get()
            && choices.focus.read().as_ref() == Some(&focus_name)
        {
            let _ = input.focus();
        }
    });
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

impl Choices {
    /// Shows a change at once, and saves it when all earlier ones are saved.
    fn turn(self, turned: Turned) {
        self.shown.update(|shown| set(shown, &turned.name, turned.is_on));
        if !turned.is_undo {
            self.focus.set(None);
        }
        self.said.set(Said::default());
        self.queue.update_value(|queue| queue.push_back(turned));
        if !self.is_saving.get_untracked() {
            self.is_saving.set(true);
            spawn_local(self.save_all());
        }
    }

    async fn save_all(self) {
        while let Some(turned) = self.queue.try_update_value(VecDeque::pop_front).flatten() {
            let before = self.stored.get_value();
            let mut answer = self.save(&before, &turned).await;
            // Another part of the account was changed elsewhere: the choices of emails are not affected.
            if let Answer::Stored(stored) = &answer
                && stored.is_stale
                && stored.chosen == before.chosen
            {
                answer = self.save(stored, &turned).await;
            }
            match answer {
                Answer::Stored(stored) => self.stored(stored, turned),
                Answer::SignedOut => {
                    let _ = location().reload();
                }
                Answer::Lost => {
                    let offline = self.elsewhere.with_value(|(_, offline)| offline.clone());
                    self.turn_back(offline);
                }
            }
        }
        self.is_saving.set(false);
    }

    async fn save(self, before: &EmailsStored, turned: &Turned) -> Answer {
        let mut wanted = before.clone();
        set(&mut wanted, &turned.name, turned.is_on);
        let Ok(body) = UrlSearchParams::new() else { return Answer::Lost };
        body.append("version", &wanted.version.to_string());
        for (name, _) in wanted.chosen.iter().filter(|(_, is_on)| *is_on) {
            body.append(name, "on");
        }
        let address = self.action.get_value();
        let request = gloo_net::http::Request::post(&address).header("accept", "application/json");
        let Ok(request) = request.body(body) else { return Answer::Lost };
        match request.send().await {
            Ok(answer) if answer.ok() => match answer.text().await {
                Ok(text) => serde_json::from_str(&text).map_or(Answer::Lost, Answer::Stored),
                Err(_) => Answer::Lost,
            },
            Ok(answer) if answer.status() == 401 => Answer::SignedOut,
            _ => Answer::Lost,
        }
    }

    fn stored(self, stored: EmailsStored, turned: Turned) {
        let is_stale = stored.is_stale;
        self.stored.set_value(stored.clone());
        if is_stale {
            let elsewhere = self.elsewhere.with_value(|(elsewhere, _)| elsewhere.clone());
            return self.turn_back(elsewhere);
        }
        // The waiting changes are shown already.
        let mut shown = stored;
        self.queue.with_value(|queue| {
            for turned in queue {
                set(&mut shown, &turned.name, turned.is_on);
            }
        });
        self.shown.set(shown);
        let words = self.switches.with_value(|switches| {
            let switch = switches.iter().find(|switch| switch.name == turned.name);
            switch.map(
                |EmailSwitch { turned: (off, on), .. }| {
                    if turned.is_on { on.clone() } else { off.clone() }
                },
            )
        });
        let undo = (!turned.is_undo).then_some((turned.name, !turned.is_on));
        self.said.set(Said { words: words.unwrap_or_default(), is_bad: false, undo });
    }

    /// Shows the stored choices, and the reason.
    fn turn_back(self, words: String) {
        self.queue.update_value(VecDeque::clear);
        self.shown.set(self.stored.get_value());
        self.said.set(Said { words, is_bad: true, undo: None });
    }
}

/// The result of saving a change.
enum Answer {
    Stored(EmailsStored),
    SignedOut,
    /// The server could not be reached, or could not save it.
    Lost,
}

fn set(stored: &mut EmailsStored, name: &str, is_on: bool) {
    if let Some(choice) = stored.chosen.iter_mut().find(|(theirs, _)| theirs == name) {
        choice.1 = is_on;
    }
}
