use std::time::Duration;

use leptos::{html, prelude::*, serde_json, task::spawn_local};
use serde::{Deserialize, Serialize};

use super::{
    form::FormState,
    post::ask,
    text_input::{Field, InputKind, Line, focus, use_judged_field},
};

/// How long the user must pause before the server is asked.
const PAUSE: Duration = Duration::from_millis(500);
/// Delay after the field was left: a message moves the content below it, and a button must not move away while it is
/// being pressed.
const LEFT: Duration = Duration::from_millis(250);

/// The server's verdict on a field that is being filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldVerdict {
    /// Why it would be refused.
    pub reason: Option<String>,
    /// Whether more characters may fix that; the reason is then shown only when the field is left.
    pub is_unfinished: bool,
    /// The value that was probably meant, and the words that offer it.
    pub meant: Option<(String, String)>,
}

/// A labelled single-line input that the server validates while the user types.
#[island]
pub fn CheckedInput(
    /// Name and id.
    #[prop(into)]
    name: String,
    kind: InputKind,
    #[prop(into)] label: String,
    hint: Option<String>,
    value: Option<String>,
    error: Option<String>,
    /// The message when it is left or sent empty.
    missing: Option<String>,
    autofocus: bool,
    /// Whether another field follows, which the Enter key of an on-screen keyboard moves to.
    is_followed: bool,
    /// The address of the server function that validates it.
    judge: String,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let refused = RwSignal::new(None);
    let field = use_judged_field(&name, input, error, missing.clone(), false, Some(refused));
    let check = Check {
        field,
        refused,
        meant: RwSignal::new(None),
        is_left: RwSignal::new(None),
        texts: StoredValue::new((name.clone(), judge, missing)),
    };
    Effect::new(move |_| check.ask_after_pause());
    let meant = check.meant;
    let take = move |address: &str| {
        if let Some(input) = input.get_untracked() {
            input.set_value(address);
        }
        check.take(address);
        focus(input);
    };
    let form = use_context::<FormState>();
    let offer = move || {
        meant.get().map(|(address, words)| {
            view! {
                <button type="button" class="button plain" on:click=move |_| take(&address)>{words}</button>
            }
        })
    };
    view! {
        <div
            class="checked"
            on:input=move |_| check.typed()
            on:change=move |_| check.is_left.set(Some(true))
        >
            <Line name kind label hint value field input autofocus is_followed is_live=true/>
            <div class=move || if meant.read().is_some() { "meant" } else { "unseen" } role="status">
                <span class="unseen">{move || check.announcement(form)}</span>
                {offer}
            </div>
        </div>
    }
}

/// What the server says of the value, while it is typed.
#[derive(Clone, Copy)]
struct Check {
    field: Field,
    refused: RwSignal<Option<String>>,
    /// The value that was probably meant, and the words that offer it.
    meant: RwSignal<Option<(String, String)>>,
    /// Whether the field was left after the last input.
    is_left: RwSignal<Option<bool>>,
    /// The field's name, the address of the judge, and the message for an empty field.
    texts: StoredValue<(String, String, Option<String>)>,
}

impl Check {
    fn typed(self) {
        self.refused.set(None);
        self.meant.set(None);
        self.is_left.set(Some(false));
    }

    fn take(self, value: &str) {
        self.field.value.set(value.to_owned());
        self.field.error.set(None);
        self.refused.set(None);
        self.meant.set(None);
    }

    /// Returns what a screen reader announces. The message of a form that is sent interrupts it; this one does not.
    fn announcement(self, form: Option<FormState>) -> Option<String> {
        let refusal = form.and_then(|form| form.refusal.get());
        let is_of_form = refusal
            .is_some_and(|refusal| self.texts.with_value(|(name, ..)| refusal.of(name).is_some()));
        self.field.error.get().filter(|_| !is_of_form)
    }

    fn ask_after_pause(self) {
        let Some(is_left) = self.is_left.get() else { return };
        let pause = if is_left { LEFT } else { PAUSE };
        let asked = move || spawn_local(self.ask(is_left));
        if let Ok(pause) = set_timeout_with_handle(asked, pause) {
            on_cleanup(move || pause.clear());
        }
    }

    async fn ask(self, is_left: bool) {
        let (name, judge, missing) = self.texts.get_value();
        let value = self.field.value.get_untracked();
        let verdict = if value.trim().is_empty() {
            FieldVerdict { reason: missing, is_unfinished: true, meant: None }
        } else {
            let answer = ask(&judge, &[("field", &name), ("value", &value)]).await;
            let verdict = answer.and_then(|answer| serde_json::from_str(&answer).ok());
            verdict.unwrap_or_default()
        };
        // A verdict on an earlier value is of no interest.
        if self.field.value.get_untracked() != value {
            return;
        }
        let FieldVerdict { reason, is_unfinished, meant } = verdict;
        if reason.is_some() && (is_left || !is_unfinished) {
            self.field.error.set(reason.clone());
        }
        self.refused.set(reason);
        // The button is not replaced by an equal one: it may be pressed at this moment.
        if *self.meant.read_untracked() != meant {
            self.meant.set(meant);
        }
    }
}
