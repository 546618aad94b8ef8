use std::time::Duration;

use leptos::{html, prelude::*, serde_json, task::spawn_local};
use serde::{Deserialize, Serialize};

use super::{
    form::FormState,
    post::ask,
    text_input::{InputKind, Line, focus, use_judged_field},
};

/// How long nothing is typed before the server is asked.
const PAUSE: Duration = Duration::from_millis(500);
/// How long after the field was left: what is said moves what stands below, and no button may slip away from under the
/// hand that presses it.
const LEFT: Duration = Duration::from_millis(250);

/// What the server says of a field that is being filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldVerdict {
    /// Why it would be refused.
    pub reason: Option<String>,
    /// Whether more letters may mend that: then it is said when the field is left.
    pub is_unfinished: bool,
    /// What was meant, perhaps, and the words that offer it.
    pub meant: Option<(String, String)>,
}

/// A labelled input of one line that the server judges while one types.
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
    /// What is said when it is left or sent empty.
    missing: Option<String>,
    autofocus: bool,
    /// Whether another field follows, to which the keyboard's own button leads.
    is_followed: bool,
    /// The server function that judges it.
    judge: String,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let refused = RwSignal::new(None);
    let field = use_judged_field(&name, input, error, missing.clone(), false, Some(refused));
    let meant = RwSignal::new(None::<(String, String)>);
    // Whether it was left since it was typed into.
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
            // An answer about what was typed before is no longer of interest.
            if field.value.get_untracked() != value {
                return;
            }
            let FieldVerdict { reason, is_unfinished, meant: offered } = verdict;
            if reason.is_some() && (is_left || !is_unfinished) {
                field.error.set(reason.clone());
            }
            refused.set(reason);
            // The button stays the same one: it may be pressed at this moment.
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
    // What a form says when it is sent interrupts; this does not.
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
