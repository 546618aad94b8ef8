//! What a window is sent: what is new, and the parts that differ from what is on the screen.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use tokio::sync::SemaphorePermit;

use super::{End, Window};
use crate::{
    operator::{
        desk::Filter,
        page::{self, Parts, Queue, notice_of},
        store::{self, Entry},
    },
    server::{
        conversations::{self, Author, Translated},
        http::page::fragment,
    },
};

/// Messages of one event.
const AT_ONCE: i64 = 100;

impl Window {
    /// Sends what is new in a conversation: messages, those that were translated, and the parts that differ.
    pub(super) async fn update(&mut self, id: &str, translated: Translated) -> Result<(), End> {
        let db = self.reader.app.db.clone();
        let mut again = conversations::translated(&db, id, translated, self.cursor.get(id)).await?;
        loop {
            let Some(conversation) = conversations::get(&db, id).await? else {
                let path = self.desk.without(id).path();
                return Ok(self.outlet.go(&path).await?);
            };
            let colleagues = store::colleagues(&db).await?;
            let before = self.cursor.get(id);
            let messages = conversations::messages_after(&db, id, before, AT_ONCE).await?;
            let last = messages.last().map_or(before, |last| last.seq);
            let again = std::mem::take(&mut again);
            let notes = store::notes(&db, id).await?;
            let mut html: String = again
                .iter()
                .chain(&messages)
                .map(|one| fragment(|| page::message(&self.reader, id, &colleagues, one)))
                .collect();
            let parts = Parts {
                reader: &self.reader,
                desk: &self.desk,
                conversation: &conversation,
                colleagues: &colleagues,
            };
            let fresh = [
                ("head", fragment(|| parts.head())),
                ("acts", fragment(|| parts.acts())),
                ("seen", fragment(|| parts.seen())),
                ("notes", fragment(|| parts.notes(&notes))),
            ];
            for (part, fresh) in fresh {
                html.push_str(&self.differing(&format!("{part}-{id}"), fresh));
            }
            if messages.iter().any(|one| one.author() == Author::Shopper)
                && self.typing.remove(id).is_some()
            {
                html.push_str(&fragment(|| page::typing_line(&self.reader, id, false)));
            }
            self.cursor.set(id, last);
            if !html.is_empty() {
                let cursor = self.cursor.to_string();
                self.patch(Some(&cursor), &html).await?;
            }
            page::read_until(&self.reader, id, conversation.operator_read, last).await?;
            if last >= conversation.last_seq {
                return Ok(());
            }
        }
    }

    /// `fresh`, unless it is on the screen already.
    fn differing(&mut self, name: &str, fresh: String) -> String {
        let mut hash = DefaultHasher::new();
        fresh.hash(&mut hash);
        let hash = hash.finish();
        let known = self.sent.insert(name.to_owned(), hash) == Some(hash);
        if known { String::new() } else { fresh }
    }

    /// Sends the queue, and a notification when somebody new waits. The turn ends when both are drawn.
    pub(super) async fn queue(&mut self, turn: Option<SemaphorePermit<'_>>) -> Result<(), End> {
        let open = store::open_ones(&self.reader.app.db).await?;
        self.may_listen().await?;
        let notices = self.notices(&open);
        // What was searched for, and what is closed, does not change under the reader's eyes.
        let fixed = !self.desk.search.is_empty() || self.desk.filter == Filter::Closed;
        let html = if fixed {
            String::new()
        } else {
            let queue = Queue::of_open(&self.reader, &self.desk, open).await?;
            let fresh = fragment(|| queue.view(&self.reader, &self.desk));
            self.differing("queue", fresh)
        };
        // A browser that is slow to read keeps nobody else waiting.
        drop(turn);
        for notice in notices {
            self.outlet.notify(&notice).await?;
        }
        if html.is_empty() { Ok(()) } else { self.patch(None, &html).await }
    }

    /// What tells of those who did not wait before, or wrote more: nobody's, and one's own.
    fn notices(&mut self, open: &[Entry]) -> Vec<String> {
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
                notices.push(notice_of(&self.reader, entry));
            }
            waiting.insert(entry.id.clone(), entry.last_seq);
        }
        self.waiting = Some(waiting);
        notices
    }
}
