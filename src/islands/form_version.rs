//! The version of a form, and the warning before unsaved changes are lost.

use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast as _, web_sys::FormData};

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
        watch(form, input, stored);
    }
    view! { <input node_ref=input type="hidden" name="version" value=version/> }
}

fn watch(form: FormState, input: NodeRef<html::Input>, stored: Vec<(String, String)>) {
    let stored = RwSignal::new(stored);
    let sent = RwSignal::new(Vec::new());
    let (is_unsaved, is_left) = (RwSignal::new(false), RwSignal::new(false));
    let element = move || input.get_untracked().and_then(|input| input.form());
    let typed = move || {
        let fields = element().and_then(|form| FormData::new_with_form(&form).ok());
        let value = |name: &str| fields.as_ref()?.get(name).as_string();
        let pairs = stored.get_untracked().into_iter().map(|(name, _)| {
            let value = value(&name).unwrap_or_default();
            (name, value)
        });
        pairs.collect::<Vec<_>>()
    };
    let look = move || {
        let (stored, proposed) = (stored.get_untracked(), form.proposed.get_untracked());
        let differs =
            typed().iter().any(|field| !stored.contains(field) && !proposed.contains(field));
        is_unsaved.set(differs || form.has_file.get_untracked());
    };
    let typing = window_event_listener(ev::input, move |_| look());
    let choosing = window_event_listener(ev::change, move |_| look());
    let sending = window_event_listener(ev::submit, move |event| {
        let is_ours = element().is_some_and(|form| event.target() == Some(form.unchecked_into()));
        if is_ours && event.default_prevented() {
            sent.set(typed());
        } else if is_ours {
            // After a post with a page load the typed values are shown again.
            is_left.set(true);
        }
    });
    Effect::new(move |before: Option<()>| {
        form.has_file.track();
        // On the first run: the user may have typed before hydration.
        let focused = document().active_element();
        let is_typing = || element().is_some_and(|form| form.contains(focused.as_deref()));
        if before.is_some() || is_typing() {
            look();
        }
    });
    Effect::new(move |_| {
        if form.saves.get() > 0 {
            stored.set(sent.get_untracked());
            look();
        }
    });
    Effect::new(move |_| {
        if !is_unsaved.get() {
            return;
        }
        let leaving = window_event_listener(ev::beforeunload, move |event| {
            look();
            let is_lost = form.has_file.get_untracked() || !is_left.get_untracked();
            // While it is being posted, the next page receives what was typed.
            if is_unsaved.get_untracked() && is_lost && !form.busy.get_untracked() {
                event.prevent_default();
            }
        });
        on_cleanup(move || leaving.remove());
    });
    on_cleanup(move || {
        typing.remove();
        choosing.remove();
        sending.remove();
    });
}
