//! The screens of the console.

mod answer_box;
mod answers;
mod desk;
mod facts;
mod help;
mod message;
mod numbers;
mod pane;
mod queue;

pub use self::{answers::show as answers, desk::show as desk, numbers::show as numbers};
pub(super) use self::{answers::with as answers_with, desk::with as desk_with};
pub(super) use self::{
    desk::read_until,
    message::message,
    pane::{Parts, typing_line},
    queue::{Queue, notice_of},
};

use leptos::prelude::*;

use super::desk::Desk;
use crate::{
    i18n::{self, Locale},
    server::{
        app::App,
        clock::{Millis, SECOND},
        conversations::Topic,
        http::context::Staff,
        when::{self, Zone},
    },
    ui::field::hidden,
};

/// Whoever reads the console: what its parts are rendered for, on a screen and in its stream.
#[derive(Clone)]
pub(super) struct Reader {
    pub app: App,
    pub staff: Staff,
    pub locale: Locale,
    pub zone: Zone,
}

impl Reader {
    /// The id of the reader's account.
    fn me(&self) -> &str {
        &self.staff.account.id
    }

    /// How long ago, in words.
    fn since(&self, at: Millis) -> String {
        when::span(self.locale, (self.app.clock.now() - at) / SECOND)
    }
}

/// What a conversation is about.
const fn topic(topic: Topic, locale: Locale) -> &'static str {
    use i18n::operator as t;
    match topic {
        Topic::Password => t::topic_password(locale),
        Topic::Email => t::topic_email(locale),
        Topic::Login => t::topic_login(locale),
        Topic::Order => t::topic_order(locale),
        Topic::Other => t::topic_other(locale),
    }
}

/// What tells two conversations about the same apart: the end of the id, which is random.
fn reference(id: &str) -> String {
    format!("#{}", id.get(id.len().saturating_sub(4)..).unwrap_or(id))
}

/// The language of a shopper, marked where it is not the reader's.
fn tongue(shopper: Locale, locale: Locale) -> impl IntoView + use<> {
    let other = shopper != locale;
    view! { <span class="tongue" class:other=other lang=shopper.tag()>{shopper.name()}</span> }
}

/// What each form of a window brings along: where it leads back, and which conversation it is about.
fn window_fields(desk: &Desk, conversation: Option<&str>) -> impl IntoView + use<> {
    view! {
        {hidden("back", Some(desk.query()))}
        {hidden("conversation", conversation.map(str::to_owned))}
    }
}
