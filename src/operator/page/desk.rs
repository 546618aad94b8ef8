//! `/operator`: the queue, and the conversations that are open beside it.

use leptos::{attr::custom::custom_attribute, prelude::*, server_fn::ServerFn};

use super::{Reader, answer_box, help, pane::Open, queue::Queue, window_fields};
use crate::{
    components::layout::Width,
    i18n,
    operator::{
        KEYS, SetDuty,
        cursor::Cursor,
        desk::{Desk, SCREEN},
        service::facts,
        store::{self, Canned, Colleague},
    },
    server::{
        conversations::{self, Side},
        db::DbError,
        http::{
            context::Cx,
            draft::Draft,
            page::{Page, PageError},
        },
    },
    ui::{
        console::{ConsolePlace, console_frame},
        field::hidden,
        islands::{Console, Live, Send},
        notice::{done, refusal},
    },
};

/// Messages of a conversation that are shown at first, and at most.
const MESSAGES: i64 = 100;
const MESSAGES_MOST: i64 = 5_000;

/// `/operator`
pub async fn show(mut cx: Cx) -> Result<Page, PageError> {
    cx.staff_page().await?;
    let draft = cx.take_draft(SCREEN);
    with(cx, draft).await
}

/// As [`show`], with what a form left.
pub(in crate::operator) async fn with(mut cx: Cx, draft: Draft) -> Result<Page, PageError> {
    let staff = cx.staff_page().await?;
    store::seen(&cx.app.db, &staff.account.id, cx.app.clock.now()).await?;
    let mut desk = Desk::of(&cx);
    let reader = Reader { app: cx.app.clone(), staff, locale: cx.locale, zone: cx.zone() };
    let canned = store::list_canned(&cx.app.db).await?;
    let panes = panes(&cx, &reader, &desk, &canned, &draft).await?;
    desk.open = panes.iter().map(|pane| pane.conversation.id.clone()).collect();
    let colleagues = store::colleagues(&cx.app.db).await?;
    let queue = Queue::of(&reader, &desk).await?;
    let keys = cx.cookie(KEYS) != Some("off");
    let locale = cx.locale;
    let title = i18n::console::conversations(locale);
    let view = move || {
        use i18n::operator as t;
        let cursor = Cursor::of(
            panes.iter().map(|pane| (pane.conversation.id.as_str(), pane.messages.last())),
        );
        let here = draft.value("about").filter(|about| desk.open.contains(about)).is_none();
        let error = draft.error.as_ref().filter(|_| here);
        let said =
            (draft.value("said").as_deref() == Some("handed-over")).then(|| t::handed_over(locale));
        let none = panes.is_empty().then(|| view! { <p class="quiet">{t::open_one(locale)}</p> });
        let panes = panes
            .into_iter()
            .map(|pane| pane.view(&reader, &desk, &colleagues, &canned))
            .collect_view();
        let content = view! {
            <div class="desk" data-live=desk.stream() data-live-last=cursor.to_string() data-live-hidden>
                <section class="stack" aria-labelledby="desk-title">
                    <h1 id="desk-title">{title}</h1>
                    <p class="notice" role="status" data-live-lost hidden>{t::lost(locale)}</p>
                    {done(said)}
                    {refusal(error, locale, ())}
                    {duty(&reader, &desk, &colleagues)}
                    {search(&desk, locale)}
                    {queue.view(&reader, &desk)}
                    <p class="row needs-script" data-console data-keys=if keys { "on" } else { "off" } data-sheet=help::SHEET>
                        <button class="button plain" type="button" data-notify hidden>{t::notify_me(locale)}</button>
                        <button class="button plain" type="button" data-help>{t::keys(locale)}</button>
                    </p>
                </section>
                <div class="panes">{none}{panes}</div>
                {help::sheet(&reader, &desk, keys)}
                <Live/>
                <Send/>
                <Console/>
            </div>
        };
        console_frame(locale, ConsolePlace::Conversations, &reader.staff, content).into_any()
    };
    Ok(Page { width: Width::Account, form: false, ..Page::new(title, view) })
}

