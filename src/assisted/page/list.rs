//! Where the staff finds them, and opens one.

use leptos::{prelude::*, server_fn::ServerFn};

use super::super::{
    LIST, Open, path_of,
    service::{self, Desk, Opener},
};
use crate::{
    i18n::{self, Locale, assisted as t},
    server::{
        accounts::Account,
        assisted::State,
        http::{
            context::Cx,
            draft::Draft,
            page::{Leave, Page},
        },
        mask,
    },
    ui::{
        busy::busy,
        console::{ConsolePlace, console_frame},
        field::{TextArea, hidden},
        icons::{Icon, icon},
        layout::{FORM, Frame, screen_field},
        notice::{Tone, notice, refusal},
        time::full_time,
    },
};

/// `/operator/assisted`: those to decide and, with `?conversation=`, the form that opens one.
pub async fn show(mut cx: Cx) -> Result<Page, Leave> {
    let staff = cx.staff_page().await?;
    let draft = cx.take_draft(LIST);
    let conversation = cx.id("conversation").or_else(|| draft.value("conversation"));
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
    let unchecked = error.and_then(|error| error.beside("checked", locale));
    let refused = unchecked.is_some();
    let described = refused.then_some("checked-why");
    let remark = TextArea {
        name: "remark",
        label: t::remark(locale),
        hint: Some(t::remark_hint(locale).to_owned()),
        value: draft.value("remark"),
        error,
        enter: false,
    };
    view! {
        <form id=FORM class="card stack assisted-open" method="post" action=Open::PATH novalidate>
            {screen_field(cx)}
            {hidden("conversation", Some(conversation.id))}
            {hidden("account", Some(account))}
            {heading}
            {refusal(error, locale, ())}
            <p class="quiet">{t::open_never(locale)}</p>
            {none.then(|| notice(Tone::Bad, view! { <p>{t::no_checks(locale)}</p> }))}
            <fieldset class="field" class:refused=refused aria-describedby=described>
                <legend>{t::checked(locale)}</legend>
                <ul class="ticks">{checks}</ul>
                {unchecked.map(|why| view! { <p class="why" id="checked-why">{icon(Icon::Alert)}<span>{why}</span></p> })}
            </fieldset>
            {remark.view(locale)}
            <button class="button fit" type="submit">{t::open(locale)}</button>
            {busy(locale)}
        </form>
    }
    .into_any()
}

/// The account as the shopper named it, with an address masked.
pub(super) fn claimed(locale: Locale, claimed: Option<&str>) -> String {
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
                    <span class="sign">{icon(Icon::Key)}</span>
                    <div class="what">
                        <p><b>{name}</b>" "<span class="mark">{state_words(locale, desk.state)}</span></p>
                        <p class="quiet">{t::opened_by_at(locale, by)}" "{at}</p>
                    </div>
                    <a href=path_of(&desk.process.id)>{t::look(locale)}</a>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="card list">{items}</ul> }.into_any()
}

/// Who of the staff it was, if the account is still there.
pub(super) fn name_of(locale: Locale, account: Option<&Account>) -> String {
    account.map_or_else(|| t::left(locale).to_owned(), |account| account.login.clone())
}

/// How far it has come.
pub(super) const fn state_words(locale: Locale, state: State) -> &'static str {
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
