//! One conversation that is open.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    Reader, answer_box::answer_box, facts, message, reference, tongue, topic, window_fields,
};
use crate::{
    i18n,
    operator::{
        Close, HandOver, Reopen, Take,
        desk::Desk,
        long::NOTE,
        service::facts::Facts,
        store::{Canned, Colleague, Note},
    },
    server::{
        conversations::{Conversation, Message, State},
        http::draft::Draft,
        mask,
    },
    ui::{
        field::{hidden, text_of_area},
        notice::refusal,
        time::full_time,
    },
};

/// All that a pane shows.
pub(in crate::operator) struct Open {
    pub conversation: Conversation,
    pub messages: Vec<Message>,
    pub notes: Vec<Note>,
    /// After a look.
    pub facts: Option<Facts>,
    /// What stands in the box for the answer.
    pub typed: String,
    /// What the last form of this pane left for it.
    pub draft: Draft,
}

/// What the parts of a pane are rendered from that change while one looks.
pub(in crate::operator) struct Parts<'a> {
    pub reader: &'a Reader,
    pub desk: &'a Desk,
    pub conversation: &'a Conversation,
    pub colleagues: &'a [Colleague],
}

impl Parts<'_> {
    fn is_mine(&self) -> bool {
        self.conversation.operator_id.as_deref() == Some(self.reader.me())
    }

    fn holder(&self) -> Option<&Colleague> {
        let id = self.conversation.operator_id.as_ref()?;
        self.colleagues.iter().find(|colleague| colleague.id == *id)
    }

    /// What it is, who waits, who has it.
    pub(in crate::operator) fn head(&self) -> AnyView {
        use i18n::operator as t;
        let Parts { reader, desk, conversation, .. } = self;
        let (locale, id) = (reader.locale, conversation.id.as_str());
        let claimed = conversation.claimed.as_deref().map(mask::claimed);
        let state = match (conversation.state(), conversation.waiting_since) {
            (State::Waiting, Some(since)) => t::waits(locale, reader.since(since)),
            (State::Closed, _) if conversation.solved => t::state_solved(locale).to_owned(),
            (State::Closed, _) => t::state_closed(locale).to_owned(),
            _ => t::state_answered(locale).to_owned(),
        };
        let holder = if self.is_mine() {
            t::taken_by_you(locale).to_owned()
        } else {
            match (self.holder(), &conversation.operator_id) {
                (Some(holder), _) => t::taken_by(locale, &holder.login),
                (None, Some(_)) => t::taken_by_somebody(locale).to_owned(),
                (None, None) => t::taken_by_nobody(locale).to_owned(),
            }
        };
        let take = (!self.is_mine() && conversation.state() != State::Closed).then(|| {
            let words = if conversation.operator_id.is_some() { t::take_over(locale) } else { t::take(locale) };
            view! {
                <form method="post" action=Take::PATH>
                    {window_fields(desk, Some(id))}
                    {hidden("from", Some(conversation.operator_id.clone().unwrap_or_default()))}
                    <button class="button second fit" type="submit" id=format!("take-{id}") data-key="t" data-press>{words}</button>
                </form>
            }
        });
        let about: Vec<String> = [
            claimed.map(|name| t::about_account(locale, name)),
            conversation.account_id.is_some().then(|| t::signed_in(locale).to_owned()),
            Some(holder),
        ]
        .into_iter()
        .flatten()
        .collect();
        // Below a head that says so there is no box for an answer: it need not come and go with its text.
        let closed = conversation.state() == State::Closed;
        view! {
            <header id=format!("head-{id}") class="head" class:closed=closed>
                <div class="line">
                    <h2 id=format!("title-{id}")>{topic(conversation.topic(), locale)}" "<span class="quiet small">{reference(id)}</span></h2>
                    {tongue(conversation.locale(), locale)}
                    <span class="state">{state}</span>
                    <a class="button plain" href=desk.without(id).path()>{t::close_pane(locale)}</a>
                </div>
                <p class="quiet small">{about.join(" · ")}</p>
                {take}
            </header>
        }
        .into_any()
    }

    /// What can be done with it, besides answering.
    pub(in crate::operator) fn acts(&self) -> AnyView {
        use i18n::operator as t;
        let Parts { reader, desk, conversation, .. } = self;
        let (locale, id) = (reader.locale, conversation.id.as_str());
        let inner = if conversation.state() == State::Closed {
            view! {
                <form method="post" action=Reopen::PATH>
                    {window_fields(desk, Some(id))}
                    <button class="button second fit" type="submit" id=format!("reopen-{id}") data-key="c">{t::reopen(locale)}</button>
                </form>
            }
            .into_any()
        } else if self.conversation.operator_id.is_some() && !self.is_mine() {
            ().into_any()
        } else {
            view! {
                <form method="post" action=Close::PATH class="line">
                    {window_fields(desk, Some(id))}
                    <button class="button second fit" type="submit" name="solved" value="yes" id=format!("solved-{id}") data-key="c">{t::close_solved(locale)}</button>
                    <button class="button second fit" type="submit" name="solved" value="no" id=format!("unsolved-{id}")>{t::close_unsolved(locale)}</button>
                </form>
                {self.hand_over()}
            }
            .into_any()
        };
        view! { <div id=format!("acts-{id}") class="acts">{inner}</div> }.into_any()
    }

    fn hand_over(&self) -> impl IntoView + use<> {
        use i18n::operator as t;
        let (locale, id) = (self.reader.locale, self.conversation.id.as_str());
        let now = self.reader.app.clock.now();
        let mut others = self
            .colleagues
            .iter()
            .filter(|colleague| colleague.on_duty && colleague.id != self.reader.me())
            .map(|colleague| {
                let words = if colleague.is_online(now) {
                    colleague.login.clone()
                } else {
                    t::colleague_away(locale, &colleague.login)
                };
                view! { <option value=colleague.id.clone()>{words}</option> }
            })
            .peekable();
        if others.peek().is_none() {
            return view! { <p class="quiet small">{t::nobody_on_duty(locale)}</p> }.into_any();
        }
        view! {
            <form method="post" action=HandOver::PATH class="line">
                {window_fields(self.desk, Some(id))}
                <label class="unseen" for=format!("to-{id}")>{t::hand_over_to(locale)}</label>
                <select class="input fit" id=format!("to-{id}") name="to">{others.collect_view()}</select>
                <button class="button second fit" type="submit">{t::hand_over(locale)}</button>
            </form>
        }
        .into_any()
    }

    /// That the shopper has read the answer: whoever wrote last has read all before it.
    pub(in crate::operator) fn seen(&self) -> AnyView {
        let Parts { reader, conversation, .. } = self;
        let answered = conversation.state() != State::Waiting;
        let seen = conversation
            .shopper_read_at
            .filter(|_| answered && conversation.unread_since.is_none())
            .map(|at| view! { {i18n::operator::seen(reader.locale)}" "{full_time(reader.locale, &reader.zone, at)} });
        view! { <p id=format!("seen-{}", conversation.id) class="quiet small">{seen}</p> }
            .into_any()
    }

    /// What the staff wrote down.
    pub(in crate::operator) fn notes(&self, notes: &[Note]) -> AnyView {
        let Parts { reader, conversation, .. } = self;
        let items = notes
            .iter()
            .map(|note| {
                let author = note.author.clone().unwrap_or_default();
                view! {
                    <li id=format!("note-{}", note.id)>
                        <p class="quiet small"><b>{author}</b>" · "{full_time(reader.locale, &reader.zone, note.at)}</p>
                        <p class="text" dir="auto">{note.text.clone()}</p>
                    </li>
                }
            })
            .collect_view();
        view! { <ul id=format!("notes-{}", conversation.id) class="notes">{items}</ul> }.into_any()
    }
}

