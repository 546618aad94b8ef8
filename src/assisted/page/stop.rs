//! Where the owner stops it.

use leptos::{prelude::*, server_fn::ServerFn};

use super::super::{STOP, Stop, StopOwn, service};
use crate::{
    error::{AppError, Kind},
    i18n::{self, assisted as t},
    server::{
        assisted::State,
        http::{
            context::Cx,
            draft::Notice,
            page::{Leave, Page},
        },
        mask,
    },
    ui::{
        busy::busy,
        icons::{Icon, icon},
        layout::{FORM, screen_field},
        notice::refusal,
        time::full_time,
    },
};

/// `/recover/assisted/stop`: reached by the link in a letter, or signed in. Looking at it changes nothing.
pub async fn show(mut cx: Cx) -> Result<Page, Leave> {
    let draft = cx.take_draft(STOP);
    if draft.notice == Some(Notice::AssistedStopped) {
        return Ok(stopped(&cx));
    }
    let by_link = match cx.token("letter") {
        Some(token) => service::stoppable_by_link(&cx.app, &token).await?,
        None => None,
    };
    let (found, action) = match by_link {
        Some(found) => (Some(found), Stop::PATH),
        None => match cx.signed_in().await? {
            Some(own) => (service::stoppable(&cx.app, &own.account.id).await?, StopOwn::PATH),
            None => (None, Stop::PATH),
        },
    };
    let gone = || Leave::Error(AppError::new(Kind::LinkGone));
    let (process, account) = found.ok_or_else(gone)?;
    let locale = cx.locale;
    let title = t::stop_title(locale);
    let view = move || {
        let to = process.email.as_deref().map(mask::user);
        let waits = process.state_of(&account, cx.app.clock.now()) == State::Waiting;
        let at = process.release_at.filter(|_| waits).map(|at| {
            view! { <p class="quiet">{t::stop_before(locale)}" "{full_time(locale, &cx.zone(), at)}</p> }
        });
        view! {
            <form id=FORM class="card stack" method="post" action=action>
                {screen_field(&cx)}
                <h1>{title}</h1>
                {refusal(draft.error.as_ref(), locale, ())}
                <p>{t::stop_about(locale, &account.login)}</p>
                {to.map(|to| view! { <p>{t::stop_to(locale, to)}</p> })}
                <p>{i18n::objection::what_happens(locale)}</p>
                <ul class="plain-list">
                    <li>{t::stop_then_ends(locale)}</li>
                    <li>{t::stop_then_same(locale)}</li>
                    <li>{t::stop_then_told(locale)}</li>
                </ul>
                <button class="button" type="submit">{t::stop(locale)}</button>
                <p class="quiet">{t::stop_was_me(locale)}</p>
                {at}
                {busy(locale)}
            </form>
        }
        .into_any()
    };
    Ok(Page::new(title, view))
}

fn stopped(cx: &Cx) -> Page {
    let locale = cx.locale;
    let title = t::stopped_title(locale);
    let view = move || {
        view! {
            <div class="card stack middle">
                <div class="badge good">{icon(Icon::Check)}</div>
                <h1>{title}</h1>
                <p class="quiet">{t::stopped_text(locale)}</p>
                <a class="button" href="/account">{i18n::account::title(locale)}</a>
            </div>
        }
        .into_any()
    };
    Page { islands: false, form: false, ..Page::new(title, view) }
}
