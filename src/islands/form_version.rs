//! The version of a form, and the warning before unsaved changes are lost.

use leptos::{
    ev, html,
    prelude::*,
    wasm_bindgen::JsCast as _,
    web_sys::{FormData, HtmlFormElement},
};

use super::form::FormState;

/// The version of the data that the form was rendered from: changes saved elsewhere since then are not overwritten. It
/// is updated after each save in place. Leaving the page asks for confirmation while something that the user typed,
/// chose or drew is unsaved; values that the browser proposed do not count.
#[island]
pub fn FormVersion(
    version: String,
    /// Names and values, as stored.
    stored: Vec<(String, String)>,
) -> impl IntoView {
    let version = RwSignal::new(version);
    let input = NodeRef::<html::Input>::new();
    if let Some(form) = use_context::<FormState>().filter(|_| cfg!(feature = "hydrate")) {
        Effect::new(move |_| {
            let now = form.now.read();
            if let Some((_, now)) = now.iter().find(|(name, _)| name == "version") {
                version.set(now.clone());
            }
        });
        Changes::new(form, input, stored).watch();
    }
    view! { <input node_ref=input type="hidden" name="version" value=version/> }
}

/// What the user changed in the form since it was stored.
#[derive(Clone, Copy)]
struct Changes {
    form: FormState,
    input: NodeRef<html::Input>,
    /// Names and values.
    stored: RwSignal<Vec<(String, String)>>,
    /// What was sent last.
    sent: RwSignal<Vec<(String, String)>>,
    is_unsaved: RwSignal<bool>,
    /// Whether it was posted with a page load: the typed values are then shown again.
    is_left: RwSignal<bool>,
}

impl Changes {
    fn new(form: FormState, input: NodeRef<html::Input>, stored: Vec<(String, String)>) -> Self {
        Self {
            form,
            input,
            stored: RwSignal::new(stored),
            sent: RwSignal::new(Vec::new()),
            is_unsaved: RwSignal::new(false),
            is_left: RwSignal::new(false),
        }
    }

    fn element(self) -> Option<HtmlFormElement> {
        self.input.get_untracked().and_then(|input| input.form())
    }

    fn typed(self) -> Vec<(String, String)> {
        let fields = self.element().and_then(|form| FormData::new_with_form(&form).ok());
        let value = |name: &str| fields.as_ref()?.get(name).as_string();
        let pairs = self.stored.get_untracked().into_iter().map(|(name, _)| {
            let value = value(&name).unwrap_or_default();
            (name, value)
        });
        pairs.collect()
    }

    fn look(self) {
        let stored = self.stored.get_untracked();
        let proposed = self.form.proposed.get_untracked();
        let differs =
            self.typed().iter().any(|field| !stored.contains(field) && !proposed.contains(field));
        self.is_unsaved.set(differs || self.form.has_file.get_untracked());
    }

    fn submitted(self, event: &ev::SubmitEvent) {
        let element = self.element();
        if element.is_none_or(|form| event.target() != Some(form.unchecked_into())) {
            return;
        }
        if event.default_prevented() {
            self.sent.set(self.typed());
        } else {
            self.is_left.set(true);
        }
    }

    fn watch(self) {
        let typing = window_event_listener(ev::input, move |_| self.look());
        let choosing = window_event_listener(ev::change, move |_| self.look());
        let sending = window_event_listener(ev::submit, move |event| self.submitted(&event));
        on_cleanup(move || {
            typing.remove();
            choosing.remove();
            sending.remove();
        });
        Effect::new(move |before: Option<()>| {
            self.form.has_file.track();
            // On the first run: the user may have typed before hydration.
            let focused = document().active_element();
            let is_typing = || self.element().is_some_and(|form| form.contains(focused.as_deref()));
            if before.is_some() || is_typing() {
                self.look();
            }
        });
        Effect::new(move |_| {
            if self.form.saves.get() > 0 {
                self.stored.set(self.sent.get_untracked());
                self.look();
            }
        });
        Effect::new(move |_| {
            if self.is_unsaved.get() {
                self.ask_before_leaving();
            }
        });
    }

    fn ask_before_leaving(self) {
        let leaving = window_event_listener(ev::beforeunload, move |event| {
            self.look();
            let is_lost = self.form.has_file.get_untracked() || !self.is_left.get_untracked();
            // While it is being posted, the next page receives what was typed.
            if self.is_unsaved.get_untracked() && is_lost && !self.form.busy.get_untracked() {
                event.prevent_default();
            }
        });
        on_cleanup(move || leaving.remove());
    }
}
