//! The queue: who waits, and what else is open.

use leptos::prelude::*;

use super::{Reader, reference, tongue, topic};
use crate::{
    i18n,
    operator::{
        desk::{Desk, Filter},
        store::{self, Counts, Entry},
    },
    server::{conversations::State, db::DbError, mask},
};

/// What the queue shows.
#[derive(Clone, Default)]
pub(in crate::operator) struct Queue {
    pub entries: Vec<Entry>,
    pub counts: Counts,
}

impl Queue {
    /// What a window shows of it.
    pub(in crate::operator) async fn of(reader: &Reader, desk: &Desk) -> Result<Self, DbError> {
        let db = &reader.app.db;
        let me = reader.me();
        let entries = match desk.filter {
            _ if !desk.search.is_empty() => store::found(db, &desk.search).await?,
            Filter::All => store::open_ones(db).await?,
            Filter::Mine => store::own_ones(db, me).await?,
            Filter::Closed => store::closed_ones(db).await?,
        };
        Ok(Self { entries, counts: store::counts(db, me).await? })
    }

    /// What a window shows of those that are not closed, or of the reader's own. `open` may not hold all of these:
    /// however long the queue is, nobody loses sight of what he took.
    pub(in crate::operator) async fn of_open(
        reader: &Reader,
        desk: &Desk,
        open: Vec<Entry>,
    ) -> Result<Self, DbError> {
        let (db, me) = (&reader.app.db, reader.me());
        let entries =
            if desk.filter == Filter::Mine { store::own_ones(db, me).await? } else { open };
        Ok(Self { entries, counts: store::counts(db, me).await? })
    }

    /// The part of the screen that changes by itself.
    pub(in crate::operator) fn view(self, reader: &Reader, desk: &Desk) -> AnyView {
        use i18n::operator as t;
        let locale = reader.locale;
        let Self { entries, counts } = self;
        let filters = Filter::ALL
            .into_iter()
            .map(|filter| {
                let words = match filter {
                    Filter::All => t::filter_all(locale, counts.open),
                    Filter::Mine => t::filter_mine(locale, counts.mine),
                    Filter::Closed => t::filter_closed(locale).to_owned(),
                };
                let chosen = filter == desk.filter && desk.search.is_empty();
                let current = chosen.then_some("page");
                view! { <li><a href=desk.filtered(filter).path() aria-current=current>{words}</a></li> }
            })
            .collect_view();
        let empty = entries.is_empty().then(|| {
            let words = if desk.search.is_empty() {
                t::queue_empty(locale)
            } else {
                t::nothing_found(locale)
            };
            view! { <p class="quiet">{words}</p> }
        });
        let entries = entries.into_iter().map(|entry| item(reader, desk, entry)).collect_view();
        view! {
            <div id="queue" class="stack">
                <p class="quiet small">{t::waiting_now(locale, counts.waiting)}</p>
                <nav aria-label=t::filter(locale)><ul class="filter">{filters}</ul></nav>
                {empty}
                <ol class="queue">{entries}</ol>
            </div>
        }
        .into_any()
    }
}

/// One of them: a link that opens it beside the others.
fn item(reader: &Reader, desk: &Desk, entry: Entry) -> impl IntoView + use<> {
    use i18n::operator as t;
    let locale = reader.locale;
    let open = desk.open.contains(&entry.id);
    let waiting = entry.is_waiting();
    let state = if let Some(since) = entry.waiting_since.filter(|_| waiting) {
        t::waits(locale, reader.since(since))
    } else if entry.state() == State::Closed {
        if entry.solved { t::state_solved(locale) } else { t::state_closed(locale) }.to_owned()
    } else {
        t::answered_ago(locale, reader.since(entry.updated_at))
    };
    let taken = match (&entry.operator_id, &entry.operator) {
        (Some(id), _) if id == reader.me() => Some(t::taken_by_you(locale).to_owned()),
        (_, Some(login)) => Some(t::taken_by(locale, login)),
        _ => None,
    };
    let name = topic(entry.topic(), locale);
    let claimed = entry.claimed.as_deref().map(mask::claimed);
    let signed_in = entry.signed_in.then(|| t::signed_in(locale));
    let about: Vec<String> =
        [claimed, signed_in.map(str::to_owned), taken].into_iter().flatten().collect();
    view! {
        <li class:waiting=waiting>
            <a
                id=format!("q-{}", entry.id)
                href=format!("{}#pane-{}", desk.with(&entry.id).path(), entry.id)
                aria-current=open.then_some("true")
                data-waiting=waiting.then_some("")
            >
                <span class="line"><b>{name}</b>" "<span class="quiet small">{reference(&entry.id)}</span>{tongue(entry.locale(), locale)}</span>
                <span class="line small"><span class="state">{state}</span></span>
                <span class="line quiet small">{about.join(" · ")}</span>
            </a>
        </li>
    }
}

/// What a notification says of a conversation that waits. Nothing of what was written: others may look at the screen.
pub(in crate::operator) fn notice_of(reader: &Reader, entry: &Entry) -> String {
    i18n::operator::notification(reader.locale, topic(entry.topic(), reader.locale))
}
