//! Where the shopper confirms an address: outside the conversation, in which no code is ever asked for.

use leptos::{prelude::*, server_fn::ServerFn};

use super::super::{ASK, CODE, CheckCode, FLOW, NameAddress, Resend, find, service};
use crate::{
    error::{AppError, Kind},
    forms::shown,
    i18n::{self, assisted as t},
    server::{
        assisted::State,
        http::{
            context::Cx,
            draft::Draft,
            page::{Leave, Page},
        },
    },
    ui::{
        busy::busy,
        code_screen::{self, CodeScreen},
        field::{Field, Purpose},
        icons::{Icon, icon},
        layout::{FORM, screen_field},
        notice::refusal,
        time::full_time,
    },
};

/// Where the conversation goes on.
const CHAT: &str = "/support";

/// `/recover/assisted`
pub async fn ask(mut cx: Cx) -> Result<Page, Leave> {
    let draft = cx.take_draft(ASK);
    let Some(asked) = find(&mut cx).await? else { return Err(Leave::To(CHAT.to_owned())) };
    match asked.state(cx.app.clock.now()) {
        Some(State::Opened) => {
            // Whoever comes back to correct something finds what was typed.
            let named = asked.flow(&cx.app, cx.token(FLOW).as_ref()).await?;
            let typed = draft.typed("email").or(named.map(|flow| flow.typed));
            Ok(form(cx, &asked, draft, typed))
        }
        state => Ok(standing(cx, &asked, state, draft)),
    }
}

/// Which account it is about, as the shopper named it: nothing else is told of it, nor what an operator named.
fn about(cx: &Cx, asked: &service::Asked) -> String {
    let named = asked.conversation.named_by_shopper();
    named.map_or_else(|| t::about_own(cx.locale).to_owned(), |name| t::about(cx.locale, name))
}

fn form(cx: Cx, asked: &service::Asked, draft: Draft, typed: Option<String>) -> Page {
    let locale = cx.locale;
    let title = t::ask_title(locale);
    let about = about(&cx, asked);
    let view = move || {
        let error = draft.error.as_ref();
        let field = Field::new("email", Purpose::Email, t::ask_email(locale), error)
            .hint(t::ask_hint(locale))
            .value(typed)
            .focus();
        view! {
            <form id=FORM class="card stack" method="post" action=NameAddress::PATH novalidate>
                {screen_field(&cx)}
                <h1>{title}</h1>
                <p>{about}</p>
                <p class="quiet">{t::ask_intro(locale)}</p>
                {refusal(error, locale, ())}
                {field.view(locale)}
                <p class="quiet">{t::ask_then(locale)}</p>
                <button class="button" type="submit">{i18n::recovery::go_on(locale)}</button>
                <div class="row"><a href=CHAT>{t::back_to_chat(locale)}</a></div>
                {busy(locale)}
            </form>
        }
        .into_any()
    };
    Page::new(title, view)
}

/// How it stands, once nothing is to be typed.
fn standing(cx: Cx, asked: &service::Asked, state: Option<State>, draft: Draft) -> Page {
    let locale = cx.locale;
    let process = asked.process.as_ref().map(|(process, _)| process);
    let email = process.and_then(|process| process.email.as_deref()).map(shown).unwrap_or_default();
    let (sign, title, text) = match state {
        None | Some(State::Opened) => {
            (Icon::Info, t::none_title(locale), t::none(locale).to_owned())
        }
        Some(State::Confirmed) => {
            (Icon::Clock, t::confirmed_title(locale), t::confirmed(locale, &email))
        }
        Some(State::Waiting) => (Icon::Clock, t::waiting_title(locale), t::waiting(locale, &email)),
        Some(State::Ready) => (Icon::Check, t::ready_title(locale), t::ready(locale, &email)),
        Some(State::Done) => (Icon::Check, t::done_title(locale), t::done(locale).to_owned()),
        Some(State::Refused) => (Icon::Info, t::over_title(locale), t::refused(locale).to_owned()),
        Some(State::Stopped) => (Icon::Info, t::over_title(locale), t::stopped(locale).to_owned()),
        Some(State::Expired) => (Icon::Info, t::over_title(locale), t::expired(locale).to_owned()),
        Some(State::Overtaken) => {
            (Icon::Info, t::over_title(locale), t::overtaken(locale).to_owned())
        }
    };
    let at =
        process.and_then(|process| process.release_at).filter(|_| state == Some(State::Waiting));
    let recover = state == Some(State::Ready);
    // The time is told in the reader's zone by an island, where that is not known.
    let islands = at.is_some();
    let view = move || {
        let at = at.map(|at| {
            view! { <p>{t::waiting_until(locale)}" "{full_time(locale, &cx.zone(), at)}</p> }
        });
        view! {
            <div class="card stack middle">
                <div class="badge" class:good=matches!(sign, Icon::Check)>{icon(sign)}</div>
                <h1>{title}</h1>
                {refusal(draft.error.as_ref(), locale, ())}
                <p class="quiet">{text}</p>
                {at}
                {recover.then(|| view! {
                    <a class="button" href="/recover">{i18n::letter::password_changed::button(locale)}</a>
                })}
                <a class="button second" href=CHAT>{t::back_to_chat(locale)}</a>
            </div>
        }
        .into_any()
    };
    Page { islands, form: false, ..Page::new(title, view) }
}

/// `/recover/assisted/code`
pub async fn code(mut cx: Cx) -> Result<Page, Leave> {
    let draft = cx.take_draft(CODE);
    let Some(asked) = find(&mut cx).await? else { return Err(Leave::To(CHAT.to_owned())) };
    let flow = asked.flow(&cx.app, cx.token(FLOW).as_ref()).await?;
    let Some(flow) = flow else {
        if asked.state(cx.app.clock.now()) == Some(State::Opened) {
            cx.leave_draft(ASK, &Draft::error(AppError::new(Kind::FlowExpired)));
        }
        return Err(Leave::To(ASK.to_owned()));
    };
    let locale = cx.locale;
    let screen = CodeScreen::to_typed(locale, &flow.typed, ASK, CheckCode::PATH, Resend::PATH);
    code_screen::show(&cx, &flow, draft, screen).await
}
