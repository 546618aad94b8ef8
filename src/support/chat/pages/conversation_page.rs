use axum::response::Response;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{email::EmailChoice, hours, nonce, picture_hint};
use crate::{
    clock::Duration,
    components::{
        form::use_refusal,
        layout::{CardLayout, StyleSheet, Title, Width, use_document, use_request},
        page::page,
    },
    http::{
        context::RequestContext,
        flash::{Flash, Notice, use_flash},
        page_error::PageError,
    },
    i18n::{Texts, use_texts},
    islands::{
        ChatAddresses, ChatForm, ChatMessage, ChatTexts, ChatView,
        Conversation as ConversationIsland, MessageTexts,
    },
    support::{
        chat::{
            End, Leave, PAGE, SEND, STREAM, Seen, Typing,
            view::{Reader, cursor, is_closed},
        },
        conversation::{self, Author, Conversation, Message, Side},
    },
};

/// Messages shown at once.
const AT_ONCE: i64 = 100;

/// What the page shows of a conversation.
#[derive(Clone)]
pub(crate) struct Shown {
    conversation: Conversation,
    /// Oldest first.
    messages: Vec<Message>,
    /// Whether the messages are the newest ones.
    is_newest: bool,
    /// The number of the user's last message.
    own: i64,
    /// How long an answer usually takes.
    usual: Option<Duration>,
    /// The address of the user who is signed in.
    own_address: Option<String>,
}

/// `GET /support`, for a conversation that has begun.
pub(super) async fn show(
    mut request: RequestContext,
    flash: Flash,
    conversation: Conversation,
    usual: Option<Duration>,
) -> Result<Response, PageError> {
    let (state, id) = (&request.state, &conversation.id);
    let before: Option<i64> = request.query("before").and_then(|seq| seq.parse().ok());
    let messages = match before {
        Some(seq) => conversation::messages_before(&state.db, id, seq, AT_ONCE).await?,
        None => conversation::last_of(&state.db, id, AT_ONCE).await?,
    };
    let own = conversation::last_by(&state.db, id, Author::Shopper).await?;
    // Only the displayed messages count as read; more may have been written since.
    let last = messages.last().map_or(0, |message| message.seq);
    if before.is_none() && conversation.shopper_read < last {
        let mut tx = state.db.begin().await?;
        conversation::mark_read(state, &mut tx, id, Side::Shopper, last).await?;
        tx.commit().await?;
    }
    let own_address = request.signed_in().await?.map(|signed_in| signed_in.account.email);
    let is_newest = before.is_none();
    let shown = Shown { conversation, messages, is_newest, own, usual, own_address };
    Ok(page(request, flash, move || view! { <ConversationPage shown/> }))
}

/// `/support`: the conversation, newest messages last.
#[component]
pub(crate) fn ConversationPage(shown: Shown) -> impl IntoView {
    let t = use_texts();
    let document = use_document();
    document.has_form();
    let chat = chat_view(&shown, document.address());
    let Shown { conversation, own_address, .. } = shown;
    view! {
        <Title text=t.support().title()/>
        <CardLayout width=Width::Text style=StyleSheet::Chat>
            <ConversationIsland chat addresses=chat_addresses() texts=chat_texts(t)>
                <EmailChoice email=conversation.email own=own_address/>
            </ConversationIsland>
        </CardLayout>
    }
}

fn chat_view(shown: &Shown, page: String) -> ChatView {
    let (request, t, flash) = (use_request(), use_texts(), use_flash());
    let Shown { conversation, messages, is_newest, own, usual, .. } = shown;
    let reader = Reader::of(&request);
    let last = messages.last().map_or(0, |message| message.seq);
    let first = messages.first().map(|message| message.seq).filter(|seq| *seq > 1);
    let is_saved = flash.notice == Some(Notice::Saved);
    ChatView {
        // A page of earlier messages does not update.
        last: is_newest.then(|| cursor(conversation, last)),
        hours: hours(&request, t),
        notice: is_saved.then(|| t.support().email_saved().to_owned()),
        earlier: first.map(|seq| format!("/support?before={seq}")),
        messages: messages
            .iter()
            .filter_map(|message| reader.message(message))
            .map(without_nonce)
            .collect(),
        status: reader.status(conversation, false, *own, *usual),
        is_closed: is_closed(conversation),
        form: ChatForm {
            page,
            nonce: nonce(&request),
            typed: flash.value("message"),
            refusal: use_refusal(),
        },
    }
}

/// Removes the nonce, which is only needed while a message is being sent; a freshly loaded page has no such message.
fn without_nonce(message: ChatMessage) -> ChatMessage {
    ChatMessage { nonce: None, ..message }
}

fn chat_addresses() -> ChatAddresses {
    ChatAddresses {
        page: PAGE.into(),
        new: [PAGE, "?new"].concat(),
        stream: STREAM.into(),
        send: SEND.into(),
        typing: Typing::PATH.into(),
        seen: Seen::PATH.into(),
        end: End::PATH.into(),
        leave: Leave::PATH.into(),
    }
}

fn chat_texts(texts: Texts) -> ChatTexts {
    let t = texts.support();
    ChatTexts {
        title: t.title().into(),
        never_tell: t.never_tell().into(),
        log: t.log().into(),
        earlier: t.earlier().into(),
        newest: t.newest().into(),
        you: t.you().into(),
        sending: t.sending().into(),
        not_sent: t.not_sent().into(),
        translation: (
            texts.translation().translation().into(),
            texts.translation().original().into(),
        ),
        lost: t.lost().into(),
        is_closed: t.is_closed().into(),
        new: t.new().into(),
        refresh_hint: t.refresh_hint().into(),
        look: t.look().into(),
        end: t.end().into(),
        leave: t.leave().into(),
        leave_hint: t.leave_hint().into(),
        form: MessageTexts {
            message: t.message().into(),
            hint: Some(t.message_hint().into()),
            picture: Some((t.picture().into(), picture_hint(texts))),
            unsent: t.unsent().into(),
            send: t.send().into(),
        },
    }
}
