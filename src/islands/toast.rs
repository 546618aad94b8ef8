use std::time::Duration;

use leptos::{html, prelude::*, web_sys::Element};

use super::form::FormState;
use crate::components::icon::{Icon, IconKind};

/// How long it stays: enough to be found and read by those who see a part of the page at a time.
const STAYS: Duration = Duration::from_secs(12);

/// Says at the end of the window that the form was saved in place, politely. It goes by itself, but not while somebody
/// points at it, and with the next try.
#[island]
pub fn Toast(
    words: String,
    /// The button that puts it away.
    dismiss: String,
) -> impl IntoView {
    let element = NodeRef::<html::Div>::new();
    // The number of the save that is told; none is the first.
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

/// What has the focus is not covered: the page is scrolled by as much (WCAG 2.4.11).
fn uncover(element: NodeRef<html::Div>) {
    let Some(toast) = element.get_untracked() else { return };
    let Some(focused) = document().active_element() else { return };
    let (over, under) =
        (Element::get_bounding_client_rect(&toast), focused.get_bounding_client_rect());
    if focused.tag_name() != "BODY" && over.top() < under.bottom() && under.top() < over.bottom() {
        focused.scroll_into_view_with_bool(false);
    }
}
