use std::time::Duration;

use leptos::{html, prelude::*, web_sys::Element};

use super::form::FormState;
use crate::components::icon::{Icon, IconKind};

/// How long it is shown: enough to be found and read by users who see only a part of the page at a time.
const STAYS: Duration = Duration::from_secs(12);

/// Reports at the end of the window that the form was saved in place, announced politely. It disappears by itself, but
/// not while the pointer or the focus is on it, and when the form is sent again.
#[island]
pub fn Toast(
    words: String,
    /// The label of the button that closes it.
    dismiss: String,
) -> impl IntoView {
    let element = NodeRef::<html::Div>::new();
    // The number of the save that is reported; 0 if none is.
    let told = RwSignal::new(0);
    if let Some(form) = use_context::<FormState>() {
        Effect::new(move |_| {
            if form.busy.get() {
                told.set(0);
            }
        });
        Effect::new(move |_| {
            let save = form.saves.get();
            if save > 0 {
                told.set(save);
                go(element, told, save);
                request_animation_frame(move || uncover(element));
            }
        });
    }
    let is_shown = move || told.get() > 0;
    view! {
        <div node_ref=element class="toast" class:shown=is_shown>
            <div class="words" role="status">
                {move || is_shown().then(|| view! {
                    <Icon kind=IconKind::CHECK/>
                    <p>{words.clone()}</p>
                })}
            </div>
            <button type="button" class="button plain" hidden=move || !is_shown() on:click=move |_| told.set(0)>
                {dismiss}
            </button>
        </div>
    }
}

fn go(element: NodeRef<html::Div>, told: RwSignal<u32>, save: u32) {
    let over = move || {
        let is_held = element
            .get_untracked()
            .is_some_and(|toast| Element::matches(&toast, ":hover, :focus-within") == Ok(true));
        match told.get_untracked() == save {
            true if is_held => go(element, told, save),
            true => told.set(0),
            false => {}
        }
    };
    set_timeout(over, STAYS);
}

/// Scrolls the page so that the toast does not cover the focused element (WCAG 2.4.11).
fn uncover(element: NodeRef<html::Div>) {
    let Some(toast) = element.get_untracked() else { return };
    let Some(focused) = document().active_element() else { return };
    let (over, under) =
        (Element::get_bounding_client_rect(&toast), focused.get_bounding_client_rect());
    if focused.tag_name() != "BODY" && over.top() < under.bottom() && under.top() < over.bottom() {
        focused.scroll_into_view_with_bool(false);
    }
}
