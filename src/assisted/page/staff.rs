//! Where the staff opens one, and where a second one decides.

use leptos::{prelude::*, server_fn::ServerFn};

use super::super::{
    Approve, LIST, ONE, Open, Refuse, path_of,
    service::{self, Desk, Look, Opener},
};
use crate::{
    error::{AppError, Kind},
    i18n::{self, Locale, assisted as t},
    server::{
        accounts::Account,
        assisted::State,
        conversations::{Author, Message},
        http::{
            context::{Cx, Staff},
            draft::Draft,
            page::{Leave, Page},
        },
        mask,
    },
    ui::{
        busy::busy,
        console::{ConsolePlace, console_frame},
        field::{hidden, text_of_area},
        layout::{FORM, Frame, screen_field},
        notice::{Tone, notice, refusal},
        time::full_time,
    },
};

/// `/operator/assisted`: those to decide and, with `?conversation=`, the form that opens one.
pub async fn list(mut cx: Cx) -> Result<Page, Leave> {
    let staff = cx.staff_page().await?;
    let draft = cx.take_draft(LIST);
    let conversation = cx.query("conversation").or_else(|| draft.value("conversation"));
    let opener = match conversation {
        Some(id) => service::opener(&cx.app, &id).await?,
        None => None,
    };
    let desks = service::list(&cx.app).await?;
    let locale = cx.locale;
    let title = t::list_title(locale);
    let has_form = opener.as_ref().is_some_and(can_open);
    let view = move || {
        let error = draft.error.as_ref().filter(|_| !has_form);
        let content = view! {
            <div class="stack wide-gap">
                <h1>{title}</h1>
                {refusal(error, locale, ())}
                {opener.map(|opener| opening(&cx, opener, &draft))}
                {listed(&cx, desks)}
            </div>
        };
        console_frame(locale, ConsolePlace::Assisted, &staff, content).into_any()
    };
    Ok(Page { frame: Frame::Home, form: has_form, ..Page::new(title, view) })
}

fn can_open(opener: &Opener) -> bool {
    matches!(opener.account, Some((_, None)))
}

/// The form that opens one, or why there is none.
fn opening(cx: &Cx, opener: Opener, draft: &Draft) -> AnyView {
    let locale = cx.locale;
    let Opener { conversation, account } = opener;
    let claimed = claimed(locale, conversation.claimed.as_deref());
    let heading =
        view! { <h2>{t::open_title(locale)}</h2> <p>{t::open_about(locale, claimed)}</p> };
    let account = match account {
        None => {
            let why = view! { <p>{i18n::errors::assisted_nobody(locale)}</p> };
            return view! { <section class="card stack">{heading}{notice(Tone::Calm, why)}</section> }
                .into_any();
        }
        Some((_, Some(process))) => {
            let why = view! {
                <p>{i18n::errors::assisted_alive(locale)}</p>
                <p><a href=path_of(&process.id)>{t::look(locale)}</a></p>
            };
            return view! { <section class="card stack">{heading}{notice(Tone::Calm, why)}</section> }
                .into_any();
        }
        Some((account, None)) => account,
    };
    let error = draft.error.as_ref();
    let kept = draft.value("checked").unwrap_or_default();
    let checks: Vec<_> = cx
        .app
        .config
        .support_checks
        .iter()
        .map(|check| {
            let on = kept.lines().any(|line| line == check);
            view! {
                <li>
                    <label class="tick-box">
                        <input type="checkbox" name="checked[]" value=check.clone() checked=on/>
                        {check.clone()}
                    </label>
                </li>
            }
        })
        .collect();
    let none = checks.is_empty();
    let wrong = |name: &'static str| {
        error
            .and_then(|error| error.beside(name, locale))
            .map(|why| view! { <p class="why" id=format!("{name}-why")><span>{why}</span></p> })
    };
    let unchecked = error.is_some_and(|error| error.fields.contains_key("checked"));
    let too_long = error.is_some_and(|error| error.fields.contains_key("remark"));
    view! {
        <form id=FORM class="card stack assisted-open" method="post" action=Open::PATH novalidate>
            {screen_field(cx)}
            {hidden("conversation", Some(conversation.id))}
            {hidden("account", Some(account))}
            {heading}
            {refusal(error, locale, ())}
            <p class="quiet">{t::open_never(locale)}</p>
            {none.then(|| notice(Tone::Bad, view! { <p>{t::no_checks(locale)}</p> }))}
            <fieldset
                class="field"
                class:refused=unchecked
                aria-describedby=unchecked.then_some("checked-why")
            >
                <legend>{t::checked(locale)}</legend>
                <ul class="ticks">{checks}</ul>
                {wrong("checked")}
            </fieldset>
            <div class="field" class:refused=too_long>
                <label for="remark">{t::remark(locale)}</label>
                <textarea
                    class="input"
                    id="remark"
                    name="remark"
                    rows="4"
                    aria-describedby=if too_long { "remark-why remark-hint" } else { "remark-hint" }
                    aria-invalid=too_long.then_some("true")
                >
                    {text_of_area(&draft.value("remark").unwrap_or_default())}
                </textarea>
                {wrong("remark")}
                <small class="quiet" id="remark-hint">{t::remark_hint(locale)}</small>
            </div>
            <button class="button fit" type="submit">{t::open(locale)}</button>
            {busy(locale)}
        </form>
    }
    .into_any()
}

