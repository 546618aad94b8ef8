//! The console: the queue, conversations side by side, and live updates while the page is open.

mod act;
mod actions;
mod duty;
mod events;
mod keys;
mod message;
mod notes;
mod pane;
mod queue;

use std::time::Duration;

use leptos::{html, prelude::*, wasm_bindgen::JsCast as _, web_sys::HtmlElement};

use super::{
    live::{LiveOptions, use_live},
    message_form::Outgoing,
    messages::put,
};

pub use self::{
    duty::ConsoleDuty,
    events::{
        CannedAnswer, ConsoleAddresses, ConsoleEvent, ConsoleTexts, DutyView, PaneActions,
        PaneFacts, PaneHead, PaneMessage, PaneNote, PanePart, PaneTexts, PaneView, QueueEntry,
        QueueView, Tongue,
    },
    notes::{ConsoleFacts, ConsoleNotes},
    pane::ConsolePane,
    queue::ConsoleQueue,
};

/// The state that the islands of one window share.
#[derive(Clone, Copy)]
struct ConsoleState {
    texts: StoredValue<ConsoleTexts>,
    addresses: StoredValue<ConsoleAddresses>,
    /// Whether the stream is disconnected, once one was requested.
    lost: StoredValue<Option<RwSignal<bool>>>,
    /// The address that the forms of the window send, to return to it.
    back: StoredValue<String>,
    /// The fields that a form sends to request the window again.
    window: StoredValue<Vec<(String, String)>>,
    /// The dialog with the shortcuts.
    sheet: NodeRef<html::Dialog>,
    queue: RwSignal<QueueView>,
    duty: RwSignal<DutyView>,
    /// The list of the queue.
    list: NodeRef<html::Ol>,
    panes: StoredValue<Vec<ConversationPane>>,
}

/// An open conversation: its changing parts, and the elements that shortcuts lead to.
#[derive(Clone)]
struct ConversationPane {
    id: String,
    head: RwSignal<PaneHead>,
    actions: RwSignal<PaneActions>,
    seen: RwSignal<Option<super::Moment>>,
    messages: RwSignal<Vec<PaneMessage>>,
    notes: RwSignal<Vec<PaneNote>>,
    facts: RwSignal<Option<PaneFacts>>,
    is_typing: RwSignal<bool>,
    /// Answers that are being sent.
    outgoing: RwSignal<Vec<Outgoing>>,
    section: NodeRef<html::Section>,
    take: NodeRef<html::Button>,
    answer: NodeRef<html::Textarea>,
    close: NodeRef<html::Button>,
    reopen: NodeRef<html::Button>,
}

impl ConsoleState {
    fn apply(self, event: ConsoleEvent) {
        match event {
            ConsoleEvent::Queue(queue) => {
                let focused = self.focused_entry();
                self.queue.set(queue);
                if let Some(link) = focused {
                    // The DOM is updated a moment later.
                    set_timeout(move || focus_again(&link), Duration::ZERO);
                }
            }
            ConsoleEvent::Duty(duty) => self.duty.set(duty),
            ConsoleEvent::Pane((id, part)) => {
                if let Some(pane) = self.pane(&id) {
                    let section = pane.focused_section();
                    pane.apply(part);
                    if let Some(section) = section {
                        // A button that was pressed may be gone: the next key should act in the same conversation.
                        set_timeout(move || focus_again(&section), Duration::ZERO);
                    }
                }
            }
        }
    }

    fn pane(self, id: &str) -> Option<ConversationPane> {
        self.panes.with_value(|panes| panes.iter().find(|pane| pane.id == id).cloned())
    }

    /// Returns the link in the queue that has the focus.
    fn focused_entry(self) -> Option<HtmlElement> {
        let list = self.list.get_untracked()?;
        let focused = document().active_element()?;
        list.contains(Some(&focused)).then_some(focused)?.dyn_into().ok()
    }

    /// Returns whether the stream is disconnected.
    fn is_lost(self) -> bool {
        self.lost.get_value().is_none_or(|is_lost| is_lost.get_untracked())
    }

    fn show_keys(self) {
        if let Some(sheet) = self.sheet.get_untracked() {
            let _ = sheet.show_modal();
        }
    }
}

impl ConversationPane {
    fn new(
        id: String,
        head: PaneHead,
        actions: PaneActions,
        seen: Option<super::Moment>,
        messages: Vec<PaneMessage>,
    ) -> Self {
        Self {
            id,
            head: RwSignal::new(head),
            actions: RwSignal::new(actions),
            seen: RwSignal::new(seen),
            messages: RwSignal::new(messages),
            notes: RwSignal::new(Vec::new()),
            facts: RwSignal::new(None),
            is_typing: RwSignal::new(false),
            outgoing: RwSignal::new(Vec::new()),
            section: NodeRef::new(),
            take: NodeRef::new(),
            answer: NodeRef::new(),
            close: NodeRef::new(),
            reopen: NodeRef::new(),
        }
    }

