//! The form of a conversation: what is written is sent without leaving the page, once, and again until it arrives.

use std::{rc::Rc, sync::Arc, time::Duration};

use leptos::{
    context::Provider,
    ev, html,
    prelude::*,
    serde_json,
    task::spawn_local,
    wasm_bindgen::{JsCast as _, JsValue},
    web_sys::{
        File, FormData, KeyboardEvent, UrlSearchParams,
        js_sys::{Date, Math},
    },
};
use serde::{Deserialize, Serialize};

use super::{
    answer::{Answer, Refusal},
    form::{FieldState, FormState},
    form_alert::Summary,
    post::tell,
    text_input::{Field, watch_correction},
};
use crate::components::form::{notes::Notes, text_of_area};

/// Between two signs that the user is typing.
const TYPING_EVERY_MS: f64 = 3_000.0;
/// Until a message that did not get through is tried again: this much, then twice as much, …
const AGAIN_MS: u32 = 1_000;
/// … up to this.
const AGAIN_MAX_MS: u32 = 15_000;
/// So soon after a message an empty one is a second press, and not meant.
const TWICE_MS: f64 = 1_000.0;
/// What the server says when the same may work in a moment.
const BUSY: [&str; 2] = ["busy", "unavailable"];
/// What it says when there is no conversation, or none that may be seen.
const GONE: &str = "not_found";

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

/// A message that is under way, until the stream brings it back under the same nonce.
#[derive(Clone)]
pub(super) struct Outgoing {
    pub nonce: String,
    pub text: String,
    /// The name of the file that comes along.
    pub picture: Option<String>,
    /// Whether the server has it.
    pub is_taken: RwSignal<bool>,
}

impl Outgoing {
    /// Forgets the one with this nonce, if there is one: it arrived, or is none.
    pub fn forget(all: RwSignal<Vec<Self>>, nonce: &str) {
        if all.read_untracked().iter().any(|one| one.nonce == nonce) {
            all.update(|all| all.retain(|one| one.nonce != nonce));
        }
    }
}

/// The form. Enter sends what was written, Shift+Enter begins a new line. Once the server took it the form is empty
/// again, but for what was typed or chosen meanwhile. If there is no connection the same is tried again under the same
/// nonce, which makes it one message however often it arrives. Without script it is posted as any other form.
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
    let form = MessageState {
        state: FormState::new(),
        element: NodeRef::new(),
        area,
        picture: NodeRef::new(),
        nonce: RwSignal::new(nonce),
        is_unsent: RwSignal::new(false),
        taken_at: StoredValue::new(0.0),
        outgoing,
    };
    form.state.refusal.set(refusal.clone());
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

#[derive(Clone, Copy)]
struct MessageState {
    /// It is busy while something is under way.
    state: FormState,
    element: NodeRef<html::Form>,
    area: NodeRef<html::Textarea>,
    picture: NodeRef<html::Input>,
    nonce: RwSignal<String>,
    is_unsent: RwSignal<bool>,
    /// When the server last took something.
    taken_at: StoredValue<f64>,
    outgoing: RwSignal<Vec<Outgoing>>,
}

/// What one press posts, the same however often it is tried: the form may have changed since.
struct Sent {
    action: String,
    body: JsValue,
    nonce: String,
    text: String,
    file: Option<File>,
    is_taken: RwSignal<bool>,
}

enum Reply {
    Taken,
    Refused(Refusal),
    /// It is tried again as it was.
    Away,
    /// Something comes first.
    Elsewhere(String),
    /// Only a page can tell.
    Unknown,
}

impl MessageState {
    fn field(
        self,
        name: &str,
        refusal: Option<&Refusal>,
        focus: Arc<dyn Fn() + Send + Sync>,
    ) -> Field {
        let error = RwSignal::new(refusal.and_then(|refusal| refusal.of(name)));
        let field = Field { value: RwSignal::new(String::new()), error };
        watch_correction(self.state, name, error);
        self.state.add(FieldState {
            name: name.to_owned(),
            value: field.value.into(),
            error,
            check: Arc::new(|| None),
            focus,
            clear: None,
        });
        field
    }

    fn focus(self) {
        if let Some(area) = self.area.get_untracked() {
            let _ = area.focus();
        }
    }

    fn focus_picture(self) {
        if let Some(picture) = self.picture.get_untracked() {
            let _ = picture.focus();
        }
    }

    fn text(self) -> String {
        self.area.get_untracked().map(|area| area.value()).unwrap_or_default()
    }

    fn file(self) -> Option<File> {
        self.picture.get_untracked()?.files()?.get(0)
    }

    fn is_empty(self) -> bool {
        self.text().trim().is_empty() && self.file().is_none()
    }

    fn key(self, event: &KeyboardEvent) {
        // While an input method composes, Enter chooses a word.
        if event.key() == "Enter" && !event.shift_key() && !is_composing(event) {
            event.prevent_default();
            // Who wants to know what is missing presses the button.
            if let Some(form) = self.element.get_untracked().filter(|_| !self.is_empty()) {
                let _ = form.request_submit();
            }
        }
    }

