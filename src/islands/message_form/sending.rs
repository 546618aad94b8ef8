//! The way of a message from its form to the stream that brings it back.

use std::{collections::VecDeque, rc::Rc, sync::Arc, time::Duration};

use leptos::{
    ev, html,
    prelude::*,
    task::spawn_local,
    wasm_bindgen::JsValue,
    web_sys::{DataTransfer, File, FormData, KeyboardEvent, js_sys::Date},
};

use super::{
    super::{
        answer::Refusal,
        form::{FieldState, FormState},
        post::pairs,
        text_input::{Field, watch_correction},
    },
    is_composing,
    sent::{Reply, Sent, nonce},
};

/// The delay before a message that could not be sent is retried: this long, then twice as long, …
const AGAIN_MS: u32 = 1_000;
/// … up to this.
const AGAIN_MAX_MS: u32 = 15_000;
/// An empty message this soon after another one is an accidental second press.
const TWICE_MS: f64 = 1_000.0;
/// A message that is being sent, until the stream brings it back with the same nonce.
#[derive(Clone)]
pub(in crate::islands) struct Outgoing {
    pub nonce: String,
    pub text: String,
    /// The name of the attached file.
    pub picture: Option<String>,
    /// Whether the server has it.
    pub is_taken: RwSignal<bool>,
    /// Why it could not be sent, once that is certain and the form is in use; empty if the server gave no reason.
    pub failure: RwSignal<Option<String>>,
    /// Sends it again.
    pub again: Arc<dyn Fn() + Send + Sync>,
}

impl Outgoing {
    /// Removes the message with this nonce, if there is one: it arrived, or was not accepted.
    pub fn forget(all: RwSignal<Vec<Self>>, nonce: &str) {
        if all.read_untracked().iter().any(|one| one.nonce == nonce) {
            all.update(|all| all.retain(|one| one.nonce != nonce));
        }
    }
}

/// The state of the form.
#[derive(Clone, Copy)]
pub(super) struct MessageState {
    /// Busy while a message is being sent.
    pub state: FormState,
    pub element: NodeRef<html::Form>,
    area: NodeRef<html::Textarea>,
    pub picture: NodeRef<html::Input>,
    pub nonce: RwSignal<String>,
    pub is_unsent: RwSignal<bool>,
    /// When the server last accepted a message.
    taken_at: StoredValue<f64>,
    outgoing: RwSignal<Vec<Outgoing>>,
    /// The messages to send, oldest first: they are posted one by one, so that they arrive in order.
    queue: StoredValue<VecDeque<SentRef>>,
    /// Whether unsent text was put back into the form, because the page is being left.
    is_kept: StoredValue<bool>,
}

/// A message, accessible to timers and buttons.
type SentRef = StoredValue<Rc<Sent>, LocalStorage>;

impl MessageState {
    pub(super) fn new(
        area: NodeRef<html::Textarea>,
        nonce: String,
        outgoing: RwSignal<Vec<Outgoing>>,
    ) -> Self {
        Self {
            state: FormState::new(),
            element: NodeRef::new(),
            area,
            picture: NodeRef::new(),
            nonce: RwSignal::new(nonce),
            is_unsent: RwSignal::new(false),
            taken_at: StoredValue::new(0.0),
            outgoing,
            queue: StoredValue::new(VecDeque::new()),
            is_kept: StoredValue::new(false),
        }
    }

