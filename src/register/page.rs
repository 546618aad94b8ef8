//! The screens of registration.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{Confirm, Register, Resend};
use crate::{
    error::{AppError, Kind},
    forms::shown,
    i18n,
    server::{
        flows::Purpose as FlowPurpose,
        http::{
            context::Cx,
            draft::Draft,
            page::{Leave, Page},
        },
        human::{self, Visit},
        next,
    },
    ui::{
        busy::busy,
        code_screen::{self, CodeScreen},
        field::{Field, Purpose, hidden},
        human_check::slider,
        layout::{FORM, screen_field},
        notice::refusal,
        steps::steps,
        strength::strength,
    },
};

const fn words(locale: i18n::Locale) -> [&'static str; 3] {
    [
        i18n::register::step_details(locale),
        i18n::register::step_confirm(locale),
        i18n::register::step_done(locale),
    ]
}

/// `/register`
pub async fn details(mut cx: Cx) -> Result<Page, Leave> {
    let draft = cx.take_draft("/register");
    let next = cx.next();
    if cx.signed_in().await?.is_some() {
        return Err(Leave::To(next::or_account(next.as_deref())));
    }
    let browser = cx.browser_token();
    let visit = Visit {
        purpose: FlowPurpose::Register,
        browser: Some(&browser),
        network: &cx.client.network,
    };
    // Whoever comes back to correct something finds what was typed.
    let asked = cx.flow(FlowPurpose::Register).await?;
    let (login, email) = asked.map(|flow| (flow.login, Some(flow.typed))).unwrap_or_default();
    let (login, email) = (draft.typed("login").or(login), draft.typed("email").or(email));
    let challenge = human::challenge(&cx.app, &visit, draft.price.unwrap_or_default()).await?;
    let locale = cx.locale;
    let min = i64::try_from(cx.app.config.password_min).unwrap_or(10);
    let sign_in = next::with("/sign-in", next.as_deref());
    let view = move || {
        let error = draft.error.as_ref();
        let login = Field::new("login", Purpose::NewLogin, i18n::fields::login(locale), error)
            .value(login)
            .hint(i18n::fields::login_hint(locale))
            .focus();
        let email = Field::new("email", Purpose::Email, i18n::fields::email(locale), error)
            .value(email)
            .hint(i18n::fields::email_hint(locale));
        let password =
            Field::new("password", Purpose::NewPassword, i18n::fields::password(locale), error)
                .hint(i18n::fields::password_hint(locale, min))
                .below(strength("password"));
        view! {
            <form id=FORM class="card stack" method="post" action=Register::PATH novalidate>
                {screen_field(&cx)}
                {hidden("next", next)}
                {steps(locale, words(locale), 0)}
                <h1>{i18n::register::title(locale)}</h1>
                {refusal(error, locale, ())}
                {login.view(locale)}
                {email.view(locale)}
                {password.view(locale)}
                {slider(locale, challenge)}
                <button class="button" type="submit" data-after-slider>{i18n::register::submit(locale)}</button>
                <p class="quiet centred">
                    {i18n::register::have_one(locale)}" "<a href=sign_in>{i18n::sign_in::title(locale)}</a>
                </p>
                {busy(locale)}
            </form>
        }
        .into_any()
    };
    Ok(Page::new(i18n::register::title(locale), view))
}

/// `/register/code`
pub async fn code(cx: Cx) -> Result<Page, Leave> {
    let draft = cx.take_draft("/register/code");
    let flow = cx.any_flow(FlowPurpose::Register).await?;
    let Some(flow) = flow.as_ref().filter(|flow| !flow.is_over(cx.app.clock.now())).cloned() else {
        // Over; what was typed is there again.
        let (login, email) = flow
            .map(|flow| (flow.login.unwrap_or_default(), shown(&flow.typed)))
            .unwrap_or_default();
        let draft = Draft::error(AppError::new(Kind::FlowExpired))
            .keep("login", &login)
            .keep("email", &email);
        cx.leave_draft("/register", &draft);
        return Err(Leave::To("/register".to_owned()));
    };
    let locale = cx.locale;
    let screen = CodeScreen {
        steps: Some(words(locale)),
        title: i18n::register::code_title(locale),
        ..CodeScreen::to_typed(locale, &flow.typed, "/register", Confirm::PATH, Resend::PATH)
    };
    code_screen::show(&cx, &flow, draft, screen).await
}
