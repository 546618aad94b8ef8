//! The screen of a fresh proof.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{ByCode, ByPassword, EmailCode, SCREEN};
use crate::{
    i18n,
    server::{
        flows::Purpose as FlowPurpose,
        http::{
            context::Cx,
            page::{Leave, Page},
        },
        next, own_code,
    },
    ui::{
        busy::busy,
        code_screen::{self, CodeScreen},
        field::{Field, Purpose, hidden, username_for_managers},
        layout::{FORM, screen_field},
        notice::refusal,
    },
};

/// `/account/confirm`: the password or, once one was asked for, the code.
pub async fn show(mut cx: Cx) -> Result<Page, Leave> {
    let signed_in = cx.signed_in().await?.ok_or(Leave::SignIn)?;
    let target = cx.next();
    if signed_in.is_proved(cx.app.clock.now()) {
        return Err(Leave::To(next::or(target.as_deref(), "/account/settings")));
    }
    let draft = cx.take_draft(SCREEN);
    let locale = cx.locale;
    let account = signed_in.account;
    let token = cx.flow_token(FlowPurpose::Confirm);
    let flow = own_code::find(&cx.app, token.as_ref(), FlowPurpose::Confirm, &account).await?;
    if let Some(flow) = flow
        && cx.query("way").as_deref() != Some("password")
    {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("way", "password")
            .extend_pairs(target.as_deref().or(flow.next.as_deref()).map(|next| ("next", next)))
            .finish();
        let sent_to = i18n::confirm::sent_to(locale, account.shown_email());
        let screen = CodeScreen {
            other_ways: Some(format!("{SCREEN}?{query}")),
            ..CodeScreen::to_own(locale, sent_to, ByCode::PATH, EmailCode::PATH)
        };
        return code_screen::show(&cx, &flow, draft, screen).await;
    }
    let title = i18n::confirm::title(locale);
    let email = account.shown_email();
    let view = move || {
        let error = draft.error.as_ref();
        let password =
            Field::new("password", Purpose::CurrentPassword, i18n::fields::password(locale), error)
                .focus();
        view! {
            <div class="card stack">
                <form id=FORM class="stack" method="post" action=ByPassword::PATH novalidate>
                    {screen_field(&cx)}
                    {hidden("next", target.clone())}
                    <h1>{title}</h1>
                    <p class="quiet">{i18n::confirm::why(locale)}</p>
                    {refusal(error, locale, ())}
                    {username_for_managers(account.login, i18n::fields::login(locale))}
                    {password.view(locale)}
                    <button class="button" type="submit">{i18n::code::confirm(locale)}</button>
                    {busy(locale)}
                </form>
                <form class="stack or" method="post" action=EmailCode::PATH>
                    {hidden("next", target)}
                    <p class="quiet">{i18n::confirm::or_code(locale, email)}</p>
                    <button class="button second" type="submit">{i18n::recovery::email_a_code(locale)}</button>
                    {busy(locale)}
                </form>
            </div>
        }
        .into_any()
    };
    Ok(Page::new(title, view))
}
