use std::{sync::Arc, time::Duration};

use leptos::{html, prelude::*, serde_json, task::spawn_local};
use serde::{Deserialize, Serialize};

use super::{
    form::{FieldState, FormState},
    password_input::{Password, PasswordTexts},
    post::ask,
    text_input::{Field, InputKind, focus, use_judged_field, watch_correction},
};

/// How long the user must pause before the server is asked.
const PAUSE: Duration = Duration::from_millis(350);

/// The rating of a password that is being typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordStrength {
    /// 0 (refused) to 4 (very strong).
    pub score: u8,
    /// The rating in one sentence.
    pub words: String,
}

/// The texts of the inputs for a new password.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct NewPasswordTexts {
    /// Label and hint of the first input.
    pub label: (String, String),
    /// Label of the second input.
    pub again: String,
    /// The message when nothing was typed.
    pub missing: String,
    /// The message while both inputs are equal.
    pub same: String,
    /// The message while they differ.
    pub different: String,
    /// The error if they differ when the form is sent.
    pub differ: String,
}

/// The inputs for a new password, typed once or twice, with the server's rating.
#[island]
pub fn NewPasswordInputs(
    /// Name and id of the first input; the second is `…_again`.
    #[prop(into)]
    name: String,
    /// The errors of the first and of the second input.
    errors: (Option<String>, Option<String>),
    is_twice: bool,
    /// The address of the server function that rates it.
    judge: String,
    /// The username, if it is not a field of the form: a password must not consist of it.
    username: Option<String>,
    autofocus: bool,
    texts: NewPasswordTexts,
    password_texts: PasswordTexts,
) -> impl IntoView {
    let (first, second) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let NewPasswordTexts { label: (label, hint), again, missing, same, different, differ } = texts;
    let refused = RwSignal::new(None);
    let new = use_judged_field(&name, first, errors.0, Some(missing), false, Some(refused));
    let second_name = [&name, "_again"].concat();
    let repeated = is_twice.then(|| {
        let field = Field::new(errors.1);
        field.take_up(second);
        let is_same = move || composed(&new.value.read()) == composed(&field.value.read());
        if let Some(form) = use_context::<FormState>() {
            watch_correction(form, &second_name, field.error);
            form.add(FieldState {
                name: second_name.clone(),
                value: field.value.into(),
                error: field.error,
                check: Arc::new(move || (!is_same()).then(|| differ.clone())),
                focus: Arc::new(move || focus(second)),
                clear: None,
            });
        }
        // Nothing is shown while the second input is empty.
        let is_empty = move || field.value.read().is_empty();
        let words = move || match (is_empty(), is_same()) {
            (true, _) => String::new(),
            (_, true) => same.clone(),
            (_, false) => different.clone(),
        };
        view! {
            <Password
                name=second_name.clone() kind=InputKind::NewPasswordAgain label=again hint=None field input=second
                autofocus=false texts=password_texts.clone()
            />
            <small class="match" class:yes=move || !is_empty() && is_same() role="status">{words}</small>
        }
    });
    view! {
        <Password
            name=name kind=InputKind::NewPassword label hint=Some(hint) field=new input=first autofocus texts=password_texts
        />
        <Strength of=new refused username judge/>
        {repeated}
    }
}

/// Normalises as the server does: one keyboard writes `é` as one character, another as two.
fn composed(text: &str) -> String {
    use leptos::web_sys::js_sys::JsString;
    if cfg!(feature = "hydrate") {
        JsString::from(text).normalize("NFC").into()
    } else {
        text.to_owned()
    }
}

/// The strength of a password, as rated by the server, here and when the form is posted: the rules exist in one place
/// only.
#[component]
fn Strength(
    of: Field,
    /// Why it would be refused.
    refused: RwSignal<Option<String>>,
    username: Option<String>,
    judge: String,
) -> impl IntoView {
    let strength = RwSignal::new(None::<PasswordStrength>);
    let form = use_context::<FormState>();
    Effect::new(move |_| {
        let password = of.value.get();
        refused.set(None);
        if password.is_empty() {
            strength.set(None);
            return;
        }
        // The rating also depends on these: a password must not consist of them.
        let other = |name| form.map(|form| form.value(name)).unwrap_or_default();
        let login = username.clone().unwrap_or_else(|| other("login"));
        let (email, judge) = (other("email"), judge.clone());
        let pause = set_timeout_with_handle(
            move || {
                spawn_local(async move {
                    let asked = [("password", &*password), ("login", &login), ("email", &email)];
                    let answer = ask(&judge, &asked).await;
                    let answer: Option<PasswordStrength> =
                        answer.and_then(|answer| serde_json::from_str(&answer).ok());
                    // A rating of an earlier value is of no interest.
                    if of.value.get_untracked() == password {
                        let bad = answer.as_ref().filter(|answer| answer.score == 0);
                        refused.set(bad.map(|answer| answer.words.clone()));
                        strength.set(answer);
                    }
                });
            },
            PAUSE,
        );
        if let Ok(pause) = pause {
            on_cleanup(move || pause.clear());
        }
    });
    let class = move || {
        let score = strength.read().as_ref().map(|strength| strength.score.to_string());
        let score = score.map(|score| [" score-", &score].concat());
        ["strength needs-script", &score.unwrap_or_default()].concat()
    };
    // An error that is shown at the field is not repeated.
    let words = move || {
        let strength = strength.get().filter(|_| of.error.read().is_none());
        strength.map(|strength| strength.words)
    };
    view! {
        <div class=class>
            <span class="meter" aria-hidden="true"><i></i><i></i><i></i><i></i></span>
            <small role="status">{words}</small>
        </div>
    }
}
