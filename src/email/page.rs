//! The screens of a change of address.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{CODE, ChangeEmail, CheckCode, Resend, SCREEN};
use crate::{
    error::{AppError, Kind},
    i18n,
    server::{
        accounts::HOLD,
        clock::SECOND,
        flows::Purpose as FlowPurpose,
        http::{
            context::Cx,
            draft::Draft,
            page::{Leave, Page},
        },
        own_code, when,
    },
    ui::{
        busy::busy,
        code_screen::{self, CodeScreen},
        field::{Field, Purpose},
        layout::{FORM, Frame, screen_field},
        notice::refusal,
        side::{Place, account_frame},
    },
};

/// `/account/settings/email`
pub async fn ask(mut cx: Cx) -> Result<Page, Leave> {
    let account = cx.proved().await?.account;
    let draft = cx.take_draft(SCREEN);
    // Whoever comes back to correct something finds what was typed.
    let token = cx.flow_token(FlowPurpose::ChangeEmail);
    let asked = own_code::find(&cx.app, token.as_ref(), FlowPurpose::ChangeEmail, &account).await?;
    let typed = draft.typed("email").or(asked.map(|flow| flow.typed));
    let locale = cx.locale;
    let title = i18n::email::title(locale);
    let view = move || {
        let error = draft.error.as_ref();
        let span = when::span(locale, HOLD / SECOND);
        let field = Field::new("email", Purpose::Email, i18n::email::new_address(locale), error)
            .hint(i18n::fields::email_hint(locale))
            .value(typed)
            .focus();
        let content = view! {
            <form id=FORM class="card stack" method="post" action=ChangeEmail::PATH novalidate>
                {screen_field(&cx)}
                <h1>{title}</h1>
                <p class="quiet">{i18n::email::now(locale, account.shown_email())}</p>
                {refusal(error, locale, ())}
                {field.view(locale)}
                <p class="quiet">{i18n::email::take_back(locale, span)}</p>
                <button class="button fit" type="submit">{i18n::recovery::go_on(locale)}</button>
                {busy(locale)}
            </form>
        };
        account_frame(locale, Place::Settings, content).into_any()
    };
    Ok(Page { frame: Frame::Home, ..Page::new(title, view) })
}

/// `/account/settings/email/code`
pub async fn code(mut cx: Cx) -> Result<Page, Leave> {
    let account = cx.signed_in().await?.ok_or(Leave::SignIn)?.account;
    let draft = cx.take_draft(CODE);
    let token = cx.flow_token(FlowPurpose::ChangeEmail);
    let flow = own_code::find(&cx.app, token.as_ref(), FlowPurpose::ChangeEmail, &account).await?;
    let Some(flow) = flow else {
        cx.leave_draft(SCREEN, &Draft::error(AppError::new(Kind::FlowExpired)));
        return Err(Leave::To(SCREEN.to_owned()));
    };
    let locale = cx.locale;
    let screen = CodeScreen::to_typed(locale, &flow.typed, SCREEN, CheckCode::PATH, Resend::PATH);
    code_screen::show(&cx, &flow, draft, screen).await
}