    /// Returns its section, if the focus is inside.
    fn focused_section(&self) -> Option<HtmlElement> {
        let section = self.section.get_untracked()?;
        let focused = document().active_element();
        section.contains(focused.as_deref()).then(|| section.unchecked_into())
    }

    fn apply(&self, part: PanePart) {
        match part {
            PanePart::Messages(messages) => {
                for nonce in messages.iter().filter_map(|message| message.nonce.as_ref()) {
                    Outgoing::forget(self.outgoing, nonce);
                }
                self.messages.update(|all| {
                    for message in messages {
                        put(all, message, |message| message.seq);
                    }
                });
            }
            PanePart::Head(head) => self.head.set(head),
            PanePart::Actions(actions) => self.actions.set(actions),
            PanePart::Seen(seen) => self.seen.set(seen),
            PanePart::Notes(notes) => self.notes.set(notes),
            PanePart::Facts(facts) => self.facts.set(Some(facts)),
            PanePart::Typing(is_typing) => self.is_typing.set(is_typing),
        }
    }
}

/// Restores the focus: a row that moves is removed from the document and inserted again, which drops the focus, and so
/// does a button that disappears. If the focus has moved elsewhere in the meantime it stays there.
fn focus_again(element: &HtmlElement) {
    let focused = document().active_element().filter(|e| e.tag_name() != "BODY");
    if focused.is_none() && element.is_connected() {
        let _ = element.focus();
    }
}

/// A console window. The queue and the conversations are islands among the children.
#[island]
pub fn Console(
    /// The address of the stream, and the cursor of what the page shows.
    stream: (String, String),
    /// The address that its forms send, to return to it.
    back: String,
    /// The fields that a form sends to request it again.
    window: Vec<(String, String)>,
    queue: QueueView,
    duty: DutyView,
    /// Whether single keys are shortcuts.
    has_keys: bool,
    addresses: ConsoleAddresses,
    texts: ConsoleTexts,
    children: Children,
) -> impl IntoView {
    let (stream, last) = stream;
    let lost = texts.lost.clone();
    let keys = texts.keys.clone();
    let keys_action = addresses.keys.clone();
    let state = ConsoleState {
        texts: StoredValue::new(texts),
        addresses: StoredValue::new(addresses),
        lost: StoredValue::new(None),
        back: StoredValue::new(back.clone()),
        window: StoredValue::new(window),
        sheet: NodeRef::new(),
        queue: RwSignal::new(queue),
        duty: RwSignal::new(duty),
        list: NodeRef::new(),
        panes: StoredValue::new(Vec::new()),
    };
    provide_context(state);
    let options = LiveOptions { listens_hidden: true, seen: None };
    let on_events = move |events: Vec<ConsoleEvent>| {
        for event in events {
            state.apply(event);
        }
    };
    let is_lost = use_live(move || stream.clone(), last, options, on_events).is_lost;
    state.lost.set_value(Some(is_lost));
    if has_keys {
        keys::listen(state);
    }
    view! {
        <div class="desk">
            <p class="notice lost" role="status" hidden=move || !is_lost.get()>{lost}</p>
            {children()}
            <Shortcuts sheet=state.sheet action=keys_action back is_on=has_keys texts=keys/>
        </div>
    }
}

/// The dialog with the shortcuts, where they are turned on and off.
#[component]
fn Shortcuts(
    sheet: NodeRef<html::Dialog>,
    action: String,
    back: String,
    is_on: bool,
    /// The heading, keys and what they do, and the two buttons.
    texts: (String, Vec<(String, String)>, String, String),
) -> impl IntoView {
    let (title, keys, switch, close) = texts;
    let keys = keys.into_iter().map(|(key, words)| {
        view! { <div><dt><kbd>{key}</kbd></dt><dd>{words}</dd></div> }
    });
    let switched = if is_on { "off" } else { "on" };
    view! {
        <dialog class="card sheet" aria-labelledby="keys-title" node_ref=sheet>
            <div class="stack">
                <h2 id="keys-title">{title}</h2>
                <dl class="facts">{keys.collect_view()}</dl>
                <form method="post" action=action>
                    <input type="hidden" name="back" value=back/>
                    <button class="button second fit" type="submit" name="keys" value=switched>
                        {switch}
                    </button>
                </form>
                <form method="dialog">
                    <button class="button fit" type="submit">{close}</button>
                </form>
            </div>
        </dialog>
    }
}
