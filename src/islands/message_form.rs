//! The form of a conversation: what is written is sent without leaving the page, once, and again until it arrives.

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

/// Between two signs that the user is typing.
const TYPING_EVERY_MS: f64 = 3_000.0;
/// The most that fits: more than the server takes, which says so. A browser cuts what is longer without a word.
pub(super) const MAXLENGTH: u32 = 16_000;

/// What the form says.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct MessageTexts {
    /// The label of the text.
    pub message: String,
    /// Its hint.
    pub hint: Option<String>,
    /// Label and hint of the picture, where one can be sent along.
    pub picture: Option<(String, String)>,
    /// While there is no connection.
    pub unsent: String,
    /// The button.
    pub send: String,
}

/// The form. Enter sends what was written, Shift+Enter begins a new line. What is sent stands among the messages at once,
/// and the form is empty for the next one. If there is no connection the same is tried again under the same nonce, which
/// makes it one message however often it arrives; what is refused comes back into the form, unless something else is
/// being written there. Without script it is posted as any other form.
#[component]
pub(super) fn MessageForm(
    /// Where messages are posted.
    action: String,
    /// Where it is told, now and then, that the user types.
    typing: String,
    /// The id of the form, where the language switch is a button of it.
    form_id: Option<String>,
    #[prop(into)] class: String,
    /// The id of the text.
    #[prop(into)]
    id: String,
    /// Names and values of further fields.
    hidden: Vec<(String, String)>,
    nonce: String,
    /// What was typed before the page came back, and why it did.
    value: Option<String>,
    refusal: Option<Refusal>,
    /// The text, for those who put something into it.
    area: NodeRef<html::Textarea>,
    /// What is under way.
    outgoing: RwSignal<Vec<Outgoing>>,
    texts: MessageTexts,
) -> impl IntoView {
    let MessageTexts { message, hint, picture, unsent, send } = texts;
    let form = MessageState::new(area, nonce, outgoing);
    form.state.refusal.set(refusal.clone());
    if cfg!(feature = "hydrate") {
        // The browser keeps what stands in a form of a page that is left. Some do not say the one, some the other.
        for leaves in ["beforeunload", "pagehide"] {
            let leaves = window_event_listener_untyped(leaves, move |_| form.keep());
            on_cleanup(move || leaves.remove());
        }
    }
    let field = form.field("message", refusal.as_ref(), Arc::new(move || form.focus()));
    let labels = [Some(("message".to_owned(), message.clone()))].into_iter();
    let labels = labels.chain([picture.clone().map(|(label, _)| ("picture".to_owned(), label))]);
    let labels = labels.flatten().collect::<Vec<_>>();
    let hidden = hidden.into_iter().map(|(name, value)| {
        view! { <input type="hidden" name=name value=value/> }
    });
    let hidden = hidden.collect_view();
    let enctype = picture.is_some().then_some("multipart/form-data");
    let picture = picture.map(|(label, hint)| {
        let focus = Arc::new(move || form.focus_picture());
        (form.field("picture", refusal.as_ref(), focus), label, hint)
    });
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
    let text = text_of_area(&value.unwrap_or_default());
    let described_by = field.described_by(&id, hint.is_some());
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
                {hidden}
                <input type="hidden" name="nonce" value=move || form.nonce.get()/>
                <Summary form=form.state labels offers=Vec::new()/>
                <div class="field" class:refused=move || field.error.read().is_some()>
                    <label for=id.clone()>{message}</label>
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
                        aria-describedby=described_by
                        aria-invalid=move || field.error.read().is_some().then_some("true")
                        on:input=typed
                        on:keydown=move |event| form.key(&event)
                    >
                        {text}
                    </textarea>
                    <Notes name=id hint error=field.error/>
                </div>
                {picture.map(|(field, label, hint)| view! {
                    <PictureInput input=form.picture field label hint/>
                })}
                <p class="quiet unsent" role="status" hidden=move || !form.is_unsent.get()>
                    {unsent}
                </p>
                <button class="button fit" type="submit">{send}</button>
            </form>
        </Provider>
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

/// Whether a key belongs to an input method that composes a word: Enter chooses one then, and letters are not letters
/// yet. Safari says so by the key code alone (UI Events §5.2: 229), because there the composition is over first.
pub(super) fn is_composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == 229
}
