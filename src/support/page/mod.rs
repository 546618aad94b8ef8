//! The screens of the support chat.

mod email;

pub use self::email::{email, email_code};

use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    BEGIN, Leave as LeaveBrowser, NEXT, SCREEN, SEND, Seen, Typing, access,
    parts::{Reader, cursor, usually},
    upload::{PICTURE_MAX, keep},
};
use crate::{
    components::layout::Width,
    error::AppError,
    i18n::{self, Locale, support as t},
    server::{
        clock::Millis,
        config::Hours,
        conversations::{self, Author, Conversation, Side, State, Topic},
        flows::Purpose as FlowPurpose,
        http::{
            context::Cx,
            draft::{Draft, Notice},
            page::{Page, PageError},
        },
        next,
        secret::Token,
    },
    ui::{
        busy::busy,
        field::{Field, Purpose, Select, TextArea, hidden, picture_field},
        icons::{Icon, icon},
        islands::{Live, Send},
        layout::{FORM, screen_field},
        notice::{Tone, done, notice, refusal},
        time::full_time,
    },
};

/// Messages shown at once.
const AT_ONCE: i64 = 100;

/// `/support`
pub async fn show(cx: Cx) -> Result<Page, PageError> {
    let draft = cx.take_draft(SCREEN);
    chat(cx, draft).await
}

/// The screen with what the last post left for it.
pub(super) async fn chat(mut cx: Cx, draft: Draft) -> Result<Page, PageError> {
    cx.signed_in().await?;
    if !conversations::exists_staff(&cx.app.db).await? {
        return Ok(contact(&cx));
    }
    let usual = conversations::usual_wait(&cx.app.db).await?;
    let anew = cx.query("new").is_some();
    match access::mine(&mut cx).await? {
        Some(conversation) if !(anew && conversation.state() == State::Closed) => {
            conversation_page(cx, draft, conversation, usual).await
        }
        _ => begin(cx, draft, usual).await,
    }
}

/// Where there is no chat: how else the shop is reached.
fn contact(cx: &Cx) -> Page {
    let (locale, shop) = (cx.locale, cx.app.config.shop_name.clone());
    let contact = cx.app.config.support_contact.clone();
    let title = t::none_title(locale);
    let view = move || {
        let how = match contact {
            Some(contact) => view! {
                <p>{t::none_contact(locale, shop)}</p>
                <p class="contact"><strong>{contact}</strong></p>
            }
            .into_any(),
            None => view! { <p>{t::none(locale, shop)}</p> }.into_any(),
        };
        view! {
            <div class="card stack">
                <h1>{title}</h1>
                {how}
            </div>
        }
        .into_any()
    };
    Page { form: false, ..Page::new(title, view) }
}

