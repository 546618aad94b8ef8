use leptos::{ev, html, prelude::*};

use super::{
    super::{
        answer::Answer,
        fetch_form::{follow, send_in_place},
        form::{Form, FormState},
        form_alert::Summary,
        local_time::Time,
        text_input::{Field, focus, use_field},
    },
    DeviceView, ListState, Row,
};
use crate::components::{form::notes::Notes, icon::Icon};

/// A device.
#[component]
pub(super) fn Device(row: Row, state: ListState) -> impl IntoView {
    let texts = state.texts.get_value();
    let DeviceView { id, icon, browser, place, is_own, seen, since, .. } = row.device.clone();
    let (name, item) = (row.name, row.item);
    let title_id = ["device-", &id].concat();
    let title = {
        let browser = browser.clone();
        move || name.get().unwrap_or_else(|| browser.clone())
    };
    // An attacker who took over the account could name a browser as its owner would, so the browser itself stays
    // visible.
    let named = move || {
        let browser = browser.clone();
        name.get().map(|_| view! { <p class="quiet small">{browser}</p> })
    };
    let mark = is_own.then(|| view! { " "<span class="mark">{texts.this_one}</span> });
    let used = match seen {
        None => view! { <span class="active">{texts.active_now}</span> }.into_any(),
        Some(moment) => view! { {texts.last_seen}" "<Time moment/> }.into_any(),
    };
    for form in [row.naming, row.ending] {
        state.hush_when_refused(form);
        leave_when_gone(state, form, id.clone());
    }
    let end = (!is_own).then(|| {
        view! { <EndForm id form=row.ending described_by=title_id.clone() state/> }
    });
    let described_by = title_id.clone();
    view! {
        <li node_ref=item>
            <span class="sign"><Icon kind=icon.kind()/></span>
            <div class="what">
                <p><b id=title_id dir="auto">{title}</b>{mark}</p>
                {named}
                <p class="quiet small">{place}</p>
                <p class="quiet small">{used}"; "{texts.since}" "<Time moment=since/></p>
                <NameForm row described_by state/>
            </div>
            {end}
        </li>
    }
}

/// Removes a device that was already signed out, perhaps in another tab, and shows the reason above the list.
fn leave_when_gone(state: ListState, form: FormState, id: String) {
    Effect::new(move |_| {
        if let Some(refusal) = form.refusal.get().filter(|refusal| refusal.error == "session_gone")
        {
            state.said.refusal.set(Some(refusal));
            state.remove(&id);
        }
    });
}

/// The form that names the device, or removes its name.
#[component]
fn NameForm(
    row: Row,
    /// The id of the element that names the device.
    described_by: String,
    state: ListState,
) -> impl IntoView {
    let (texts, actions) = (state.texts.get_value(), state.actions.get_value());
    let Row { device, name, naming: form, details, summary, input, .. } = row;
    provide_context(form);
    let is_open = device.typed.is_some();
    let (typed, error) = device.typed.unzip();
    let is_refused = error.as_ref().is_some_and(Option::is_some);
    let field = use_field("name", input, error.flatten(), None, false);
    let input_id = ["name-", &device.id].concat();
    let on_answer = move |answer: Answer| {
        if answer.is_new {
            return follow(form, answer);
        }
        form.busy.set(false);
        let stored = answer.stored.unwrap_or_default();
        if let Some(input) = input.get_untracked() {
            input.set_value(&stored);
        }
        name.set((!stored.is_empty()).then_some(stored));
        if let Some(details) = details.get_untracked() {
            details.set_open(false);
        }
        focus(summary);
        state.say(answer.notice);
    };
    let (label, hint) = texts.name;
    let summary_by = described_by.clone();
    let send = send_in_place(form, &actions.name, &texts.form, false, on_answer);
    view! {
        <details class="rename" open=is_open node_ref=details>
            <summary node_ref=summary aria-describedby=summary_by>{texts.rename}</summary>
            <Form
                form action=actions.name id=None class="stack".to_owned() texts=texts.form send
            >
                <input type="hidden" name="screen" value=actions.page/>
                <input type="hidden" name="id" value=device.id/>
                <Summary form labels=vec![("name".to_owned(), label.clone())] offers=Vec::new()/>
                <NameInput
                    field input id=input_id value=typed.or(device.name) autofocus=is_refused label
                    hint
                />
                <button
                    class="button second fit"
                    type="submit"
                    aria-describedby=described_by
                    aria-busy=move || form.busy.get().then_some("true")
                >
                    {texts.save}
                </button>
            </Form>
        </details>
    }
}

#[component]
fn NameInput(
    field: Field,
    input: NodeRef<html::Input>,
    id: String,
    value: Option<String>,
    autofocus: bool,
    label: String,
    hint: String,
) -> impl IntoView {
    view! {
        <div class="field" class:refused=move || field.error.read().is_some()>
            <label for=id.clone()>{label}</label>
            <input
                node_ref=input
                class="input"
                id=id.clone()
                name="name"
                type="text"
                dir="auto"
                autocomplete="off"
                enterkeyhint="done"
                autocapitalize="sentences"
                maxlength="200"
                value=value
                autofocus=autofocus
                aria-describedby=field.described_by(&id, true)
                aria-invalid=move || field.error.read().is_some().then_some("true")
                on:input=move |event| field.typed(&event)
            />
            <Notes name=id hint=Some(hint) error=field.error/>
        </div>
    }
}

/// "Sign out", for another device.
#[component]
fn EndForm(
    id: String,
    form: FormState,
    /// The id of the element that names the device.
    described_by: String,
    state: ListState,
) -> impl IntoView {
    let (texts, actions) = (state.texts.get_value(), state.actions.get_value());
    let ended = id.clone();
    let on_answer = move |answer: Answer| {
        if answer.is_new {
            return follow(form, answer);
        }
        form.busy.set(false);
        state.remove(&ended);
        state.say(answer.notice);
    };
    // When a row is removed, the button of the next one may move under the pointer.
    let press = |event: ev::MouseEvent| {
        if event.detail() > 1 {
            event.prevent_default();
        }
    };
    let send = send_in_place(form, &actions.end, &texts.form, false, on_answer);
    view! {
        <Form
            form action=actions.end id=None class=String::new() texts=texts.form send
        >
            <input type="hidden" name="screen" value=actions.page/>
            <Summary form labels=Vec::new() offers=Vec::new()/>
            <input type="hidden" name="id" value=id/>
            <button
                class="button second fit"
                type="submit"
                aria-describedby=described_by
                aria-busy=move || form.busy.get().then_some("true")
                on:click=press
            >
                {texts.sign_out}
            </button>
        </Form>
    }
}
