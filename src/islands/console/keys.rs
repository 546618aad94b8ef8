//! Shortcuts of one letter. They can be turned off (WCAG 2.1.4).

use leptos::{
    ev,
    prelude::*,
    wasm_bindgen::JsCast as _,
    web_sys::{Element, HtmlElement, KeyboardEvent},
};

use super::{super::message_form::is_composing, ConsoleState, ConversationPane};

/// Listens as long as the window is there.
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

/// Whether the key is typed into a field.
fn is_typed(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| matches!(&*target.tag_name(), "INPUT" | "TEXTAREA" | "SELECT"))
}

/// Does what a key stands for; false if it stands for nothing.
fn press(state: ConsoleState, event: &KeyboardEvent) -> bool {
    let key = event.key();
    if key == "?" {
        state.show_keys();
        return true;
    }
    // Where the key lies counts on keyboards with other letters.
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

/// To the next of those who wait, or the one before.
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

/// The links of those who wait.
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

/// The conversation where the focus is, else the first.
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

/// Goes to what a key stands for in a conversation, and presses it if nothing can go wrong with that.
fn act(pane: &ConversationPane, letter: &str) -> bool {
    let button = match letter {
        "a" => return pane.answer.get_untracked().is_some_and(|area| area.focus().is_ok()),
        "t" => pane.take,
        _ if pane.head.read_untracked().is_closed => pane.reopen,
        _ => pane.close,
    };
    // What was there a moment ago may be gone.
    let Some(button) = button.get_untracked().filter(|button| button.is_connected()) else {
        return false;
    };
    let _ = button.focus();
    if letter == "t" {
        button.click();
    }
    true
}