/// Before the first message.
async fn begin(mut cx: Cx, draft: Draft, usual: Option<Millis>) -> Result<Page, PageError> {
    let account = cx.signed_in().await?.map(|signed_in| signed_in.account);
    match cx.token(NEXT) {
        Some(token) => {
            let own = account.as_ref().map(|account| account.id.as_str());
            let begun = conversations::by_cookie(&cx.app.db, Some(&token), own).await?;
            if begun.open().is_some() {
                // The answer was lost on its way: now the browser knows that it began.
                keep(&cx, &token);
                cx.clear_cookie(NEXT);
                return Err(PageError::To(SCREEN.to_owned()));
            }
        }
        None => cx.set_cookie(NEXT, &Token::new(&cx.app.random).expose(), None),
    }
    let locked = access::is_locked(&mut cx).await?;
    // Whoever comes from a recovery has said already which account it is about.
    let recovering = match account {
        Some(_) => None,
        None => cx.any_flow(FlowPurpose::Recover).await?.map(|flow| flow.typed),
    };
    let locale = cx.locale;
    let title = t::title(locale);
    let view = move || {
        let error = draft.error.as_ref();
        let usual_topic = if recovering.is_some() { Topic::Password } else { Topic::Other };
        let topic = Select {
            name: "topic",
            label: t::topic(locale),
            hint: None,
            options: Topic::ALL
                .map(|topic| (topic.as_str().to_owned(), topic_words(locale, topic).to_owned()))
                .to_vec(),
            chosen: draft.value("topic").unwrap_or_else(|| usual_topic.as_str().to_owned()),
            error,
        };
        let about = match &account {
            Some(account) => {
                view! { <p class="quiet">{t::own_account(locale, &account.login)}</p> }.into_any()
            }
            None => Field::new("account", Purpose::Named, t::account(locale), error)
                .hint(t::account_hint(locale))
                .value(draft.value("account").or(recovering))
                .view(locale),
        };
        let left = (draft.notice == Some(Notice::SignedOut)).then(|| t::left(locale));
        let locked = locked.then(|| {
            let sign_in = next::with("/sign-in", Some(SCREEN));
            let words = view! { <p>{t::locked(locale)}" "<a href=sign_in>{i18n::sign_in::title(locale)}</a></p> };
            notice(Tone::Calm, words)
        });
        view! {
            <form id=FORM class="card stack" method="post" action=BEGIN enctype="multipart/form-data" novalidate>
                {screen_field(&cx)}
                {hidden("nonce", Some(nonce(&cx)))}
                <h1>{title}</h1>
                <p class="quiet">{t::intro(locale, &cx.app.config.shop_name)}" "{usually(locale, usual)}</p>
                {never_tell(locale)}
                {hours(&cx)}
                {done(left)}
                {locked}
                {refusal(error, locale, ())}
                {topic.view(locale)}
                {about}
                {message_field(&draft, false, locale)}
                {attachment(error, locale)}
                <button class="button fit" type="submit">{t::send(locale)}</button>
                {busy(locale)}
            </form>
        }
        .into_any()
    };
    Ok(Page { width: Width::Text, ..Page::new(title, view) })
}

/// The conversation, newest messages last.
async fn conversation_page(
    mut cx: Cx,
    draft: Draft,
    conversation: Conversation,
    usual: Option<Millis>,
) -> Result<Page, PageError> {
    let (app, id) = (&cx.app, conversation.id.as_str());
    let before: Option<i64> = cx.query("before").and_then(|seq| seq.parse().ok());
    let messages = match before {
        Some(seq) => conversations::messages_before(&app.db, id, seq, AT_ONCE).await?,
        None => conversations::last_of(&app.db, id, AT_ONCE).await?,
    };
    let own = conversations::last_by(&app.db, id, Author::Shopper).await?;
    // What is shown is what was read; somebody else may have written since.
    let last = messages.last().map_or(0, |message| message.seq);
    if before.is_none() && conversation.shopper_read < last {
        let mut tx = app.db.begin().await?;
        conversations::mark_read(app, &mut tx, id, Side::Shopper, last).await?;
        tx.commit().await?;
    }
    let own_address = cx.signed_in().await?.map(|signed_in| signed_in.account.email);
    let locale = cx.locale;
    let title = t::title(locale);
    let view = move || {
        let reader = Reader::of(&cx);
        let error = draft.error.as_ref();
        let earlier = messages.first().map(|message| message.seq).filter(|seq| *seq > 1).map(|seq| {
            view! { <p class="happened"><a href=format!("/support?before={seq}")>{t::earlier(locale)}</a></p> }
        });
        let newest = before.map(|_| view! { <p><a href=SCREEN>{t::newest(locale)}</a></p> });
        let shown: Vec<AnyView> =
            messages.iter().filter_map(|message| reader.message(message, false)).collect();
        let saved = (draft.notice == Some(Notice::Saved)).then(|| t::email_saved(locale));
        // A page of earlier messages stands still.
        let live = before.is_none().then(|| {
            view! {
                <div
                    data-live="/support/stream"
                    data-live-last=cursor(&conversation, last)
                    data-live-seen=Seen::PATH
                ></div>
                <p class="quiet" data-live-lost hidden>{t::lost(locale)}</p>
                <Live/>
            }
        });
        view! {
            <div class="stack">
                <div class="card stack chat">
                    <h1>{title}</h1>
                    {never_tell(locale)}
                    {hours(&cx)}
                    {done(saved)}
                    <div class="log" role="log" aria-live="polite" aria-label=t::log(locale) tabindex="0">
                        <div id="log">{earlier}{shown}</div>
                    </div>
                    {newest}
                    {reader.status(&conversation, false, own, usual)}
                    {live}
                    {reader.state(&conversation)}
                    <form
                        id=FORM
                        class="stack"
                        method="post"
                        action=SEND
                        enctype="multipart/form-data"
                        data-send
                        data-typing=Typing::PATH
                        novalidate
                    >
                        {screen_field(&cx)}
                        {hidden("nonce", Some(nonce(&cx)))}
                        {refusal(error, locale, ())}
                        {message_field(&draft, true, locale)}
                        {attachment(error, locale)}
                        <p class="quiet" role="status" data-unsent hidden>{t::unsent(locale)}</p>
                        <button class="button fit" type="submit">{t::send(locale)}</button>
                        <Send/>
                    </form>
                    <p class="quiet without-script">{t::refresh_hint(locale)}" "<a href=SCREEN>{t::look(locale)}</a></p>
                </div>
                {email::choice(&conversation, own_address, locale)}
                {ways_out(&reader, &conversation, locale)}
            </div>
        }
        .into_any()
    };
    Ok(Page { width: Width::Text, ..Page::new(title, view) })
}

