use leptos::{attr::custom::custom_attribute, ev, html, prelude::*};
use serde::{Deserialize, Serialize};

use super::{
    alive,
    answer::{Answer, Refusal},
    countdown::{Countdown, CountdownTexts, count_down, use_countdown},
    fetch_form::{follow, send_in_place},
    form::{Form, FormState, FormTexts},
    form_alert::Summary,
    local_time::{Moment, Time},
    text_input::{Field, InputKind, use_field},
};
use crate::components::form::notes::Notes;

/// The texts of the form for an emailed code.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct CodeFormTexts {
    /// Label and hint of the input.
    pub label: (String, String),
    /// The message when nothing was typed.
    pub missing: String,
    /// The link for codes with letters in them.
    pub has_letters: String,
    /// The label of the submit button.
    pub confirm: String,
    /// The label of the button that requests a code.
    pub get_code: String,
    /// The text before the time at which the newest code was sent.
    pub sent_at: String,
    /// The texts while a form is being sent.
    pub form: FormTexts,
    /// The texts of the countdown to the next code.
    pub countdown: CountdownTexts,
}

/// The form for an emailed code, and the form that requests another one.
#[island]
pub fn CodeForm(
    /// The address to which the code is posted.
    #[prop(into)]
    confirm: String,
    /// The address at which another code is requested.
    #[prop(into)]
    resend: String,
    /// The page, for the language switch.
    page: String,
    kind: InputKind,
    refusal: Option<Refusal>,
    notice: Option<String>,
    /// Seconds until another code may be requested.
    seconds: u32,
    /// When the newest code was sent.
    sent_at: Option<Moment>,
    texts: CodeFormTexts,
) -> impl IntoView {
    let checked = FormState::new();
    let resent = FormState::new();
    checked.refusal.set(refusal.clone());
    checked.notice.set(notice);
    provide_context(checked);
    let input = NodeRef::<html::Input>::new();
    let error = refusal.as_ref().and_then(|refusal| refusal.of("code"));
    let field = use_field("code", input, error, Some(texts.missing.clone()), true);
    let is_over = is_over(checked);
    let new_code = NewCode {
        left: use_countdown(seconds),
        has_countdown: RwSignal::new(seconds > 0),
        sent_at: RwSignal::new(sent_at),
    };
    // An error of the request for a code is shown in the same place as all others.
    Effect::new(move |_| {
        if let Some(refusal) = resent.refusal.get() {
            checked.refusal.set(Some(refusal));
        }
    });
    let on_code = move |answer: Answer| follow(checked, answer);
    let on_resend = move |answer| new_code.take(answer, checked, resent, field, input);
    let send_code = send_in_place(checked, &confirm, &texts.form, false, on_code);
    let send_request = send_in_place(resent, &resend, &texts.form, false, on_resend);
    let (form_texts, check_texts) = (texts.form.clone(), texts.clone());
    view! {
        <Form
            form=checked action=confirm id=Some("screen-form".to_owned()) class="stack".to_owned()
            texts=form_texts.clone() send=send_code
        >
            <input type="hidden" name="screen" value=page/>
            <CheckFields form=checked kind field input is_over texts=check_texts/>
        </Form>
        <Form
            form=resent action=resend id=Some("resend".to_owned()) class="row resend".to_owned()
            texts=form_texts send=send_request
        >
            <ResendFields new_code form=resent is_over texts/>
        </Form>
    }
}

/// Returns whether the newest code has expired or is exhausted, so that the user needs another one. A code that was
/// replaced does not count: a newer one is already in the mailbox.
fn is_over(form: FormState) -> Signal<bool> {
    Signal::derive(move || {
        let refusal = form.refusal.read();
        let is_over = |error: &str| matches!(error, "code_expired" | "code_exhausted");
        refusal.as_ref().is_some_and(|refusal| is_over(&refusal.error))
    })
}

/// The newest code, and the wait until another one may be requested.
#[derive(Clone, Copy)]
struct NewCode {
    /// Seconds.
    left: RwSignal<u32>,
    has_countdown: RwSignal<bool>,
    sent_at: RwSignal<Option<Moment>>,
}

