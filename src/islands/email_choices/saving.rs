use std::collections::VecDeque;

use leptos::{prelude::*, serde_json, task::spawn_local, web_sys::UrlSearchParams};

use super::{EmailChoiceTexts, EmailSwitch, EmailsStored};

/// The message about the last change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub words: String,
    pub is_bad: bool,
    /// The switch that can be reverted, and to what.
    pub undo: Option<(String, bool)>,
}

/// A change that is to be saved.
pub(super) struct Turned {
    pub name: String,
    pub is_on: bool,
    pub is_undo: bool,
}

/// The choices: what the switches show, and what waits to be saved.
#[derive(Clone, Copy)]
pub(super) struct Choices {
    action: StoredValue<String>,
    /// What the switches show.
    pub shown: RwSignal<EmailsStored>,
    stored: StoredValue<EmailsStored>,
    /// The changes that wait to be saved, in order.
    queue: StoredValue<VecDeque<Turned>>,
    pub is_saving: RwSignal<bool>,
    pub said: RwSignal<Said>,
    /// The switch that should receive the focus.
    pub focus: RwSignal<Option<String>>,
    switches: StoredValue<Vec<EmailSwitch>>,
    /// The messages when another tab saved first, and when the server cannot be reached.
    elsewhere: StoredValue<(String, String)>,
}

impl Choices {
    pub fn new(
        action: String,
        stored: EmailsStored,
        switches: Vec<EmailSwitch>,
        texts: &EmailChoiceTexts,
    ) -> Self {
        Self {
            action: StoredValue::new(action),
            shown: RwSignal::new(stored.clone()),
            stored: StoredValue::new(stored),
            queue: StoredValue::new(VecDeque::new()),
            is_saving: RwSignal::new(false),
            said: RwSignal::new(Said::default()),
            focus: RwSignal::new(None),
            switches: StoredValue::new(switches),
            elsewhere: StoredValue::new((texts.elsewhere.clone(), texts.offline.clone())),
        }
    }

    /// Shows a change at once, and saves it when all earlier ones are saved.
    pub fn turn(self, turned: Turned) {
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
