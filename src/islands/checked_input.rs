use std::time::Duration;

use leptos::{html, prelude::*, serde_json, task::spawn_local};
use serde::{Deserialize, Serialize};

use super::{
    form::FormState,
    post::ask,
    text_input::{InputKind, Line, focus, use_judged_field},
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
    let meant = RwSignal::new(None::<(String, String)>);
    // Whether the field was left after the last input.
    let is_left = RwSignal::new(None::<bool>);
    let own_name = name.clone();
    Effect::new(move |_| {
        let Some(is_left) = is_left.get() else { return };
        let (name, judge, missing) = (own_name.clone(), judge.clone(), missing.clone());
        let judged = async move {
            let value = field.value.get_untracked();
            let verdict = if value.trim().is_empty() {
                FieldVerdict { reason: missing, is_unfinished: true, meant: None }
            } else {
                let answer = ask(&judge, &[("field", &name), ("value", &value)]).await;
                let verdict = answer.and_then(|answer| serde_json::from_str(&answer).ok());
                verdict.unwrap_or_default()
            };
            // A verdict on an earlier value is of no interest.
            if field.value.get_untracked() != value {
                return;
            }
            let FieldVerdict { reason, is_unfinished, meant: offered } = verdict;
            if reason.is_some() && (is_left || !is_unfinished) {
                field.error.set(reason.clone());
            }
            refused.set(reason);
            // The button is not replaced by an equal one: it may be pressed at this moment.
            if *meant.read_untracked() != offered {
                meant.set(offered);
            }
        };
        let pause =
            set_timeout_with_handle(|| spawn_local(judged), if is_left { LEFT } else { PAUSE });
        if let Ok(pause) = pause {
            on_cleanup(move || pause.clear());
        }
    });
    let typed = move |_| {
        refused.set(None);
        meant.set(None);
        is_left.set(Some(false));
    };
    let take = move |address: &str| {
        if let Some(input) = input.get_untracked() {
            input.set_value(address);
        }
        field.value.set(address.to_owned());
        field.error.set(None);
        refused.set(None);
        meant.set(None);
        focus(input);
    };
    // The message of a form that is sent interrupts a screen reader; this one does not.
    let form = use_context::<FormState>();
    let own_name = name.clone();
    let said = move || {
        let refusal = form.and_then(|form| form.refusal.get());
        let is_of_form = refusal.is_some_and(|refusal| refusal.of(&own_name).is_some());
        field.error.get().filter(|_| !is_of_form)
    };
    let offer = move || {
        meant.get().map(|(address, words)| {
            view! {
                <button type="button" class="button plain" on:click=move |_| take(&address)>{words}</button>
            }
        })
    };
    view! {
        <div class="checked" on:input=typed on:change=move |_| is_left.set(Some(true))>
            <Line name kind label hint value field input autofocus is_followed is_live=true/>
            <div class=move || if meant.read().is_some() { "meant" } else { "unseen" } role="status">
                <span class="unseen">{said}</span>
                {offer}
            </div>
        </div>
    }
}