    fn submit(self, event: &ev::SubmitEvent, action: &str, is_multipart: bool) {
        // The language switch is a button of the form, too.
        if event.submitter().is_some_and(|button| button.has_attribute("formaction")) {
            return;
        }
        event.prevent_default();
        let is_twice = Date::now() - self.taken_at.get_value() < TWICE_MS;
        if self.state.busy.get_untracked() || (is_twice && self.is_empty()) {
            return;
        }
        let Some(body) = self.body(is_multipart) else { return };
        let outgoing = Outgoing {
            nonce: self.nonce.get_untracked(),
            text: self.text(),
            picture: self.file().map(|file| file.name()),
            is_taken: RwSignal::new(false),
        };
        let sent = Sent {
            action: action.to_owned(),
            body,
            nonce: outgoing.nonce.clone(),
            text: outgoing.text.clone(),
            file: self.file(),
            is_taken: outgoing.is_taken,
        };
        self.state.busy.set(true);
        if !self.is_empty() {
            self.outgoing.update(|all| all.push(outgoing));
        }
        self.post(Rc::new(sent), AGAIN_MS);
    }

    fn body(self, is_multipart: bool) -> Option<JsValue> {
        let fields = FormData::new_with_form(&self.element.get_untracked()?).ok()?;
        if is_multipart {
            return Some(fields.into());
        }
        // A list of pairs, whichever of the two kinds holds it.
        let fields =
            UrlSearchParams::new_with_str_sequence_sequence(fields.unchecked_ref()).ok()?;
        Some(fields.into())
    }

    fn post(self, sent: Rc<Sent>, again: u32) {
        spawn_local(async move {
            let reply = sent.post().await;
            self.is_unsent.set(matches!(reply, Reply::Away));
            match reply {
                Reply::Away => {
                    let next = (again * 2).min(AGAIN_MAX_MS);
                    let again = Duration::from_millis(again.into());
                    set_timeout(move || self.post(sent, next), again);
                }
                Reply::Taken => self.taken(&sent),
                Reply::Refused(refusal) => {
                    self.give_back(&sent);
                    self.state.refuse(refusal);
                }
                Reply::Elsewhere(path) => {
                    let _ = window().location().assign(&path);
                }
                Reply::Unknown => {
                    // Posted the plain way: the page that comes says why.
                    let form = self.element.get_untracked();
                    if let Some(form) = form.filter(|_| self.give_back(&sent)) {
                        let _ = form.submit();
                    }
                }
            }
        });
    }

    /// Makes room for the next message.
    fn taken(self, sent: &Sent) {
        self.state.busy.set(false);
        self.taken_at.set_value(Date::now());
        sent.is_taken.set(true);
        self.nonce.set(nonce());
        if let Some(area) = self.area.get_untracked() {
            // What was typed meanwhile is the beginning of the next one.
            if let Some(rest) =
                area.value().strip_prefix(&sent.text).filter(|_| !sent.text.is_empty())
            {
                area.set_value(rest.trim_start());
            }
            // What the server had put into it, because it refused that before.
            let _ = area.set_default_value("");
            // Who went elsewhere meanwhile, to another conversation say, types there.
            let focused = document().active_element().filter(|e| e.tag_name() != "BODY");
            let form = self.element.get_untracked();
            if focused.is_none_or(|focused| form.is_some_and(|form| form.contains(Some(&focused))))
            {
                let _ = area.focus();
            }
        }
        if let Some(picture) = self.picture.get_untracked()
            && sent.file.is_some()
            && self.file() == sent.file
        {
            picture.set_value("");
        }
        // And what was said of one before.
        self.state.refuse(Refusal::default());
        self.state.refusal.set(None);
    }

    /// It is no message. What was typed meanwhile is none either: then all of it stays, and the next press posts it.
    /// Whether nothing was.
    fn give_back(self, sent: &Sent) -> bool {
        self.state.busy.set(false);
        Outgoing::forget(self.outgoing, &sent.nonce);
        let now = self.text();
        if let Some(area) = self.area.get_untracked().filter(|_| !now.starts_with(&sent.text)) {
            area.set_value(&[&sent.text, "\n", &now].concat());
        }
        now == sent.text
    }
}

impl Sent {
    async fn post(&self) -> Reply {
        let request = gloo_net::http::Request::post(&self.action);
        let Ok(request) = request.header("accept", Answer::MEDIA_TYPE).body(self.body.clone())
        else {
            return Reply::Unknown;
        };
        let Ok(response) = request.send().await else { return Reply::Away };
        if matches!(response.status(), 502..=504) {
            return Reply::Away;
        }
        let Ok(text) = response.text().await else { return Reply::Away };
        match serde_json::from_str(&text) {
            Ok(Answer { refusal: Some(refusal), .. }) => match &*refusal.error {
                error if BUSY.contains(&error) => Reply::Away,
                GONE => Reply::Unknown,
                _ => Reply::Refused(refusal),
            },
            Ok(Answer { next, .. }) => {
                let path = next.split(['?', '#']).next();
                match window().location().pathname() {
                    Ok(here) if path == Some(&here) => Reply::Taken,
                    _ => Reply::Elsewhere(next),
                }
            }
            Err(_) => Reply::Unknown,
        }
    }
}

/// What names a message, so that it counts once however often it arrives.
fn nonce() -> String {
    let digit = |_| char::from_digit((Math::random() * 16.0) as u32, 16).unwrap_or('0');
    (0..32).map(digit).collect()
}