fn nonce(cx: &Cx) -> String {
    cx.app.random.bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn never_tell(locale: Locale) -> impl IntoView {
    view! {
        <p class="care">{icon(Icon::Lock)}<span>{t::never_tell(locale)}</span></p>
    }
}

/// Outside office hours: when somebody is there again.
fn hours(cx: &Cx) -> Option<impl IntoView + use<>> {
    let now = cx.app.clock.now();
    let hours: &Hours = cx.app.config.support_hours.as_ref().filter(|h| !h.are_open(now))?;
    let (locale, zone) = (cx.locale, cx.zone());
    let words = match hours.next_open(now) {
        Some(at) => {
            view! { <p>{t::closed_now(locale)}" "{full_time(locale, &zone, at)}</p> }.into_any()
        }
        None => view! { <p>{t::closed_long(locale)}</p> }.into_any(),
    };
    Some(notice(Tone::Calm, words))
}

fn topic_words(locale: Locale, topic: Topic) -> &'static str {
    match topic {
        Topic::Password => t::topics::password(locale),
        Topic::Email => t::topics::email(locale),
        Topic::Login => t::topics::login(locale),
        Topic::Order => t::topics::order(locale),
        Topic::Other => t::topics::other(locale),
    }
}

fn message_field(draft: &Draft, enter: bool, locale: Locale) -> AnyView {
    TextArea {
        name: "message",
        label: t::message(locale),
        hint: Some(t::message_hint(locale).to_owned()),
        value: draft.value("message"),
        error: draft.error.as_ref(),
        enter,
    }
    .view(locale)
}

fn attachment(error: Option<&AppError>, locale: Locale) -> AnyView {
    let most = i64::try_from(PICTURE_MAX / 1024 / 1024).unwrap_or(5);
    let hint = t::picture_hint(locale, most);
    picture_field("picture", t::picture(locale), hint, error, locale)
}

fn ways_out(reader: &Reader, conversation: &Conversation, locale: Locale) -> impl IntoView {
    view! {
        <div class="row ways-out">
            {reader.end(conversation)}
            <form method="post" action=LeaveBrowser::PATH>
                <button class="button plain" type="submit" aria-describedby="leave-hint">{t::leave(locale)}</button>
            </form>
            <small class="quiet" id="leave-hint">{t::leave_hint(locale)}</small>
        </div>
    }
}
