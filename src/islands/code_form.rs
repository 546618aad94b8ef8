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
    screen: String,
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
    let left = use_countdown(seconds);
    let has_countdown = RwSignal::new(seconds > 0);
    let newest = RwSignal::new(sent_at);
    let CodeFormTexts {
        label: (label, hint),
        missing,
        has_letters,
        confirm: confirm_label,
        get_code,
        sent_at,
        form,
        countdown,
    } = texts;

    let input = NodeRef::<html::Input>::new();
    let error = refusal.as_ref().and_then(|refusal| refusal.of("code"));
    let field = use_field("code", input, error, Some(missing), true);
    // An expired or exhausted code cannot be used any more: the user needs another one. If the code was replaced a
    // newer one is already in the mailbox.
    let is_over = move || {
        let refusal = checked.refusal.read();
        refusal
            .as_ref()
            .is_some_and(|refusal| matches!(&*refusal.error, "code_expired" | "code_exhausted"))
    };
    let on_code = move |answer: Answer| follow(checked, answer);
    let on_resend = move |answer: Answer| {
        let Answer { code: Some((seconds, at)), .. } = answer else {
            return follow(resent, answer);
        };
        resent.busy.set(false);
        has_countdown.set(true);
        count_down(left, seconds);
        newest.set(Some(at));
        checked.refusal.set(None);
        field.error.set(None);
        checked.notice.set(answer.notice);
        if let Some(input) = input.get_untracked() {
            input.set_value("");
            let _ = input.focus();
        }
    };
    // An error of the request for a code is shown in the same place as all others.
    Effect::new(move |_| {
        if let Some(refusal) = resent.refusal.get() {
            checked.refusal.set(Some(refusal));
        }
    });
    let alive = alive();
    let is_waiting = move || alive.get() && left.get() > 0;
    let has_link = kind == InputKind::Code;
    let send_code = send_in_place(checked, &confirm, &form, false, on_code);
    let send_request = send_in_place(resent, &resend, &form, false, on_resend);
    view! {
        <Form
            form=checked action=confirm id=Some("screen-form".to_owned()) class="stack".to_owned()
            texts=form.clone() send=send_code
        >
            <input type="hidden" name="screen" value=screen/>
            <Summary form=checked labels=vec![("code".to_owned(), label.clone())] offers=Vec::new()/>
            <CodeInput kind label hint field input/>
            {has_link.then(|| view! { <small><a href="?letters">{has_letters}</a></small> })}
            <button
                class="button"
                class:second=is_over
                type="submit"
                aria-busy=move || checked.busy.get().then_some("true")
            >
                {confirm_label}
            </button>
        </Form>
        <Form
            form=resent action=resend id=Some("resend".to_owned()) class="row resend".to_owned()
            texts=form send=send_request
        >
            <button
                id="get-code"
                class="button"
                class:second=move || !is_over()
                class:fit=move || !is_over()
                type="submit"
                disabled=is_waiting
                aria-busy=move || resent.busy.get().then_some("true")
            >
                {get_code}
            </button>
            {move || newest.get().map(|moment| view! {
                <span class="quiet sent-at">{sent_at.clone()}" "<Time moment/></span>
            })}
            {move || has_countdown.get().then(|| view! { <Countdown left texts=countdown.clone()/> })}
        </Form>
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
