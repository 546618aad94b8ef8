//! The support chat of a user: a conversation that continues while the page is open.

mod events;
mod message;

use leptos::{html, prelude::*};

pub use self::events::{
    ChatAddresses, ChatEvent, ChatForm, ChatMessage, ChatStatus, ChatTexts, ChatView,
};
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

/// The conversation, newest messages last. The children are placed between it and the buttons that end it.
#[island]
pub fn Conversation(
    chat: ChatView,
    addresses: ChatAddresses,
    texts: ChatTexts,
    children: Children,
) -> impl IntoView {
    let ChatView { last, hours, notice, earlier, messages, status, is_closed, form } = chat;
    let state = ChatState::new(messages, status, is_closed);
    let is_newest = last.is_some();
    let ChatAddresses { page, new, stream, send, typing, seen, end, leave } = addresses;
    let lost = last.map(|last| {
        let options = LiveOptions { seen: Some(seen), ..LiveOptions::default() };
        let live = use_live(move || stream.clone(), last, options, move |event| state.apply(event));
        let words = texts.lost.clone();
        view! { <p class="quiet" hidden=move || !live.is_lost.get()>{words}</p> }
    });
    let newest = (!is_newest).then(|| {
        view! { <p><a href=page.clone()>{texts.newest.clone()}</a></p> }
    });
    let ChatForm { page: shown_page, nonce, typed, refusal } = form;
    view! {
        <div class="stack">
            <div class="card stack chat">
                <h1>{texts.title.clone()}</h1>
                <p class="care">
                    <Icon kind=IconKind::LOCK/>
                    <span>{texts.never_tell.clone()}</span>
                </p>
                <Notices hours notice/>
                <Log state is_newest earlier texts=texts.clone()/>
                {newest}
                <Status state/>
                {lost}
                <Closed state href=new words=(texts.is_closed, texts.new)/>
                <MessageForm
                    action=send typing form_id=Some("screen-form".to_owned()) class="stack" id="message"
                    hidden=vec![("screen".to_owned(), shown_page)] nonce value=typed refusal area=NodeRef::new()
                    outgoing=state.outgoing texts=texts.form
                />
                <p class="quiet without-script">
                    {texts.refresh_hint}" "<a href=page>{texts.look}</a>
                </p>
            </div>
            {children()}
            <div class="row ways-out">
                <End state action=end words=texts.end/>
                <LeaveForm action=leave words=texts.leave hint=texts.leave_hint/>
            </div>
        </div>
    }
}

/// When the chat is staffed, and the message about what was just done.
#[component]
fn Notices(hours: ChatStatus, notice: Option<String>) -> impl IntoView {
    let hours = hours.map(|(words, moment)| {
        let moment = moment.map(|moment| view! { <Time moment/> });
        view! { <Alert><p>{words}" "{moment}</p></Alert> }
    });
    let notice = notice.map(|words| view! { <Alert tone=Tone::Good><p>{words}</p></Alert> });
    view! {
        {hours}
        {notice}
    }
}

#[derive(Clone, Copy)]
struct ChatState {
    /// Sorted by sequence number.
    messages: RwSignal<Vec<ChatMessage>>,
    outgoing: RwSignal<Vec<Outgoing>>,
    status: RwSignal<ChatStatus>,
    is_closed: RwSignal<bool>,
}

impl ChatState {
    fn new(messages: Vec<ChatMessage>, status: ChatStatus, is_closed: bool) -> Self {
        Self {
            messages: RwSignal::new(messages),
            outgoing: RwSignal::new(Vec::new()),
            status: RwSignal::new(status),
            is_closed: RwSignal::new(is_closed),
        }
    }

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
        // A message before all that are shown belongs to an earlier page.
        if first.is_none_or(|first| first <= message.seq) {
            self.messages.update(|messages| put(messages, message, |message| message.seq));
        }
    }
}

/// The list of messages. It is laid out from its end, so that it starts, and stays, at the newest message.
#[component]
fn Log(
    state: ChatState,
    /// Whether the conversation continues here: new messages are then appended.
    is_newest: bool,
    earlier: Option<String>,
    texts: ChatTexts,
) -> impl IntoView {
    let log = NodeRef::<html::Div>::new();
    // A user who sends a message should see it.
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
    let ChatTexts { you, sending, not_sent, translation, .. } = texts;
    let outgoing = move || {
        let mut outgoing = state.outgoing.get();
        outgoing.retain(|one| is_newest || one.failure.read().is_some());
        outgoing
    };
    view! {
        <div class="log" role="log" aria-live="polite" aria-label=label tabindex="0" node_ref=log>
            <div id="log">
                {earlier}
                <For
                    each=move || state.messages.get()
                    key=|message| message.seq
                    let:message
                >
                    <Message state message texts=translation.clone()/>
                </For>
                <For
                    each=outgoing
                    key=|outgoing| outgoing.nonce.clone()
                    let:outgoing
                >
                    <Pending
                        outgoing you=you.clone() sending=sending.clone() not_sent=not_sent.clone()
                    />
                </For>
            </div>
        </div>
    }
}

/// The status below the messages: who is typing, what was read, how long an answer usually takes.
#[component]
fn Status(state: ChatState) -> impl IntoView {
    let told = move || {
        let (words, moment) = state.status.get()?;
        let moment = moment.map(|moment| view! { <Time moment/> });
        Some(view! { {words}" "{moment} })
    };
    view! { <p id="chat-status" class="quiet small">{told}</p> }
}

/// The notice that the conversation is closed, with a link to a new one.
#[component]
fn Closed(state: ChatState, href: String, words: (String, String)) -> impl IntoView {
    let told = move || {
        let (href, (is_closed, new)) = (href.clone(), words.clone());
        state.is_closed.get().then(|| {
            view! { <p class="quiet">{is_closed}" "<a href=href>{new}</a></p> }
        })
    };
    view! { <div id="chat-state">{told}</div> }
}

/// "End conversation", while it is open.
#[component]
fn End(state: ChatState, action: String, words: String) -> impl IntoView {
    let form = move || {
        let (action, words) = (action.clone(), words.clone());
        (!state.is_closed.get()).then(|| {
            view! {
                <form method="post" action=action>
                    <button class="button plain" type="submit">{words}</button>
                </form>
            }
        })
    };
    view! { <div id="chat-end">{form}</div> }
}

/// "Leave", which forgets the conversation in this browser.
#[component]
fn LeaveForm(action: String, words: String, hint: String) -> impl IntoView {
    view! {
        <form method="post" action=action>
            <button class="button plain" type="submit" aria-describedby="leave-hint">{words}</button>
        </form>
        <small class="quiet" id="leave-hint">{hint}</small>
    }
}
