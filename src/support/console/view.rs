//! What a console window shows, in the reader's language: the same for its page and for its stream.

use super::{
    console_view::{ConsoleView, Filter},
    service::{canned::Values, facts::Facts},
    store::{self, Canned, Colleague, Counts, Note, QueueRow},
};
use crate::{
    clock::Timestamp,
    db::DbError,
    domain::{
        format::{self, Zone},
        ids::{AccountId, ConversationId},
        mask,
    },
    http::context::{RequestContext, Staff},
    i18n::{Locale, Texts},
    islands::{
        CannedAnswer, Moment, PaneActions, PaneHead, PaneMessage, PaneNote, QueueEntry, QueueView,
        Tongue,
    },
    state::AppState,
    support::{
        chat::happened,
        conversation::{Author, Conversation, Message, State, Topic, happened as what},
    },
};

/// The staff member who reads a window.
#[derive(Clone)]
pub(super) struct Reader {
    pub state: AppState,
    pub staff: Staff,
    pub t: Texts,
    pub zone: Zone,
}

impl Reader {
    /// Returns the reader of a page.
    pub(super) fn of(request: &RequestContext, staff: Staff) -> Self {
        Self { state: request.state.clone(), staff, t: Texts(request.locale), zone: request.zone() }
    }

    /// Returns the id of the reader's account.
    pub(super) fn me(&self) -> &AccountId {
        &self.staff.account.id
    }

    /// Formats how long ago a time was.
    fn since(&self, at: Timestamp) -> String {
        format::duration(self.t.0, self.state.clock.now() - at)
    }

    fn date_moment(&self, at: Timestamp) -> Moment {
        format::date_moment(self.t.0, &self.zone, at)
    }