/// The account as the shopper named it, with an address masked.
fn claimed(locale: Locale, claimed: Option<&str>) -> String {
    claimed.map_or_else(|| t::unnamed(locale).to_owned(), mask::claimed)
}

fn listed(cx: &Cx, desks: Vec<Desk>) -> AnyView {
    let locale = cx.locale;
    if desks.is_empty() {
        return view! { <p class="quiet">{t::list_empty(locale)}</p> }.into_any();
    }
    let items = desks
        .into_iter()
        .map(|desk| {
            let name = desk.conversation.as_ref().and_then(|chat| chat.claimed.as_deref());
            let name = claimed(locale, name);
            let by = name_of(locale, desk.opened_by.as_ref());
            let at = full_time(locale, &cx.zone(), desk.process.opened_at);
            view! {
                <li>
                    <span class="mark">{state_words(locale, desk.state)}</span>
                    <div class="what">
                        <p>{name}</p>
                        <p class="quiet">{t::opened_by_at(locale, by)}" "{at}</p>
                    </div>
                    <a href=path_of(&desk.process.id)>{t::look(locale)}</a>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="card list">{items}</ul> }.into_any()
}

fn name_of(locale: Locale, account: Option<&Account>) -> String {
    account.map_or_else(|| t::left(locale).to_owned(), |account| account.login.clone())
}

const fn state_words(locale: Locale, state: State) -> &'static str {
    match state {
        State::Opened => t::state_opened(locale),
        State::Confirmed => t::state_confirmed(locale),
        State::Waiting => t::state_waiting(locale),
        State::Ready => t::state_ready(locale),
        State::Done => t::state_done(locale),
        State::Refused => t::state_refused(locale),
        State::Stopped => t::state_stopped(locale),
        State::Expired => t::state_expired(locale),
        State::Overtaken => t::state_overtaken(locale),
    }
}

/// `/operator/assisted/{id}`: all that there is to decide by.
pub async fn one(mut cx: Cx) -> Result<Page, Leave> {
    let staff = cx.staff_page().await?;
    let draft = cx.take_draft(ONE);
    let path = cx.screen();
    let id = path.split('?').next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    let look = service::look(&cx.app, &staff.account, id).await?;
    let look = look.ok_or_else(|| Leave::Error(AppError::new(Kind::NotFound)))?;
    let locale = cx.locale;
    let title = t::one_title(locale);
    let view = move || {
        let content = view! {
            <div class="stack wide-gap">
                <h1>{title}</h1>
                {refusal(draft.error.as_ref(), locale, ())}
                <section class="card stack">
                    <h2>{state_words(locale, look.desk.state)}</h2>
                    {facts(&cx, &look)}
                    {decision(&cx, &staff, &look.desk)}
                </section>
                {written(&cx, &look)}
                <p><a href=LIST>{t::to_list(locale)}</a></p>
            </div>
        };
        console_frame(locale, ConsolePlace::Assisted, &staff, content).into_any()
    };
    Ok(Page { frame: Frame::Home, form: false, ..Page::new(title, view) })
}

/// Who opened it, what was checked, the address, the account: masked, as far as it can be.
fn facts(cx: &Cx, look: &Look) -> impl IntoView + use<> {
    let (locale, zone) = (cx.locale, cx.zone());
    let Look { desk: Desk { process, account, conversation, opened_by, decided_by, .. }, .. } =
        look;
    let time = |at| full_time(locale, &zone, at).into_any();
    let text = |text: String| text.into_any();
    let never = || text(t::never(locale).to_owned());
    let named = claimed(locale, conversation.as_ref().and_then(|chat| chat.claimed.as_deref()));
    let mut rows = vec![
        (t::fact_opened_by(locale), text(name_of(locale, opened_by.as_ref()))),
        (t::fact_opened_at(locale), time(process.opened_at)),
        (t::checked(locale), text(process.checked.clone())),
    ];
    if !process.remark.is_empty() {
        rows.push((t::remark(locale), text(process.remark.clone())));
    }
    rows.push((t::fact_named(locale), text(named)));
    rows.push((t::fact_login(locale), text(account.login.clone())));
    rows.push((t::fact_email(locale), text(mask::address(&account.email))));
    rows.push((t::fact_registered(locale), time(account.created_at)));
    rows.push((t::fact_signed_in(locale), look.signed_in.map_or_else(never, time)));
    let used = if look.used { t::used_lately(locale) } else { t::not_used_lately(locale) };
    rows.push((t::fact_used(locale), text(used.to_owned())));
    if let Some(chat) = conversation {
        let place = cx.app.geo.place(locale, &chat.network);
        let from = place.map_or_else(|| chat.network.clone(), |p| format!("{p}, {}", chat.network));
        rows.push((t::fact_from(locale), text(from)));
    }
    if let (Some(email), Some(at)) = (&process.email, process.confirmed_at) {
        rows.push((t::fact_new_address(locale), text(mask::address(email))));
        rows.push((t::fact_confirmed_at(locale), time(at)));
    }
    if let (Some(_), Some(at)) = (&process.decided_by, process.decided_at) {
        rows.push((t::fact_decided_by(locale), text(name_of(locale, decided_by.as_ref()))));
        rows.push((t::fact_decided_at(locale), time(at)));
    }
    if let Some(at) = process.release_at {
        rows.push((t::fact_release_at(locale), time(at)));
    }
    let until = if look.desk.state.is_alive() {
        Some((t::fact_until(locale), time(process.expires_at)))
    } else {
        process.ended_at.map(|at| (t::fact_ended_at(locale), time(at)))
    };
    rows.extend(until);
    let rows = rows
        .into_iter()
        .map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> })
        .collect_view();
    view! { <dl class="process">{rows}</dl> }
}

