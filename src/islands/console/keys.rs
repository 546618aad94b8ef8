//! Single-key shortcuts. They can be turned off (WCAG 2.1.4).

use leptos::{
    ev,
    prelude::*,
    wasm_bindgen::JsCast as _,
    web_sys::{Element, HtmlElement, KeyboardEvent},
};

use super::{super::message_form::is_composing, ConsoleState, ConversationPane};

/// Listens for shortcuts as long as the window exists.
pub(super) fn listen(state: ConsoleState) {
    if cfg!(feature = "hydrate") {
        let listener = window_event_listener(ev::keydown, move |event| {
            let is_combined = event.ctrl_key() || event.alt_key() || event.meta_key();
            let sheet = state.sheet.get_untracked();
            let is_open = sheet.is_some_and(|sheet| sheet.open());
            if !is_combined
                && !is_open
                && !is_composing(&event)
                && !is_typed(&event)
                && press(state, &event)
            {
                event.prevent_default();
            }
        });
        on_cleanup(move || listener.remove());
    }
}

/// Returns whether the key is typed into a field.
fn is_typed(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| matches!(&*target.tag_name(), "INPUT" | "TEXTAREA" | "SELECT"))
}

/// Performs the action of a key; returns false if it has none.
fn press(state: ConsoleState, event: &KeyboardEvent) -> bool {
    let key = event.key();
    if key == "?" {
        state.show_keys();
        return true;
    }
    // On keyboards with other scripts the position of the key counts.
    let letter = if key.len() == 1 {
        key.to_ascii_lowercase()
    } else {
        event.code().trim_start_matches("Key").to_ascii_lowercase()
    };
    match &*letter {
        "j" => along(state, 1),
        "k" => along(state, -1),
        "t" | "a" | "c" => current(state).is_some_and(|pane| act(&pane, &letter)),
        _ => false,
    }
}

/// Moves the focus to the next waiting conversation, or to the previous one.
fn along(state: ConsoleState, step: isize) -> bool {
    let links = waiting(state);
    let focused = document().active_element();
    let here = links.iter().position(|link| focused.as_ref() == Some(link));
    let last = links.len().saturating_sub(1);
    let next = match here {
        Some(here) => here.saturating_add_signed(step).min(last),
        None if step > 0 => 0,
        None => last,
    };
    links.get(next).is_some_and(|link| link.focus().is_ok())
}

/// Returns the links of the waiting conversations.
fn waiting(state: ConsoleState) -> Vec<HtmlElement> {
    let mut item = state.list.get_untracked().and_then(|list| list.first_element_child());
    let mut links = Vec::new();
    for entry in &state.queue.read_untracked().entries {
        let Some(here) = item else { break };
        let link = here.first_element_child().filter(|_| entry.is_waiting);
        links.extend(link.and_then(|link| link.dyn_into().ok()));
        item = here.next_element_sibling();
    }
    links
}

/// Returns the conversation that has the focus, otherwise the first one.
fn current(state: ConsoleState) -> Option<ConversationPane> {
    let focused = document().active_element();
    let has_focus = |pane: &ConversationPane| {
        let section = pane.section.get_untracked();
        section.is_some_and(|section| section.contains(focused.as_deref()))
    };
    state.panes.with_value(|panes| {
        panes.iter().find(|pane| has_focus(pane)).or_else(|| panes.first()).cloned()
    })
}

/// Moves the focus to the element of a key in a conversation, and presses it if that can do no harm.
fn act(pane: &ConversationPane, letter: &str) -> bool {
    let button = match letter {
        "a" => return pane.answer.get_untracked().is_some_and(|area| area.focus().is_ok()),
        "t" => pane.take,
        _ if pane.head.read_untracked().is_closed => pane.reopen,
        _ => pane.close,
    };
    // The element may have been removed a moment ago.
    let Some(button) = button.get_untracked().filter(|button| button.is_connected()) else {
        return false;
    };
    let _ = button.focus();
    if letter == "t" {
        button.click();
    }
    true
}
