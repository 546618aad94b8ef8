//! "An answer waits", by e-mail: the choice below the conversation, and the screens of the address.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    error::{AppError, Kind},
    forms::shown,
    i18n::{self, Locale, support as t},
    server::{
        conversations::Conversation,
        http::{
            context::Cx,
            draft::Draft,
            page::{Page, PageError},
        },
    },
    support::{AskEmail, CODE, CheckCode, EMAIL, NoEmail, Resend, SCREEN, access},
    ui::{
        busy::busy,
        code_screen::{self, CodeScreen},
        field::{Field, Purpose},
        layout::{FORM, screen_field},
        notice::refusal,
    },
};

/// The choice below a conversation; `own` is the address of whoever is signed in.
pub(super) fn choice(
    conversation: &Conversation,
    own: Option<String>,
    locale: Locale,
) -> impl IntoView {
    let choice = match (&conversation.email, own) {
        (Some(email), _) => view! {
            <p>{t::email_on(locale, shown(email))}</p>
            <form class="row" method="post" action=NoEmail::PATH>
                <button class="button second fit" type="submit">{t::email_off(locale)}</button>
                <a href=EMAIL>{t::email_other(locale)}</a>
            </form>
        }
        .into_any(),
        (None, Some(own)) => view! {
            <p class="quiet">{t::email_about(locale)}</p>
            <form class="row" method="post" action=AskEmail::PATH>
                <input type="hidden" name="own" value="on"/>
                <button class="button second fit" type="submit">{t::email_own(locale, shown(&own))}</button>
                <a href=EMAIL>{t::email_other(locale)}</a>
            </form>
        }
        .into_any(),
        (None, None) => view! {
            <p class="quiet">{t::email_about(locale)}</p>
            <a class="button second fit" href=EMAIL>{t::email_ask(locale)}</a>
        }
        .into_any(),
    };
    view! {
        <section class="card stack">
            <h2>{t::email_title(locale)}</h2>
            {choice}
        </section>
    }
}

/// `/support/email`
pub async fn email(mut cx: Cx) -> Result<Page, PageError> {
    let draft = cx.take_draft(EMAIL);
    let Some(conversation) = access::mine(&mut cx).await? else {
        return Err(PageError::To(SCREEN.to_owned()));
    };
    // Whoever comes back to correct something finds what was typed.
    let asked = access::flow(&cx, &conversation).await?;
    let typed = draft.typed("email").or(asked.map(|flow| flow.typed));
    let locale = cx.locale;
    let title = t::email_title(locale);
    let view = move || {
        let error = draft.error.as_ref();
        let field = Field::new("email", Purpose::Email, i18n::fields::email(locale), error)
            .value(typed)
            .focus();
        view! {
            <form id=FORM class="card stack" method="post" action=AskEmail::PATH novalidate>
                {screen_field(&cx)}
                <h1>{title}</h1>
                <p class="quiet">{t::email_about(locale)}" "{t::email_browser(locale)}</p>
                {refusal(error, locale, ())}
                {field.view(locale)}
                <button class="button" type="submit">{i18n::recovery::go_on(locale)}</button>
                <a href=SCREEN>{t::title(locale)}</a>
                {busy(locale)}
            </form>
        }
        .into_any()
    };
    Ok(Page::new(title, view))
}

/// `/support/email/code`
pub async fn email_code(mut cx: Cx) -> Result<Page, PageError> {
    let draft = cx.take_draft(CODE);
    let Some(conversation) = access::mine(&mut cx).await? else {
        return Err(PageError::To(SCREEN.to_owned()));
    };
    let Some(flow) = access::flow(&cx, &conversation).await? else {
        cx.leave_draft(EMAIL, &Draft::error(AppError::new(Kind::FlowExpired)));
        return Err(PageError::To(EMAIL.to_owned()));
    };
    let locale = cx.locale;
    let screen = CodeScreen {
        title: t::email_code_title(locale),
        ..CodeScreen::to_typed(locale, &flow.typed, EMAIL, CheckCode::PATH, Resend::PATH)
    };
    code_screen::show(&cx, &flow, draft, screen).await
}
