//! The queue, and the conversations that are open beside it.

use axum::response::Response;
use leptos::{attr::custom::custom_attribute, prelude::*};

use super::facts::AccountFacts;
use crate::{
    components::{
        alert::{Alert, Tone},
        form::{Hidden, maxlength},
        layout::Title,
        page::page,
    },
    domain::ids::ConversationId,
    http::{
        context::{RequestContext, Staff},
        cookies::CookieName,
        extract::StaffUser,
        flash::{Flash, use_flash},
        page_error::PageError,
        refusal::refusal,
    },
    i18n::use_texts,
    islands::{
        CannedAnswer, Console, ConsoleDuty, ConsoleNotes, ConsolePane, ConsoleQueue, DutyView,
        PaneMessage, PaneNote, PaneView, QueueView,
    },
    support::{
        console::{
            ConsoleLayout, ConsolePlace, PAGE,
            console_view::{ConsoleView, SEARCH_MAX},
            cursor::Cursor,
            outcome::Outcome,
            service::{
                self,
                facts::{self, Facts},
            },
            store::{self, Canned, Colleague},
            texts::addresses,
            view::{self, Queue, Reader},
        },
        conversation::{self, Conversation},
    },
};

/// Number of messages of a conversation that are shown at first, and at most.
const MESSAGES: i64 = 100;
const MESSAGES_MOST: i64 = 5_000;
/// Maximum bytes of text of a conversation.
const TEXT_MOST: usize = 1024 * 1024;

/// `GET /operator`
pub(in crate::support::console) async fn console(
    StaffUser(staff): StaffUser,
    request: RequestContext,
    flash: Flash,
) -> Result<Response, PageError> {
    console_with(request, staff, flash).await
}

/// Like [`console`], with the flash of a form.
pub(in crate::support::console) async fn console_with(
    request: RequestContext,
    staff: Staff,
    flash: Flash,
) -> Result<Response, PageError> {
    let db = &request.state.db;
    store::seen(db, &staff.account.id, request.state.clock.now()).await?;
    let reader = Reader::of(&request, staff);
    let canned = store::list_canned(db).await?;
    let colleagues = store::colleagues(db).await?;
    let mut console = ConsoleView::of(&request);
    let mut open = Vec::new();
    for id in console.open.clone() {
        open.extend(open_one(&request, &reader, &console, &canned, &id, &flash).await?);
    }
    console.open = open.iter().map(|one| one.conversation.id.clone()).collect();
    let queue = Queue::of(&reader, &console).await?;
    let has_keys = request.cookie(CookieName::ConsoleKeys) != Some("off");
    let shown = ConsoleContent {
        queue: reader.queue(&console, queue),
        duty: reader.duty(&colleagues),
        cursor: Cursor::of(open.iter().map(|one| (&one.conversation.id, one.last))).to_string(),
        open: open
            .into_iter()
            .map(|one| one.view(&reader, &console, &colleagues, &flash))
            .collect(),
        console,
        has_keys,
    };
    Ok(page(request, flash, move || view! { <ConsolePage shown reader/> }))
}

/// An open conversation, as it was read.
struct OpenOne {
    conversation: Conversation,
    messages: Vec<conversation::Message>,
    /// The number of the newest message.
    last: i64,
    notes: Vec<store::Note>,
    /// Present after a look.
    facts: Option<Facts>,
    /// The text in the answer field.
    typed: String,
    canned: Vec<CannedAnswer>,
}

/// Reads a conversation, and marks it as read by staff.
async fn open_one(
    request: &RequestContext,
    reader: &Reader,
    console: &ConsoleView,
    canned: &[Canned],
    id: &ConversationId,
    flash: &Flash,
) -> Result<Option<OpenOne>, PageError> {
    let db = &request.state.db;
    let Some(conversation) = conversation::get(db, id).await? else { return Ok(None) };
    let most = if console.whole.as_ref() == Some(id) { MESSAGES_MOST } else { MESSAGES };
    let messages = newest(conversation::last_of(db, id, most).await?);
    let last = messages.last().map_or(0, |last| last.seq);
    service::read_until(&request.state, id, conversation.operator_read, last).await?;
    let facts = facts::shown(&request.state, &reader.staff, &conversation).await?;
    let values = reader.values(&conversation, facts.as_ref());
    let canned = view::canned(canned, conversation.locale(), &values);
    // Without script, a canned answer is inserted into the field here.
    let wanted =
        request.query("canned").filter(|_| request.query("into").as_deref() == Some(id.as_str()));
    let wanted = wanted.and_then(|wanted| canned.iter().find(|(id, ..)| *id == wanted));
    let typed = match wanted {
        Some((.., text)) => text.clone(),
        None => flash.value("message").filter(|_| is_about(flash, id)).unwrap_or_default(),
    };
    let notes = store::notes(db, id).await?;
    Ok(Some(OpenOne { conversation, messages, last, notes, facts, typed, canned }))
}

/// Returns the newest messages whose text fits: it is in the page twice, once as HTML and once as the island's props.
fn newest(messages: Vec<conversation::Message>) -> Vec<conversation::Message> {
    let mut room = TEXT_MOST;
    let fits = messages.iter().rev().take_while(|one| {
        let size = one.text.len() + one.translation.as_ref().map_or(0, String::len);
        let fits = size <= room;
        room = room.saturating_sub(size);
        fits
    });
    let skip = messages.len() - fits.count();
    messages.into_iter().skip(skip).collect()
}

/// Returns whether the form that left a flash was about a conversation.
fn is_about(flash: &Flash, id: &ConversationId) -> bool {
    flash.value("about").as_deref() == Some(id.as_str())
}