    pub(super) fn field(
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

    pub(super) fn focus(self) {
        if let Some(area) = self.area.get_untracked() {
            let _ = area.focus();
        }
    }

    pub(super) fn focus_picture(self) {
        if let Some(picture) = self.picture.get_untracked() {
            let _ = picture.focus();
        }
    }

    fn text(self) -> String {
        self.area.get_untracked().map(|area| area.value()).unwrap_or_default()
    }

    fn set_text(self, text: &str) {
        if let Some(area) = self.area.get_untracked() {
            area.set_value(text);
        }
    }

    fn file(self) -> Option<File> {
        self.picture.get_untracked()?.files()?.get(0)
    }

    fn is_empty(self) -> bool {
        self.text().trim().is_empty() && self.file().is_none()
    }

    pub(super) fn key(self, event: &KeyboardEvent) {
        // While an input method is composing, Enter confirms a word.
        if event.key() == "Enter" && !event.shift_key() && !is_composing(event) {
            event.prevent_default();
            // To see what is missing, the user presses the button.
            if let Some(form) = self.element.get_untracked().filter(|_| !self.is_empty()) {
                let _ = form.request_submit();
            }
        }
    }

    pub(super) fn submit(self, event: &ev::SubmitEvent, action: &str, is_multipart: bool) {
        // The language switch also submits this form.
        if event.submitter().is_some_and(|button| button.has_attribute("formaction")) {
            return;
        }
        event.prevent_default();
        let is_empty = self.is_empty();
        let is_soon = Date::now() - self.taken_at.get_value() < TWICE_MS;
        if is_empty && (is_soon || self.state.busy.get_untracked()) {
            return;
        }
        let Some(body) = self.body(is_multipart) else { return };
        let sent = Sent {
            action: action.to_owned(),
            body,
            nonce: self.nonce.get_untracked(),
            text: self.text(),
            file: self.file(),
            is_taken: RwSignal::new(false),
            failure: RwSignal::new(None),
        };
        let sent: SentRef = StoredValue::new_local(Rc::new(sent));
        if !is_empty {
            self.show(sent);
        }
        self.queue.update_value(|queue| queue.push_back(sent));
        self.post_next();
    }

    /// Shows the message in the list, and empties the form for the next one.
    fn show(self, sent: SentRef) {
        let outgoing = sent.with_value(|one| Outgoing {
            nonce: one.nonce.clone(),
            text: one.text.clone(),
            picture: one.file.as_ref().map(File::name),
            is_taken: one.is_taken,
            failure: one.failure,
            again: Arc::new(move || self.again(sent)),
        });
        self.outgoing.update(|all| all.push(outgoing));
        self.nonce.set(nonce());
        self.is_kept.set_value(false);
        if let Some(area) = self.area.get_untracked() {
            area.set_value("");
            // Also clears the text that the server rendered because it was refused before.
            let _ = area.set_default_value("");
        }
        if let Some(picture) = self.picture.get_untracked() {
            picture.set_value("");
        }
        // Also clears the errors of an earlier message.
        self.state.refuse(Refusal::default());
        self.state.refusal.set(None);
    }

    fn body(self, is_multipart: bool) -> Option<JsValue> {
        let fields = FormData::new_with_form(&self.element.get_untracked()?).ok()?;
        // The DOM is updated a moment later.
        let _ = fields.set_with_str("nonce", &self.nonce.get_untracked());
        if is_multipart { Some(fields.into()) } else { pairs(&fields) }
    }

    /// Posts the oldest message, unless one is being posted.
    fn post_next(self) {
        let next = self.queue.with_value(|queue| queue.front().copied());
        if let Some(sent) = next.filter(|_| !self.state.busy.get_untracked()) {
            self.state.busy.set(true);
            self.post(sent, AGAIN_MS);
        }
    }

    fn post(self, sent: SentRef, again: u32) {
        spawn_local(async move {
            let Some(one) = sent.try_get_value() else { return };
            let reply = one.post().await;
            self.is_unsent.set(matches!(reply, Reply::Away));
            match reply {
                Reply::Away => {
                    let next = (again * 2).min(AGAIN_MAX_MS);
                    let again = Duration::from_millis(again.into());
                    set_timeout(move || self.post(sent, next), again);
                }
                Reply::Taken => self.taken(&one),
                Reply::Refused(refusal) => self.fail(&one, Some(refusal)),
                Reply::Elsewhere(path) => {
                    let _ = window().location().assign(&path);
                }
                Reply::Unknown => self.fail(&one, None),
            }
        });
    }

    /// Removes the oldest message from the queue: its result is known.
    fn settle(self) {
        self.queue.update_value(|queue| {
            queue.pop_front();
        });
        self.state.busy.set(false);
    }

    fn taken(self, sent: &Sent) {
        self.settle();
        self.taken_at.set_value(Date::now());
        sent.is_taken.set(true);
        // The page was not left after all.
        if self.is_kept.get_value()
            && let Some(rest) = self.text().strip_prefix(&sent.text)
        {
            self.set_text(rest.trim_start());
        }
        // A user who moved on in the meantime, for example to another conversation, keeps the focus there.
        let focused = document().active_element().filter(|e| e.tag_name() != "BODY");
        let form = self.element.get_untracked();
        if focused.is_none_or(|focused| form.is_some_and(|form| form.contains(Some(&focused)))) {
            self.focus();
        }
        self.post_next();
    }

    /// Handles a message that was not accepted. It returns to the form; if something else is being written there, it
    /// stays in the list. Without a reason the form is submitted with a page load, and the new page shows the reason.
    fn fail(self, sent: &Sent, refusal: Option<Refusal>) {
        self.settle();
        let is_last = self.queue.with_value(VecDeque::is_empty);
        // A page load would lose the other messages that are still being sent.
        let outgoing = self.outgoing.get_untracked();
        let stays = |one: &Outgoing| one.nonce != sent.nonce && !one.is_taken.get_untracked();
        if self.is_empty() && is_last && (refusal.is_some() || !outgoing.iter().any(stays)) {
            Outgoing::forget(self.outgoing, &sent.nonce);
            self.give_back(sent);
            match (refusal, self.element.get_untracked()) {
                (Some(refusal), _) => self.state.refuse(refusal),
                // Only after the form has its nonce again: the message may have arrived.
                (None, Some(form)) => set_timeout(
                    move || {
                        let _ = form.submit();
                    },
                    Duration::ZERO,
                ),
                (None, None) => {}
            }
        } else {
            sent.failure.set(Some(refusal.map(|refusal| refusal.summary).unwrap_or_default()));
        }
        self.post_next();
    }

    fn give_back(self, sent: &Sent) {
        self.nonce.set(sent.nonce.clone());
        self.set_text(&sent.text);
        if let (Some(picture), Some(file)) = (self.picture.get_untracked(), &sent.file)
            && let Ok(files) = DataTransfer::new()
        {
            let _ = files.items().add_with_file(file);
            picture.set_files(files.files().as_ref());
        }
    }

    /// Sends a failed message again, unchanged.
    fn again(self, sent: SentRef) {
        if let Some(one) = sent.try_get_value() {
            one.failure.set(None);
            self.queue.update_value(|queue| queue.push_back(sent));
            self.post_next();
            // The button that was pressed is gone.
            self.focus();
        }
    }

    /// Puts messages that the server has not accepted back into the form when the page is left, so that they are there
    /// when the user returns.
    pub(super) fn keep(self) {
        let mut outgoing = self.outgoing.get_untracked();
        outgoing.retain(|one| !one.is_taken.get_untracked() && !one.text.is_empty());
        if !outgoing.is_empty() && !self.is_kept.get_value() {
            self.is_kept.set_value(true);
            let texts = outgoing.into_iter().map(|one| one.text).chain([self.text()]);
            self.set_text(texts.collect::<Vec<_>>().join("\n").trim_end());
        }
    }
}
