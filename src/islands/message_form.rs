//! The form of a conversation: a message is sent without leaving the page, once, and retried until it arrives.

mod sending;
mod sent;

use std::sync::Arc;

use leptos::{
    context::Provider,
    ev, html,
    prelude::*,
    task::spawn_local,
    web_sys::{KeyboardEvent, js_sys::Date},
};
use serde::{Deserialize, Serialize};

use self::sending::MessageState;
pub(super) use self::sending::Outgoing;
use super::{answer::Refusal, form_alert::Summary, post::tell, text_input::Field};
use crate::components::form::{notes::Notes, text_of_area};

/// The minimum interval between two typing signals, in milliseconds.
const TYPING_EVERY_MS: f64 = 3_000.0;
/// More than the server accepts, so that the server can refuse with a message; a browser cuts longer text silently.
pub(super) const MAXLENGTH: u32 = 16_000;

/// The texts of the form.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct MessageTexts {
    /// The label of the text area.
    pub message: String,
    /// Its hint.
    pub hint: Option<String>,
    /// Label and hint of the picture, where one can be attached.
    pub picture: Option<(String, String)>,
    /// Shown while there is no connection.
    pub unsent: String,
    /// The label of the button.
    pub send: String,
}

/// The form. Enter sends the message, Shift+Enter starts a new line. A message that is sent appears in the list at
/// once, and the form is empty for the next one. Without a connection it is retried with the same nonce, so that it
/// counts as one message however often it arrives; a refused message returns to the form, unless something else is
/// being written there. Without script it is posted like any other form.
#[component]
pub(super) fn MessageForm(
    /// The address to which messages are posted.
    action: String,
    /// The address that is notified, now and then, that the user is typing.
    typing: String,
    /// The id of the form, where the language switch submits it.
    form_id: Option<String>,
    #[prop(into)] class: String,
    /// The id of the text area.
    #[prop(into)]
    id: String,
    /// Names and values of further fields.
    hidden: Vec<(String, String)>,
    nonce: String,
    /// The text of a form that is shown again, and why it was refused.
    value: Option<String>,
    refusal: Option<Refusal>,
    /// The text area, for callers that insert text.
    area: NodeRef<html::Textarea>,
    /// The messages being sent.
    outgoing: RwSignal<Vec<Outgoing>>,
    texts: MessageTexts,
) -> impl IntoView {
    let MessageTexts { message, hint, picture, unsent, send } = texts;
    let form = MessageState::new(area, nonce, outgoing);
    form.state.refusal.set(refusal.clone());
    keep_when_left(form);
    let field = form.field("message", refusal.as_ref(), Arc::new(move || form.focus()));
    let labels = labels(&message, picture.as_ref());
    let enctype = picture.is_some().then_some("multipart/form-data");
    let picture = picture.map(|(label, hint)| {
        let focus = Arc::new(move || form.focus_picture());
        (form.field("picture", refusal.as_ref(), focus), label, hint)
    });
    view! {
        <Provider value=form.state>
            <form
                id=form_id
                class=["message-form ", &class].concat()
                method="post"
                action=action.clone()
                enctype=enctype
                novalidate=true
                node_ref=form.element
                on:submit=move |event| form.submit(&event, &action, enctype.is_some())
            >
                <HiddenFields fields=hidden/>
                <input type="hidden" name="nonce" value=move || form.nonce.get()/>
                <Summary form=form.state labels offers=Vec::new()/>
                <MessageArea form field area typing id label=message hint value/>
                {picture.map(|(field, label, hint)| view! {
                    <PictureInput input=form.picture field label hint/>
                })}
                <p class="quiet unsent" role="status" hidden=move || !form.is_unsent.get()>{unsent}</p>
                <button class="button fit" type="submit">{send}</button>
            </form>
        </Provider>
    }
}

/// Returns names and labels of the fields, for the summary of errors.
fn labels(message: &str, picture: Option<&(String, String)>) -> Vec<(String, String)> {
    let picture = picture.map(|(label, _)| ("picture".to_owned(), label.clone()));
    [("message".to_owned(), message.to_owned())].into_iter().chain(picture).collect()
}

/// The browser keeps form values of a page that is left. Some browsers fire only one of the two events.
fn keep_when_left(form: MessageState) {
    if !cfg!(feature = "hydrate") {
        return;
    }
    for leaves in ["beforeunload", "pagehide"] {
        let leaves = window_event_listener_untyped(leaves, move |_| form.keep());
        on_cleanup(move || leaves.remove());
    }
}

#[component]
fn HiddenFields(fields: Vec<(String, String)>) -> impl IntoView {
    let fields = fields.into_iter().map(|(name, value)| {
        view! { <input type="hidden" name=name value=value/> }
    });
    fields.collect_view()
}

/// The text area. While the user types the server is notified, now and then.
#[component]
fn MessageArea(
    form: MessageState,
    field: Field,
    area: NodeRef<html::Textarea>,
    typing: String,
    id: String,
    label: String,
    hint: Option<String>,
    value: Option<String>,
) -> impl IntoView {
    let told_at = StoredValue::new(0.0);
    let typed = move |event: ev::Event| {
        field.typed(&event);
        if Date::now() - told_at.get_value() > TYPING_EVERY_MS {
            told_at.set_value(Date::now());
            let typing = typing.clone();
            spawn_local(async move {
                tell(&typing, &[]).await;
            });
        }
    };
    view! {
        <div class="field" class:refused=move || field.error.read().is_some()>
            <label for=id.clone()>{label}</label>
            <textarea
                node_ref=area
                class="input area"
                id=id.clone()
                name="message"
                rows="3"
                dir="auto"
                maxlength=MAXLENGTH
                enterkeyhint="send"
                autocapitalize="sentences"
                aria-describedby=field.described_by(&id, hint.is_some())
                aria-invalid=move || field.error.read().is_some().then_some("true")
                on:input=typed
                on:keydown=move |event| form.key(&event)
            >
                {text_of_area(&value.unwrap_or_default())}
            </textarea>
            <Notes name=id hint error=field.error/>
        </div>
    }
}

#[component]
fn PictureInput(
    input: NodeRef<html::Input>,
    field: Field,
    label: String,
    hint: String,
) -> impl IntoView {
    let name = "picture";
    view! {
        <div class="field" class:refused=move || field.error.read().is_some()>
            <label for=name>{label}</label>
            <input
                node_ref=input
                class="input file"
                id=name
                name=name
                type="file"
                accept="image/png,image/jpeg,image/webp"
                aria-describedby=field.described_by(name, true)
                aria-invalid=move || field.error.read().is_some().then_some("true")
                on:input=move |_| field.error.set(None)
            />
            <Notes name=name.to_owned() hint=Some(hint) error=field.error/>
        </div>
    }
}

/// Returns whether a key belongs to an input method that is composing a word: Enter then confirms the word, and letters
/// are not final. Safari reports this only by the key code (UI Events §5.2: 229), because its composition ends first.
pub(super) fn is_composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == 229
}