/// The conversations that are open. Whoever has them open has read them.
async fn panes(
    cx: &Cx,
    reader: &Reader,
    desk: &Desk,
    canned: &[Canned],
    draft: &Draft,
) -> Result<Vec<Open>, PageError> {
    let db = &cx.app.db;
    let about = draft.value("about");
    let mut panes = Vec::new();
    for id in &desk.open {
        let Some(conversation) = conversations::get(db, id).await? else { continue };
        let most = if desk.whole.as_ref() == Some(id) { MESSAGES_MOST } else { MESSAGES };
        let messages = conversations::last_of(db, id, most).await?;
        if let Some(last) = messages.last() {
            read_until(reader, id, conversation.operator_read, last.seq).await?;
        }
        let facts = facts::shown(&cx.app, &reader.staff, &conversation).await?;
        let mine = about.as_ref() == Some(id);
        let put_in = (cx.query("into").as_ref() == Some(id))
            .then(|| cx.query("canned"))
            .flatten()
            .and_then(|wanted| canned.iter().find(|one| one.id == wanted));
        let typed = match put_in {
            Some(one) => answer_box::values(reader, &conversation, facts.as_ref()).fill(&one.text),
            None => draft.value("message").filter(|_| mine).unwrap_or_default(),
        };
        let draft = if mine { draft.clone() } else { Draft::default() };
        let notes = store::notes(db, id).await?;
        panes.push(Open { conversation, messages, notes, facts, typed, draft });
    }
    Ok(panes)
}

/// Notes that the staff has read up to `seq`, unless it has.
pub(in crate::operator) async fn read_until(
    reader: &Reader,
    id: &str,
    before: i64,
    seq: i64,
) -> Result<(), DbError> {
    if seq <= before {
        return Ok(());
    }
    let mut tx = reader.app.db.begin().await?;
    conversations::mark_read(&reader.app, &mut tx, id, Side::Operator, seq).await?;
    tx.commit().await
}

/// Who is on duty, and whether the reader is.
fn duty(reader: &Reader, desk: &Desk, colleagues: &[Colleague]) -> impl IntoView + use<> {
    use i18n::operator as t;
    let (locale, now) = (reader.locale, reader.app.clock.now());
    let on = colleagues.iter().any(|one| one.id == reader.me() && one.on_duty);
    let (value, words, state) = if on {
        ("off", t::go_off_duty(locale), t::you_are_on_duty(locale))
    } else {
        ("on", t::go_on_duty(locale), t::you_are_off_duty(locale))
    };
    let others: Vec<String> = colleagues
        .iter()
        .filter(|one| one.id != reader.me() && (one.on_duty || one.is_online(now)))
        .map(|one| match (one.on_duty, one.is_online(now)) {
            (true, true) => one.login.clone(),
            (true, false) => t::colleague_away(locale, &one.login),
            _ => t::colleague_off_duty(locale, &one.login),
        })
        .collect();
    let others = (!others.is_empty())
        .then(|| view! { <p class="quiet small">{t::colleagues(locale, others.join(", "))}</p> });
    view! {
        <form method="post" action=SetDuty::PATH class="line">
            {window_fields(desk, None)}
            <span class="small">{state}</span>
            <button class="button second fit" type="submit" name="duty" value=value>{words}</button>
        </form>
        {others}
    }
}

fn search(desk: &Desk, locale: i18n::Locale) -> impl IntoView + use<> {
    use i18n::operator as t;
    view! {
        <form method="get" action=SCREEN role="search" class="line">
            {hidden("open", Some(desk.open.join(",")))}
            <label class="unseen" for="q">{t::search_label(locale)}</label>
            <input class="input" id="q" name="q" type="search" value=desk.search.clone() placeholder=t::search_label(locale) autocomplete="off" autocapitalize="none" {..custom_attribute("autocorrect", "off")} spellcheck="false"/>
            <button class="button second fit" type="submit">{t::search(locale)}</button>
        </form>
    }
}