impl OpenOne {
    fn view(
        self,
        reader: &Reader,
        console: &ConsoleView,
        colleagues: &[Colleague],
        flash: &Flash,
    ) -> OpenView {
        let Self { conversation, messages, notes, facts, typed, canned, .. } = self;
        let id = conversation.id.clone();
        let state = &reader.state;
        let is_mine = is_about(flash, &id);
        let has_more = messages.first().is_some_and(|first| first.seq > 1);
        let error = flash.error.as_ref().filter(|_| is_mine);
        let is_of_answer = flash.typed("message").is_some();
        let answer_refusal = error.filter(|_| is_of_answer);
        let error = error.filter(|_| !is_of_answer);
        let pane = PaneView {
            head: reader.head(console, &conversation, colleagues),
            actions: reader.actions(&conversation, colleagues),
            seen: reader.seen(&conversation),
            messages: messages
                .iter()
                .map(|one| without_nonce(reader.message(colleagues, one)))
                .collect(),
            earlier: has_more.then(|| format!("{}#pane-{id}", console.whole(&id).path())),
            typed,
            nonce: state.random.id(state.clock.now()),
            answer_refusal: answer_refusal.map(|error| refusal(error, reader.t, &reader.zone)),
            refusal: error.map(|error| error.summary(reader.t.0)),
            canned,
            id: id.to_string(),
        };
        OpenView { pane, conversation, notes: reader.notes(notes), facts, is_mine }
    }
}

/// Removes the nonce, which is only needed while a message is being sent; a freshly loaded page has no such message.
fn without_nonce(message: PaneMessage) -> PaneMessage {
    PaneMessage { nonce: None, ..message }
}

/// What a window shows.
#[derive(Clone)]
pub(super) struct ConsoleContent {
    console: ConsoleView,
    queue: QueueView,
    duty: DutyView,
    /// How far each conversation is shown.
    cursor: String,
    open: Vec<OpenView>,
    /// Whether single keys are shortcuts.
    has_keys: bool,
}

/// An open conversation.
#[derive(Clone)]
struct OpenView {
    pane: PaneView,
    conversation: Conversation,
    notes: Vec<PaneNote>,
    facts: Option<Facts>,
    /// Whether the window's last form was about it.
    is_mine: bool,
}

/// `/operator`
#[component]
pub(super) fn ConsolePage(shown: ConsoleContent, reader: Reader) -> impl IntoView {
    let t = use_texts();
    let flash = use_flash();
    let ConsoleContent { console, queue, duty, cursor, open, has_keys } = shown;
    let (stream, texts) = ((console.stream(), cursor), reader.texts(has_keys));
    let is_elsewhere = !open.iter().any(|one| one.is_mine);
    let refused = flash.error.as_ref().filter(|_| is_elsewhere).map(|error| error.summary(t.0));
    let refused = refused.map(|words| view! { <Alert tone=Tone::Bad><p>{words}</p></Alert> });
    let is_handed_over = Outcome::of(&flash) == Some(Outcome::HandedOver);
    let done = is_handed_over.then(|| {
        view! { <Alert tone=Tone::Good><p>{t.operator().handed_over()}</p></Alert> }
    });
    let none = open.is_empty().then(|| view! { <p class="quiet">{t.operator().open_one()}</p> });
    let panes = open.into_iter().map({
        let (console, reader) = (console.clone(), reader.clone());
        move |open| view! { <OpenConversation open console=console.clone() reader=reader.clone()/> }
    });
    let is_admin = reader.staff.is_admin();
    view! {
        <Title text=t.console().conversations()/>
        <ConsoleLayout place=ConsolePlace::Conversations is_admin>
            <Console
                stream window=console.fields() back=console.query() queue duty has_keys
                addresses=addresses() texts
            >
                <section class="stack" aria-labelledby="desk-title">
                    <h1 id="desk-title">{t.console().conversations()}</h1>
                    {done}
                    {refused}
                    <ConsoleDuty/>
                    <Search console/>
                    <ConsoleQueue/>
                </section>
                <div class="panes">{none}{panes.collect_view()}</div>
            </Console>
        </ConsoleLayout>
    }
}

/// A conversation: its live pane, with the account's facts and the notes.
#[component]
fn OpenConversation(open: OpenView, console: ConsoleView, reader: Reader) -> impl IntoView {
    let t = use_texts().operator();
    let OpenView { pane, conversation, notes, facts, is_mine } = open;
    let id = pane.id.clone();
    let flash = if is_mine { use_flash() } else { Flash::default() };
    let typed = flash.value("note").unwrap_or_default();
    let has_notes = !notes.is_empty();
    view! {
        <ConsolePane pane>
            <AccountFacts reader console=console.clone() conversation facts flash/>
            <details class="more" open=has_notes>
                <summary>{t.notes()}</summary>
                <p class="quiet small">{t.notes_about()}</p>
                <ConsoleNotes conversation=id notes typed/>
            </details>
        </ConsolePane>
    }
}

#[component]
fn Search(console: ConsoleView) -> impl IntoView {
    let t = use_texts().operator();
    view! {
        <form method="get" action=PAGE role="search" class="line">
            <Hidden name="open" value=Some(console.open_ids())/>
            <label class="unseen" for="q">{t.search_label()}</label>
            <input
                class="input" id="q" name="q" type="search" value=console.search placeholder=t.search_label()
                autocomplete="off" enterkeyhint="search" maxlength=maxlength(SEARCH_MAX) autocapitalize="none" {..custom_attribute("autocorrect", "off")} spellcheck="false"
            />
            <button class="button second fit" type="submit">{t.search()}</button>
        </form>
    }
}