/// That the shopper is typing, or not any more.
pub(in crate::operator) fn typing_line(reader: &Reader, id: &str, typing: bool) -> AnyView {
    let words = typing.then(|| i18n::operator::shopper_types(reader.locale));
    view! { <p id=format!("typing-{id}") class="quiet small" role="status">{words}</p> }.into_any()
}

impl Open {
    /// The pane.
    pub(super) fn view(
        self,
        reader: &Reader,
        desk: &Desk,
        colleagues: &[Colleague],
        canned: &[Canned],
    ) -> AnyView {
        use i18n::operator as t;
        let Self { conversation, messages, notes, facts, typed, draft } = self;
        let (locale, id) = (reader.locale, conversation.id.clone());
        let parts = Parts { reader, desk, conversation: &conversation, colleagues };
        let earlier = messages.first().is_some_and(|first| first.seq > 1).then(|| {
            let path = format!("{}#pane-{id}", desk.whole(&id).path());
            view! { <p class="small"><a href=path>{t::earlier(locale)}</a></p> }
        });
        let log = messages.iter().map(|one| message(reader, &id, colleagues, one)).collect_view();
        let error = draft.error.as_ref();
        let note_typed = draft.value("note").unwrap_or_default();
        let answer = answer_box(reader, desk, &conversation, canned, facts.as_ref(), typed);
        view! {
            <section class="pane card" id=format!("pane-{id}") aria-labelledby=format!("title-{id}") data-pane>
                {parts.head()}
                {refusal(error, locale, ())}
                {earlier}
                <div class="log" role="log" tabindex="0" aria-label=t::messages(locale)>
                    <ol id=format!("log-{id}")>{log}</ol>
                </div>
                {typing_line(reader, &id, false)}
                {parts.seen()}
                {answer}
                {parts.acts()}
                {facts::view(reader, desk, &conversation, facts, &draft)}
                <details class="more" open=!notes.is_empty()>
                    <summary>{t::notes(locale)}</summary>
                    <p class="quiet small">{t::notes_about(locale)}</p>
                    {parts.notes(&notes)}
                    <form class="stack tight" method="post" action=NOTE>
                        {window_fields(desk, Some(&id))}
                        <label for=format!("note-box-{id}")>{t::new_note(locale)}</label>
                        <textarea class="input area" id=format!("note-box-{id}") name="note" rows="2" dir="auto">{text_of_area(&note_typed)}</textarea>
                        <button class="button second fit" type="submit">{t::add_note(locale)}</button>
                    </form>
                </details>
            </section>
        }
        .into_any()
    }
}