impl NewCode {
    /// Starts the wait for the code after the one that was just sent.
    fn take(
        self,
        answer: Answer,
        checked: FormState,
        resent: FormState,
        field: Field,
        input: NodeRef<html::Input>,
    ) {
        let Answer { code: Some((seconds, at)), .. } = answer else {
            return follow(resent, answer);
        };
        resent.busy.set(false);
        self.has_countdown.set(true);
        count_down(self.left, seconds);
        self.sent_at.set(Some(at));
        checked.refusal.set(None);
        field.error.set(None);
        checked.notice.set(answer.notice);
        if let Some(input) = input.get_untracked() {
            input.set_value("");
            let _ = input.focus();
        }
    }
}

/// The input for the code, and the submit button.
#[component]
fn CheckFields(
    form: FormState,
    kind: InputKind,
    field: Field,
    input: NodeRef<html::Input>,
    is_over: Signal<bool>,
    texts: CodeFormTexts,
) -> impl IntoView {
    let CodeFormTexts { label: (label, hint), has_letters, confirm, .. } = texts;
    let has_link = kind == InputKind::Code;
    view! {
        <Summary form labels=vec![("code".to_owned(), label.clone())] offers=Vec::new()/>
        <CodeInput kind label hint field input/>
        {has_link.then(|| view! { <small><a href="?letters">{has_letters}</a></small> })}
        <button
            class="button"
            class:second=move || is_over.get()
            type="submit"
            aria-busy=move || form.busy.get().then_some("true")
        >
            {confirm}
        </button>
    }
}

/// The button that requests another code, which is the main one once the newest code is over.
#[component]
fn ResendFields(
    new_code: NewCode,
    form: FormState,
    is_over: Signal<bool>,
    texts: CodeFormTexts,
) -> impl IntoView {
    let CodeFormTexts { get_code, sent_at, countdown, .. } = texts;
    let NewCode { left, has_countdown, sent_at: newest } = new_code;
    let alive = alive();
    let is_waiting = move || alive.get() && left.get() > 0;
    view! {
        <button
            id="get-code"
            class="button"
            class:second=move || !is_over.get()
            class:fit=move || !is_over.get()
            type="submit"
            disabled=is_waiting
            aria-busy=move || form.busy.get().then_some("true")
        >
            {get_code}
        </button>
        {move || newest.get().map(|moment| view! {
            <span class="quiet sent-at">{sent_at.clone()}" "<Time moment/></span>
        })}
        {move || has_countdown.get().then(|| view! { <Countdown left texts=countdown.clone()/> })}
    }
}

/// The input for a code. A six-digit code that was pasted with other characters is reduced to its digits.
#[component]
fn CodeInput(
    kind: InputKind,
    label: String,
    hint: String,
    field: Field,
    input: NodeRef<html::Input>,
) -> impl IntoView {
    let tidy = move |event: ev::Event| {
        let typed = event_target_value(&event);
        if let Some(code) = tidied(&typed)
            && let Some(input) = input.get_untracked()
        {
            input.set_value(&code);
        }
        field.typed(&event);
    };
    view! {
        <div class="field" class:refused=move || field.error.read().is_some()>
            <label for="code">{label}</label>
            <input
                node_ref=input
                class=kind.class()
                id="code"
                name="code"
                type="text"
                autocomplete=kind.autocomplete()
                inputmode=kind.inputmode()
                enterkeyhint=kind.enterkeyhint()
                maxlength=kind.maxlength()
                autocapitalize=kind.autocapitalize()
                {..custom_attribute("autocorrect", "off")}
                spellcheck="false"
                required=true
                autofocus=true
                aria-describedby=field.described_by("code", true)
                aria-invalid=move || field.error.read().is_some().then_some("true")
                on:input=tidy
            />
            <Notes name="code".to_owned() hint=Some(hint) error=field.error/>
        </div>
    }
}

/// Returns the six digits of a code that was pasted with separators; `None` for any other input, which is left to the
/// server's parser.
fn tidied(typed: &str) -> Option<String> {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let is_code = digits.len() == 6 && typed.len() > 6 && !typed.chars().any(char::is_alphabetic);
    is_code.then_some(digits)
}
