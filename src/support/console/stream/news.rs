//! What a window is sent: new messages, and the parts that differ from what the browser shows.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    mem::discriminant,
};

use serde::Serialize;
use tokio::sync::SemaphorePermit;

use super::{End, Window};
use crate::{
    domain::ids::ConversationId,
    islands::{ConsoleEvent, PanePart},
    support::{
        console::{
            console_view::Filter,
            service::{self, facts},
            store::{self, QueueRow},
            view::Queue,
        },
        conversation::{self, Author, Translated},
    },
};

/// Messages per event.
const AT_ONCE: i64 = 100;

impl Window {
    /// Sends what is new in a conversation: messages, messages translated since, and the parts that differ.
    pub(super) async fn update(
        &mut self,
        id: &ConversationId,
        translated: Translated,
    ) -> Result<(), End> {
        let db = self.reader.state.db.clone();
        let mut again = conversation::translated(&db, id, translated, self.cursor.get(id)).await?;
        loop {
            let Some(conversation) = conversation::get(&db, id).await? else {
                let path = self.console.without(id).path();
                return Ok(self.outlet.go(&path).await?);
            };
            let colleagues = store::colleagues(&db).await?;
            let before = self.cursor.get(id);
            let messages = conversation::messages_after(&db, id, before, AT_ONCE).await?;
            let last = messages.last().map_or(before, |last| last.seq);
            let notes = store::notes(&db, id).await?;
            if messages.iter().any(|one| one.author() == Author::Shopper) {
                // What was being typed has arrived.
                self.typing.remove(id);
            }
            let reader = &self.reader;
            let shown = again.iter().chain(&messages).map(|one| reader.message(&colleagues, one));
            let shown: Vec<_> = shown.collect();
            let parts = [
                PanePart::Head(reader.head(&self.console, &conversation, &colleagues)),
                PanePart::Actions(reader.actions(&conversation, &colleagues)),
                PanePart::Seen(reader.seen(&conversation)),
                PanePart::Notes(reader.notes(notes)),
                // The user may have been typing before a reconnection: the end of it is sent like the rest.
                PanePart::Typing(self.typing.contains_key(id)),
            ];
            again.clear();
            let mut news = Vec::new();
            if !shown.is_empty() {
                news.push(PanePart::Messages(shown));
            }
            news.extend(parts.into_iter().filter(|part| self.is_news(id, part)));
            self.cursor.set(id, last);
            if !news.is_empty() {
                let cursor = self.cursor.to_string();
                let news = news.into_iter().map(|part| ConsoleEvent::Pane((id.to_string(), part)));
                let news: Vec<_> = news.collect();
                self.send(Some(&cursor), &news).await?;
            }
            service::read_until(&self.reader.state, id, conversation.operator_read, last).await?;
            if last >= conversation.last_seq {
                return Ok(());
            }
        }
    }

    /// Returns whether a part differs from what the browser shows, and marks it as sent.
    pub(super) fn is_news(&mut self, id: &ConversationId, part: &PanePart) -> bool {
        let hash = hash(part);
        let name = (discriminant(part), id.clone());
        self.sent.insert(name, hash) != Some(hash)
    }

    /// Sends the queue, and a notification when another user waits. The turn ends once both are rendered.
    pub(super) async fn queue(&mut self, turn: Option<SemaphorePermit<'_>>) -> Result<(), End> {
        let open = store::open_ones(&self.reader.state.db).await?;
        self.may_listen().await?;
        let notices = self.notices(&open);
        // Search results and closed conversations do not change while they are being read.
        let is_fixed = !self.console.search.is_empty() || self.console.filter == Filter::Closed;
        let mut fresh = None;
        if !is_fixed {
            let queue = Queue::of_open(&self.reader, &self.console, open).await?;
            let queue = self.reader.queue(&self.console, queue);
            let hash = hash(&queue);
            fresh = (self.queue_sent != Some(hash)).then_some(ConsoleEvent::Queue(queue));
            self.queue_sent = Some(hash);
        }
        // A slow browser must not hold up the others.
        drop(turn);
        self.duty().await?;
        for notice in notices {
            self.outlet.notify(&notice).await?;
        }
        match fresh {
            Some(queue) => self.send(None, &[queue]).await,
            None => Ok(()),
        }
    }

    /// Sends who is on duty, if the browser shows otherwise.
    pub(super) async fn duty(&mut self) -> Result<(), End> {
        let colleagues = store::colleagues(&self.reader.state.db).await?;
        let duty = self.reader.duty(&colleagues);
        let hash = hash(&duty);
        if self.duty_sent.replace(hash) == Some(hash) {
            return Ok(());
        }
        self.send(None, &[ConsoleEvent::Duty(duty)]).await
    }

    /// Sends the facts of an account after a look, if it was this reader's.
    pub(super) async fn facts(&mut self, id: &ConversationId) -> Result<(), End> {
        let state = &self.reader.state;
        let Some(conversation) = conversation::get(&state.db, id).await? else { return Ok(()) };
        let facts = facts::shown(state, &self.reader.staff, &conversation).await?;
        let Some(facts) = facts else { return Ok(()) };
        let part = PanePart::Facts(self.reader.facts(facts));
        self.send(None, &[ConsoleEvent::Pane((id.to_string(), part))]).await
    }

    /// Returns notifications for users who did not wait before or wrote more, in conversations that are unassigned or
    /// the reader's own.
    fn notices(&mut self, open: &[QueueRow]) -> Vec<String> {
        let me = &self.reader.staff.account.id;
        let mut waiting = HashMap::new();
        let mut notices = Vec::new();
        let for_me = open.iter().filter(|entry| {
            entry.is_waiting() && entry.operator_id.as_ref().is_none_or(|holder| holder == me)
        });
        for entry in for_me {
            let is_new = self.waiting.as_ref().is_some_and(|before| {
                before.get(&entry.id).is_none_or(|seq| *seq < entry.last_seq)
            });
            if is_new {
                notices.push(self.reader.notice(entry));
            }
            waiting.insert(entry.id.clone(), entry.last_seq);
        }
        self.waiting = Some(waiting);
        notices
    }
}

/// Returns the hash of a part as it is sent.
fn hash(part: &impl Serialize) -> u64 {
    let mut hash = DefaultHasher::new();
    serde_json::to_string(part).unwrap_or_default().hash(&mut hash);
    hash.finish()
}
