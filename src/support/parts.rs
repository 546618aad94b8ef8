//! The parts of the chat that also arrive live: messages, and what stands below them.

use leptos::{prelude::*, server_fn::ServerFn as _};

use super::End;

use crate::{
    i18n::{Locale, support as t},
    server::{
        clock::Millis,
        conversations::{Author, Conversation, Message, State},
        http::context::Cx,
        when::{self, Zone},
    },
    ui::{
        happened,
        time::{clock_time, full_time},
        translation::translation,
    },
};

/// For whom they are drawn, and when.
#[derive(Clone)]
pub(super) struct Reader {
    pub locale: Locale,
    pub zone: Zone,
    pub now: Millis,
}

impl Reader {
    pub(super) fn of(cx: &Cx) -> Self {
        Self { locale: cx.locale, zone: cx.zone(), now: cx.app.clock.now() }
    }

    /// The time of day, and the day unless it is today.
    fn time(&self, at: Millis) -> AnyView {
        let day = |at| when::date(self.locale, &self.zone, at);
        if day(at) == day(self.now) {
            clock_time(&self.zone, at).into_any()
        } else {
            full_time(self.locale, &self.zone, at).into_any()
        }
    }

    /// One message. `live`: it is put at the end of those that are there.
    pub(super) fn message(&self, message: &Message, live: bool) -> Option<AnyView> {
        let locale = self.locale;
        let id = format!("m-{}", message.seq);
        let into = live.then_some("log");
        let (class, who, alt) = match message.author() {
            Author::Shopper => ("message own", t::you(locale), t::picture_of_you(locale)),
            Author::Operator => ("message", t::support(locale), t::picture_of_support(locale)),
            Author::System => {
                let words = happened::words(locale, &message.text)?;
                let more = happened::goes_on(&message.text)
                    .map(|path| view! { " "<a href=path>{t::assisted(locale)}</a> });
                let view = view! {
                    <div class="message happened" id=id data-into=into>
                        <p>{words}{more}</p>
                    </div>
                };
                return Some(view.into_any());
            }
        };
        let text = (!message.text.is_empty())
            .then(|| view! { <p class="text" dir="auto">{message.text.clone()}</p> });
        // Shoppers know what they wrote.
        let translated =
            (message.author() == Author::Operator).then(|| translation(locale, message)).flatten();
        let picture = message.picture_id.as_ref().map(|picture| {
            let path = format!("/support/picture/{picture}");
            let source = path.clone();
            view! { <a class="picture" href=path><img src=source alt=alt loading="lazy"/></a> }
        });
        let view = view! {
            <div class=class id=id data-into=into>
                <p class="by"><strong>{who}</strong>" "{self.time(message.at)}</p>
                <div class="bubble">{translated}{text}{picture}</div>
            </div>
        };
        Some(view.into_any())
    }

    /// What stands below the messages: who types, what was read, how long it usually takes.
    pub(super) fn status(
        &self,
        conversation: &Conversation,
        typing: bool,
        own: i64,
        usual: Option<Millis>,
    ) -> AnyView {
        let locale = self.locale;
        let waits = conversation.state() == State::Waiting;
        let seen = conversation
            .operator_read_at
            .filter(|_| waits && own > 0 && conversation.operator_read >= own);
        let words = match (typing, seen) {
            (true, _) => t::typing(locale).into_any(),
            (false, Some(at)) => view! { {t::seen(locale)}" "{self.time(at)} }.into_any(),
            (false, None) if waits => {
                view! { {t::waiting(locale)}" "{usually(locale, usual)} }.into_any()
            }
            (false, None) => ().into_any(),
        };
        view! { <p id="chat-status" class="quiet small">{words}</p> }.into_any()
    }

    /// Whether it is over, and what one can do then.
    pub(super) fn state(&self, conversation: &Conversation) -> AnyView {
        let locale = self.locale;
        let closed = (conversation.state() == State::Closed).then(|| {
            view! {
                <p class="quiet">
                    {t::is_closed(locale)}" "<a href="/support?new">{t::new(locale)}</a>
                </p>
            }
        });
        view! { <div id="chat-state">{closed}</div> }.into_any()
    }

    /// "End conversation", while it is not over.
    pub(super) fn end(&self, conversation: &Conversation) -> AnyView {
        let locale = self.locale;
        let end = (conversation.state() != State::Closed).then(|| {
            view! {
                <form method="post" action=End::PATH>
                    <button class="button plain" type="submit">{t::end(locale)}</button>
                </form>
            }
        });
        view! { <div id="chat-end">{end}</div> }.into_any()
    }
}

/// "We usually answer within …", once there are enough answers to tell.
pub(super) fn usually(locale: Locale, usual: Option<Millis>) -> Option<String> {
    usual.map(|usual| t::usual(locale, when::span(locale, usual / 1000)))
}

/// Where a stream goes on: the conversation by the time it began, so that the cursor of another is told apart, and
/// the number of the last message.
pub(super) fn cursor(conversation: &Conversation, seq: i64) -> String {
    format!("{}.{seq}", conversation.created_at)
}

/// The number in a cursor, if it is one of this conversation.
pub(super) fn seq_in(conversation: &Conversation, cursor: &str) -> Option<i64> {
    let (began, seq) = cursor.split_once('.')?;
    let same = began.parse() == Ok(conversation.created_at);
    seq.parse().ok().filter(|seq| same && (0..=conversation.last_seq).contains(seq))
}
