//! Which emails the user wants: switches that save at once, one after the other.

use std::collections::VecDeque;

use leptos::{html, prelude::*, serde_json, task::spawn_local, web_sys::UrlSearchParams};
use serde::{Deserialize, Serialize};

use super::{alive, form::FormState};
use crate::components::alert::{Alert, Tone};

/// A kind of email that is a matter of choice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailSwitch {
    /// The name of the field.
    pub name: String,
    /// What it is about.
    pub label: String,
    /// More about it.
    pub about: String,
    /// Whether it is on when the page is loaded.
    pub is_on: bool,
    /// What is said once it is turned off, and on.
    pub turned: (String, String),
}

/// What is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailsStored {
    /// Names of fields, and whether they are on.
    pub chosen: Vec<(String, bool)>,
    /// The version of the account.
    pub version: i64,
    /// Whether something else was asked for, and not saved: another tab was quicker.
    pub is_stale: bool,
}

impl EmailsStored {
    fn is_on(&self, name: &str) -> bool {
        self.chosen.iter().any(|(theirs, is_on)| theirs == name && *is_on)
    }
}

/// What the switches say.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct EmailChoiceTexts {
    /// The button, where nothing is saved at once.
    pub save: String,
    /// That everything else is.
    pub at_once: String,
    /// On the button that turns the last one back.
    pub undo: String,
    /// When another tab was quicker.
    pub elsewhere: String,
    /// When the server could not be reached.
    pub offline: String,
}

/// What was done last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Said {
    words: String,
    is_bad: bool,
    /// The switch that can be turned back, and to what.
    undo: Option<(String, bool)>,
}

/// A switch that was turned, and is to be saved.
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
    /// What waits to be saved, in the order in which it was turned.
    queue: StoredValue<VecDeque<Turned>>,
    is_saving: RwSignal<bool>,
    said: RwSignal<Said>,
    /// The switch that is to have the focus.
    focus: RwSignal<Option<String>>,
    switches: StoredValue<Vec<EmailSwitch>>,
    /// What is said when another tab was quicker, and when the server could not be reached.
    elsewhere: StoredValue<(String, String)>,
}

/// The choices: part of a form, whose button they need no more once they are alive.
#[island]
pub fn EmailChoices(
    /// The server function's address.
    action: String,
    switches: Vec<EmailSwitch>,
    stored: EmailsStored,
    /// The version that the form was made from.
    posted: String,
    /// Whether the form came back: what it shows is not what is stored.
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
            // In its place, and no longer there: nothing below moves. For Enter it is still the form's button, and sends
            // nothing: if it were disabled, Chromium would take the next one, which is that of another language.
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

/// A switch, with what it is about. Without script it is a box to tick.
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
            // What was said of the whole form is of before.
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
            // Ticked before it was alive: that is saved now. What came back with the form waits until it is turned anew.
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
                    // No browser brings back what another visit left here: it would be saved.
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
    /// Shows it at once, and saves it when what was turned before is saved.
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
            // Something else of the account was changed elsewhere: that is no choice of emails.
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
        // What waits is shown already.
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

    /// Shows what is stored, and says why.
    fn turn_back(self, words: String) {
        self.queue.update_value(VecDeque::clear);
        self.shown.set(self.stored.get_value());
        self.said.set(Said { words, is_bad: true, undo: None });
    }
}

/// What became of a switch that was turned.
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
