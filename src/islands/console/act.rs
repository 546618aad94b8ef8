//! The small forms of a console window: they are posted in place, and the resulting changes arrive over the stream, in
//! this window as in all others.

use leptos::{
    ev, html,
    prelude::*,
    task::spawn_local,
    wasm_bindgen::JsCast as _,
    web_sys::{FormData, HtmlFormElement},
};

use super::{
    super::{
        answer::Answer,
        post::{is_here, pairs, post_form},
    },
    ConsoleState,
};

/// A form that is posted in place.
#[derive(Clone, Copy)]
pub(super) struct Act {
    state: ConsoleState,
    is_busy: RwSignal<bool>,
    /// Why it was refused.
    refusal: RwSignal<Option<String>>,
    /// The text area that is emptied after success.
    pub area: NodeRef<html::Textarea>,
}

impl Act {
    pub(super) fn new() -> Self {
        Self {
            state: expect_context(),
            is_busy: RwSignal::new(false),
            refusal: RwSignal::new(None),
            area: NodeRef::new(),
        }
    }

    /// Posts the form, with the button that was pressed. Without a stream it is submitted with a page load, so that the
    /// page shows what changed.
    pub(super) fn submit(self, event: &ev::SubmitEvent) {
        if self.state.is_lost() {
            return;
        }
        event.prevent_default();
        let form = event.target().and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
        let Some(form) = form.filter(|_| !self.is_busy.get_untracked()) else { return };
        let Ok(fields) = FormData::new_with_form(&form) else { return };
        if let Some(button) = event.submitter()
            && let (Some(name), Some(value)) =
                (button.get_attribute("name"), button.get_attribute("value"))
        {
            let _ = fields.append_with_str(&name, &value);
        }
        self.is_busy.set(true);
        spawn_local(async move {
            let answer = match pairs(&fields) {
                Some(fields) => post_form(&form.action(), fields).await,
                None => None,
            };
            self.is_busy.set(false);
            self.refusal.set(None);
            match answer {
                Some(Answer { refusal: Some(refusal), .. }) => {
                    self.refusal.set(Some(refusal.summary));
                }
                Some(Answer { next, .. }) if is_here(&next) => {
                    if let Some(area) = self.area.get_untracked() {
                        area.set_value("");
                    }
                }
                // Another page comes first.
                Some(Answer { next, .. }) => {
                    let _ = window().location().assign(&next);
                }
                None => {
                    let offline = self.state.texts.with_value(|texts| texts.offline.clone());
                    self.refusal.set(Some(offline));
                }
            }
        });
    }
}

/// The reason for a refusal.
#[component]
pub(super) fn Refused(act: Act) -> impl IntoView {
    let refusal = move || act.refusal.get().map(|words| view! { <p class="why">{words}</p> });
    view! { <div class="refused" role="alert">{refusal}</div> }
}

/// The hidden fields that every form of a window sends: the address to return to, and the conversation.
#[component]
pub(super) fn WindowFields(#[prop(into)] conversation: Option<String>) -> impl IntoView {
    let back = expect_context::<ConsoleState>().back.get_value();
    let conversation = conversation.map(|id| {
        view! { <input type="hidden" name="conversation" value=id/> }
    });
    view! {
        <input type="hidden" name="back" value=back/>
        {conversation}
    }
}