    /// Names a conversation's topic.
    const fn topic(&self, topic: Topic) -> &'static str {
        let t = self.t.operator();
        match topic {
            Topic::Password => t.topic_password(),
            Topic::Email => t.topic_email(),
            Topic::Login => t.topic_login(),
            Topic::Order => t.topic_order(),
            Topic::Other => t.topic_other(),
        }
    }

    /// Returns a conversation's name: its topic and the end of its id, which is random and tells it from others on the
    /// same topic.
    fn name(&self, topic: Topic, id: &ConversationId) -> (String, String) {
        let end = id.get(id.len().saturating_sub(4)..).unwrap_or(id);
        (self.topic(topic).to_owned(), format!("#{end}"))
    }

    fn tongue(&self, locale: Locale) -> Tongue {
        (locale.tag().to_owned(), locale.name().to_owned(), locale != self.t.0)
    }

    /// Builds the queue of a window.
    pub(super) fn queue(&self, console: &ConsoleView, queue: Queue) -> QueueView {
        let t = self.t.operator();
        let Queue { entries, counts } = queue;
        let filters = Filter::ALL.map(|filter| {
            let words = match filter {
                Filter::All => t.filter_all(counts.open),
                Filter::Mine => t.filter_mine(counts.mine),
                Filter::Closed => t.filter_closed().to_owned(),
            };
            let is_current = filter == console.filter && console.search.is_empty();
            (console.filtered(filter).path(), words, is_current)
        });
        let empty = if console.search.is_empty() { t.queue_empty() } else { t.nothing_found() };
        QueueView {
            waiting: t.waiting_now(counts.waiting),
            filters: filters.into(),
            empty: entries.is_empty().then(|| empty.to_owned()),
            entries: entries.into_iter().map(|entry| self.entry(console, entry)).collect(),
        }
    }

    fn entry(&self, console: &ConsoleView, entry: QueueRow) -> QueueEntry {
        let t = self.t.operator();
        let state = if let Some(since) = entry.waiting_since.filter(|_| entry.is_waiting()) {
            t.waits(self.since(since))
        } else if entry.state() == State::Closed {
            if entry.solved { t.state_solved() } else { t.state_closed() }.to_owned()
        } else {
            t.answered_ago(self.since(entry.updated_at))
        };
        let holder = match (&entry.operator_id, &entry.operator) {
            (Some(id), _) if id == self.me() => Some(t.taken_by_you().to_owned()),
            (_, Some(login)) => Some(t.taken_by(login)),
            _ => None,
        };
        let signed_in = entry.signed_in.then(|| t.signed_in().to_owned());
        let about = [entry.claimed.as_deref().map(mask::claimed), signed_in, holder];
        let preview = match entry.newest(self.t.0) {
            Some("") => t.picture(),
            newest => newest.unwrap_or_default(),
        };
        QueueEntry {
            href: format!("{}#pane-{}", console.with(&entry.id).path(), entry.id),
            name: self.name(entry.topic(), &entry.id),
            tongue: self.tongue(entry.locale()),
            state,
            about: joined(about),
            // The queue is visible all day: whole addresses are shown in the conversation only.
            preview: mask::addresses_in(preview),
            is_open: console.open.contains(&entry.id),
            is_waiting: entry.is_waiting(),
            unread: entry.is_unread.then(|| t.unread().to_owned()),
            id: entry.id.to_string(),
        }
    }

    /// Returns the notification for a waiting conversation. It contains nothing of the messages, because others may see
    /// the notification.
    pub(super) fn notice(&self, entry: &QueueRow) -> String {
        self.t.operator().notification(self.topic(entry.topic()))
    }

    /// Builds a message of a conversation. The nonce of the reader's own message is only for the stream: a page has no
    /// message that is still being sent.
    pub(super) fn message(&self, colleagues: &[Colleague], message: &Message) -> PaneMessage {
        let t = self.t.operator();
        let (seq, at) = (message.seq, format::moment(&self.zone, message.at));
        let author = match message.author() {
            Author::System => {
                let text = self.system_message(&message.text).to_owned();
                return PaneMessage { seq, at, text, ..PaneMessage::default() };
            }
            Author::Shopper => t.shopper().to_owned(),
            Author::Operator => {
                let by =
                    colleagues.iter().find(|one| message.operator_id.as_ref() == Some(&one.id));
                by.map_or_else(|| t.operator().to_owned(), |colleague| colleague.login.clone())
            }
        };
        let is_own = message.operator_id.as_ref() == Some(self.me());
        PaneMessage {
            seq,
            author: Some(author),
            is_users: message.author() == Author::Shopper,
            at,
            picture: message.picture_id.as_ref().map(|id| format!("/support/picture/{id}")),
            translation: message.translation.clone().zip(message.translated_to.clone()),
            text: message.text.clone(),
            nonce: is_own.then(|| message.nonce.clone()),
        }
    }

    /// Describes what happened, with separate texts for staff where those for the user would be wrong.
    fn system_message(&self, text: &str) -> &'static str {
        let t = self.t.operator();
        match text {
            what::ENDED => t.happened_ended(),
            what::CODE_HIDDEN => t.happened_code_hidden(),
            what::TAKEN => t.happened_taken(),
            what::HANDED_OVER => t.happened_handed_over(),
            what::SOLVED => t.happened_solved(),
            what::CLOSED => t.happened_closed(),
            what::REOPENED => t.happened_reopened(),
            _ => happened::words(self.t.0, text).unwrap_or(t.happened_other()),
        }
    }

    fn is_mine(&self, conversation: &Conversation) -> bool {
        conversation.operator_id.as_ref() == Some(self.me())
    }

    /// Describes a conversation: what it is about, who waits, who has taken it.
    pub(super) fn head(
        &self,
        console: &ConsoleView,
        conversation: &Conversation,
        colleagues: &[Colleague],
    ) -> PaneHead {
        let t = self.t.operator();
        let (id, holder) = (&conversation.id, conversation.operator_id.as_ref());
        let is_closed = conversation.state() == State::Closed;
        let state = match (conversation.state(), conversation.waiting_since) {
            (State::Waiting, Some(since)) => t.waits(self.since(since)),
            (State::Closed, _) if conversation.solved => t.state_solved().to_owned(),
            (State::Closed, _) => t.state_closed().to_owned(),
            _ => t.state_answered().to_owned(),
        };
        let login = holder.and_then(|id| colleagues.iter().find(|one| one.id == *id));
        let taken = match (holder, login) {
            _ if self.is_mine(conversation) => t.taken_by_you().to_owned(),
            (_, Some(colleague)) => t.taken_by(&colleague.login),
            (Some(_), None) => t.taken_by_somebody().to_owned(),
            (None, None) => t.taken_by_nobody().to_owned(),
        };
        let take = (!self.is_mine(conversation) && !is_closed).then(|| {
            let words = if holder.is_some() { t.take_over() } else { t.take() };
            (words.to_owned(), holder.map(AccountId::to_string).unwrap_or_default())
        });
        let claimed = conversation.claimed.as_deref().map(mask::claimed);
        let signed_in = conversation.account_id.is_some().then(|| t.signed_in().to_owned());
        PaneHead {
            name: self.name(conversation.topic(), id),
            tongue: self.tongue(conversation.locale()),
            state,
            about: joined([claimed.map(|name| t.about_account(name)), signed_in, Some(taken)]),
            close: console.without(id).path(),
            take,
            is_closed,
        }
    }

    /// Returns what can be done with a conversation besides answering.
    pub(super) fn actions(
        &self,
        conversation: &Conversation,
        colleagues: &[Colleague],
    ) -> PaneActions {
        if conversation.state() == State::Closed {
            return PaneActions::Reopen;
        }
        if conversation.operator_id.is_some() && !self.is_mine(conversation) {
            return PaneActions::Nothing;
        }
        let now = self.state.clock.now();
        let others = colleagues.iter().filter(|one| one.on_duty && one.id != *self.me());
        let others = others.map(|colleague| {
            let words = if colleague.is_online(now) {
                colleague.login.clone()
            } else {
                self.t.operator().colleague_away(&colleague.login)
            };
            (colleague.id.to_string(), words)
        });
        PaneActions::Close(others.collect())
    }

    /// Returns when the user read the answer; a user who wrote last has read everything before it.
    pub(super) fn seen(&self, conversation: &Conversation) -> Option<Moment> {
        let is_read = conversation.state() != State::Waiting && conversation.unread_since.is_none();
        conversation.shopper_read_at.filter(|_| is_read).map(|at| self.date_moment(at))
    }

    /// Builds the staff's notes.
    pub(super) fn notes(&self, notes: Vec<Note>) -> Vec<PaneNote> {
        let notes = notes.into_iter().map(|Note { id, text, at, author }| {
            (id.to_string(), author.unwrap_or_default(), self.date_moment(at), text)
        });
        notes.collect()
    }

    /// Returns the values of the placeholders of canned answers in a conversation.
    pub(super) fn values(&self, conversation: &Conversation, facts: Option<&Facts>) -> Values {
        let claimed = conversation.claimed.as_deref().filter(|name| !name.contains('@'));
        Values {
            login: facts.map(|facts| facts.login.as_str()).or(claimed).map(str::to_owned),
            shop: self.state.config.shop_name.clone(),
            // The display name only: logins of staff are not disclosed.
            operator: self.staff.account.display_name.clone(),
        }
    }
}