/// Yes and no, as far as this person may say either; the service judges again.
fn decision(cx: &Cx, staff: &Staff, desk: &Desk) -> Option<AnyView> {
    let locale = cx.locale;
    if !desk.state.is_alive() {
        return None;
    }
    let own = desk.process.opened_by == staff.account.id;
    let approve = (desk.state == State::Confirmed).then(|| {
        if own && !cx.app.config.assisted_alone {
            return notice(Tone::Calm, view! { <p>{t::second_decides(locale)}</p> }).into_any();
        }
        view! {
            <form class="stack" method="post" action=Approve::PATH>
                {hidden("id", Some(desk.process.id.clone()))}
                <p class="quiet">{t::approve_about(locale)}</p>
                <button class="button fit" type="submit">{t::approve(locale)}</button>
                {busy(locale)}
            </form>
        }
        .into_any()
    });
    let opened = (desk.state == State::Opened)
        .then(|| notice(Tone::Calm, view! { <p>{t::shopper_confirms(locale)}</p> }));
    Some(
        view! {
            {opened}
            {approve}
            <form class="stack" method="post" action=Refuse::PATH>
                {hidden("id", Some(desk.process.id.clone()))}
                <p class="quiet">{t::refuse_about(locale)}</p>
                <button class="button second fit" type="submit">{t::refuse(locale)}</button>
                {busy(locale)}
            </form>
        }
        .into_any(),
    )
}

/// What was written: text, and nothing in it runs or leads anywhere.
fn written(cx: &Cx, look: &Look) -> Option<AnyView> {
    let locale = cx.locale;
    let chat = look.desk.conversation.as_ref()?;
    let open = format!("/operator?open={}", chat.id);
    let messages: Vec<_> = look
        .messages
        .iter()
        .filter(|message| message.author() != Author::System)
        .map(|message| one_message(cx, message))
        .collect();
    Some(
        view! {
            <section class="card stack">
                <h2>{t::conversation(locale)}</h2>
                <p><a href=open>{t::to_conversation(locale)}</a></p>
                <details>
                    <summary>{t::what_was_written(locale)}</summary>
                    <ol class="transcript">{messages}</ol>
                </details>
            </section>
        }
        .into_any(),
    )
}

fn one_message(cx: &Cx, message: &Message) -> impl IntoView + use<> {
    let locale = cx.locale;
    let who = match message.author() {
        Author::Shopper => t::shopper(locale),
        Author::Operator | Author::System => t::operator(locale),
    };
    let at = full_time(locale, &cx.zone(), message.at);
    let picture = message.picture_id.as_ref().map(|id| {
        view! { <p><a href=format!("/support/picture/{id}")>{t::picture(locale)}</a></p> }
    });
    let translation = message.translation.clone().map(|text| {
        let to = message.translated_to.clone();
        view! { <p lang=to>{text}</p> }
    });
    view! {
        <li>
            <small>{who}" · "{at}</small>
            <p dir="auto">{message.text.clone()}</p>
            {translation}
            {picture}
        </li>
    }
}
