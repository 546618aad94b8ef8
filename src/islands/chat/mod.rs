//! The support chat of a user: a conversation that goes on while the page is open.

mod events;
mod message;

use leptos::{html, prelude::*};

pub use self::events::{ChatEvent, ChatForm, ChatMessage, ChatStatus, ChatTexts, ChatView};
use self::message::{Message, Pending};
use super::{
    live::{LiveOptions, use_live},
    local_time::Time,
    message_form::{MessageForm, Outgoing},
    messages::put,
};
use crate::components::{
    alert::{Alert, Tone},
    icon::{Icon, IconKind},
};

/// The conversation, newest messages last. The children stand between it and the ways out of it.
#[island(lazy)]
pub fn Conversation(chat: ChatView, texts: ChatTexts, children: Children) -> impl IntoView {
    let ChatView { last, hours, notice, earlier, messages, status, is_closed, form } = chat;
    let state = ChatState {
        messages: RwSignal::new(messages),
        outgoing: RwSignal::new(Vec::new()),
        status: RwSignal::new(status),
        is_closed: RwSignal::new(is_closed),
    };
    let is_newest = last.is_some();
    let lost = last.map(|last| {
        let options =
            LiveOptions { seen: Some("/api/support_seen".to_owned()), ..LiveOptions::default() };
        let live = use_live(
            || "/support/stream".to_owned(),
            last,
            options,
            move |event| state.apply(event),
        );
        let words = texts.lost.clone();
        view! { <p class="quiet lost" hidden=move || !live.is_lost.get()>{words}</p> }
    });
    let hours = hours.map(|(words, moment)| {
        let moment = moment.map(|moment| view! { <Time moment/> });
        view! { <Alert><p>{words}" "{moment}</p></Alert> }
    });
    let notice = notice.map(|words| view! { <Alert tone=Tone::Good><p>{words}</p></Alert> });
    let newest = (!is_newest).then(|| {
        view! { <p><a href="/support">{texts.newest.clone()}</a></p> }
    });
    view! {
        <div class="stack">
            <div class="card stack chat">
                <h1>{texts.title.clone()}</h1>
                <p class="care">
                    <Icon kind=IconKind::LOCK/>
                    <span>{texts.never_tell.clone()}</span>
                </p>
                {hours}
                {notice}
                <Log state is_newest earlier texts=texts.clone()/>
                {newest}
                <Status state/>
                {lost}
                <Closed state texts=texts.clone()/>
                <Form state form texts=texts.clone()/>
                <p class="quiet without-script">
                    {texts.refresh_hint}" "<a href="/support">{texts.look}</a>
                </p>
            </div>
            {children()}
            <div class="row ways-out">
                <End state words=texts.end/>
                <form method="post" action="/api/support_leave">
                    <button class="button plain" type="submit" aria-describedby="leave-hint">
                        {texts.leave}
                    </button>
                </form>
                <small class="quiet" id="leave-hint">{texts.leave_hint}</small>
            </div>
        </div>
    }
}

#[derive(Clone, Copy)]
struct ChatState {
    /// By their numbers.
    messages: RwSignal<Vec<ChatMessage>>,
    outgoing: RwSignal<Vec<Outgoing>>,
    status: RwSignal<ChatStatus>,
    is_closed: RwSignal<bool>,
}

impl ChatState {
    fn apply(self, event: ChatEvent) {
        match event {
            ChatEvent::Message(message) => {
                if let Some(nonce) = &message.nonce {
                    Outgoing::forget(self.outgoing, nonce);
                }
                self.add(message);
            }
            ChatEvent::Below((status, is_closed)) => {
                self.status.set(status);
                self.is_closed.set(is_closed);
            }
        }
    }

    fn add(self, message: ChatMessage) {
        let first = self.messages.read_untracked().first().map(|first| first.seq);
        // Before all that are shown: it stands on an earlier page.
        if first.is_none_or(|first| first <= message.seq) {
            self.messages.update(|messages| put(messages, message, |message| message.seq));
        }
    }
}

/// The messages. The list is laid from its end: it begins, and stays, at the newest one.
#[component]
fn Log(
    state: ChatState,
    /// Whether it goes on: what is written arrives at the end of it then.
    is_newest: bool,
    earlier: Option<String>,
    texts: ChatTexts,
) -> impl IntoView {
    let log = NodeRef::<html::Div>::new();
    // Who writes wants to see what was written.
    Effect::new(move |_| {
        if !state.outgoing.read().is_empty()
            && let Some(log) = log.get()
        {
            log.set_scroll_top(0);
        }
    });
    let label = texts.log.clone();
    let earlier = earlier.map(|href| {
        view! { <p class="happened"><a href=href>{texts.earlier.clone()}</a></p> }
    });
    let (you, sending) = (texts.you, texts.sending);
    let translation = StoredValue::new(texts.translation);
    view! {
        <div class="log" role="log" aria-live="polite" aria-label=label tabindex="0" node_ref=log>
            <div id="log">
                {earlier}
                <For
                    each=move || state.messages.get()
                    key=|message| (message.seq, message.translation.is_some())
                    let:message
                >
                    <Message message texts=translation.get_value()/>
                </For>
                <For
                    each=move || if is_newest { state.outgoing.get() } else { Vec::new() }
                    key=|outgoing| outgoing.nonce.clone()
                    let:outgoing
                >
                    <Pending outgoing you=you.clone() sending=sending.clone()/>
                </For>
            </div>
        </div>
    }
}

/// What stands below the messages: who types, what was read, how long it usually takes.
#[component]
fn Status(state: ChatState) -> impl IntoView {
    let told = move || {
        let (words, moment) = state.status.get()?;
        let moment = moment.map(|moment| view! { <Time moment/> });
        Some(view! { {words}" "{moment} })
    };
    view! { <p id="chat-status" class="quiet small">{told}</p> }
}

/// That it is over, and what one can do then.
#[component]
fn Closed(state: ChatState, texts: ChatTexts) -> impl IntoView {
    let told = move || {
        let (is_closed, new) = (texts.is_closed.clone(), texts.new.clone());
        state.is_closed.get().then(|| {
            view! { <p class="quiet">{is_closed}" "<a href="/support?new">{new}</a></p> }
        })
    };
    view! { <div id="chat-state">{told}</div> }
}

/// "End conversation", while it is not over.
#[component]
fn End(state: ChatState, words: String) -> impl IntoView {
    let form = move || {
        let words = words.clone();
        (!state.is_closed.get()).then(|| {
            view! {
                <form method="post" action="/api/support_end">
                    <button class="button plain" type="submit">{words}</button>
                </form>
            }
        })
    };
    view! { <div id="chat-end">{form}</div> }
}

#[component]
fn Form(state: ChatState, form: ChatForm, texts: ChatTexts) -> impl IntoView {
    let ChatForm { screen, nonce, typed, refusal } = form;
    view! {
        <MessageForm
            action="/api/support_send".to_owned()
            typing="/api/support_typing".to_owned()
            form_id=Some("screen-form".to_owned())
            class="stack"
            id="message"
            hidden=vec![("screen".to_owned(), screen)]
            nonce
            value=typed
            refusal
            area=NodeRef::new()
            outgoing=state.outgoing
            texts=texts.form
        />
    }
}