/// Fills in the known placeholders of canned answers, and lists those in the user's language first.
pub(super) fn canned(all: &[Canned], locale: Locale, values: &Values) -> Vec<CannedAnswer> {
    let (own, others): (Vec<_>, Vec<_>) = all.iter().partition(|one| one.locale() == locale);
    let all = own.into_iter().chain(others).map(|one| {
        let lang = one.locale().tag().to_owned();
        (one.id.to_string(), one.title.clone(), lang, values.fill(&one.text))
    });
    all.collect()
}

fn joined<const N: usize>(parts: [Option<String>; N]) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// What a window shows of the queue.
#[derive(Clone, Default)]
pub(super) struct Queue {
    entries: Vec<QueueRow>,
    counts: Counts,
}

impl Queue {
    /// Loads the queue for a page.
    pub(super) async fn of(reader: &Reader, console: &ConsoleView) -> Result<Self, DbError> {
        let db = &reader.state.db;
        let me = reader.me();
        let entries = match console.filter {
            _ if !console.search.is_empty() => store::found(db, &console.search).await?,
            Filter::All => store::open_ones(db).await?,
            Filter::Mine => store::own_ones(db, me).await?,
            Filter::Closed => store::closed_ones(db).await?,
        };
        Ok(Self { entries, counts: store::counts(db, me).await? })
    }

    /// Builds the queue of the open conversations, or of the reader's own. `open` may not hold all of the reader's own,
    /// which are therefore loaded separately: however long the queue is, an operator keeps sight of the conversations
    /// they took.
    pub(super) async fn of_open(
        reader: &Reader,
        console: &ConsoleView,
        open: Vec<QueueRow>,
    ) -> Result<Self, DbError> {
        let (db, me) = (&reader.state.db, reader.me());
        let entries =
            if console.filter == Filter::Mine { store::own_ones(db, me).await? } else { open };
        Ok(Self { entries, counts: store::counts(db, me).await? })
    }
}
