//! The screens of changing a password.

use http::{HeaderValue, StatusCode, header};
use leptos::{prelude::*, server_fn::ServerFn};

use super::{CODE, ChangePassword, CheckCode, EmailCode, METHOD, NEW, SetByCode};
use crate::{
    error::{AppError, Kind},
    i18n,
    saved_codes::page::still_good,
    server::{
        accounts::Account,
        codes::seconds_until,
        flows::{Flow, Purpose as FlowPurpose, Step},
        http::{
            context::Cx,
            draft::{Draft, Notice},
            page::{Leave, Page},
        },
        own_code, saved_codes, when,
    },
    ui::{
        busy::busy,
        code_screen::{self, CodeScreen, email_a_code},
        layout::{FORM, Frame, screen_field},
        new_password::{NewPasswordScreen, new_password_form},
        notice::{done, refusal},
        side::{Place, account_frame},
        steps::{steps, to_new_password},
    },
};

/// `/account/profile/password`
pub async fn change(mut cx: Cx) -> Result<Page, Leave> {
    let signed_in = cx.signed_in().await?.ok_or(Leave::SignIn)?;
    let draft = cx.take_draft("/account/profile/password");
    let codes = saved_codes::standing(&cx.app.db, &signed_in.account.id).await?;
    let locale = cx.locale;
    let title = i18n::password::title(locale);
    let screen = NewPasswordScreen {
        action: ChangePassword::PATH,
        submit: i18n::password::save(locale),
        login: signed_in.account.login.clone(),
        old: Some(i18n::fields::old_password(locale)),
        within: None,
    };
    let view = move || {
        let said = (draft.notice == Some(Notice::PasswordChanged))
            .then(|| i18n::password::changed(locale));
        let codes = said.and_then(|_| still_good(locale, &signed_in.account, codes));
        let forgotten = view! {
            <p class="quiet">
                {i18n::password::forgot_old(locale)}" "
                <a href=METHOD>{i18n::password::by_code(locale)}</a>
            </p>
        };
        let head = view! {
            <h1>{title}</h1>
            {done(said)}
            {codes}
            {said.map(|_| view! { <p><a href="/account/saved-passwords">{i18n::recovery::saved_passwords(locale)}</a></p> })}
            {forgotten}
        };
        account_frame(locale, Place::Profile, new_password_form(&cx, draft, screen, head))
            .into_any()
    };
    Ok(Page { frame: Frame::Home, ..Page::new(title, view) })
}

/// `/account/settings/password`: the screens of recovery, for whoever is signed in.
pub async fn method(mut cx: Cx) -> Result<Page, Leave> {
    let account = cx.signed_in().await?.ok_or(Leave::SignIn)?.account;
    let draft = cx.take_draft(METHOD);
    let locale = cx.locale;
    let title = i18n::password::by_code_title(locale);
    let view = move || {
        view! {
            <form id=FORM class="card stack" method="post" action=EmailCode::PATH novalidate>
                {screen_field(&cx)}
                {steps(locale, to_new_password(locale), 1)}
                <h1>{title}</h1>
                <p class="quiet">{i18n::password::by_code_why(locale)}</p>
                {refusal(draft.error.as_ref(), locale, ())}
                {email_a_code(locale, "email-to")}
                <p class="quiet" id="email-to">{i18n::confirm::to(locale, account.shown_email())}</p>
                <div class="row">
                    <a href="/account/profile/password">{i18n::password::with_old(locale)}</a>
                    <a href="/account/settings">{i18n::settings::back(locale)}</a>
                </div>
                {busy(locale)}
            </form>
        }
        .into_any()
    };
    Ok(Page::new(title, view))
}

/// The flow of this browser, if it has come as far as `step`; the screen to go to otherwise.
async fn flow_at(cx: &Cx, account: &Account, step: Step) -> Result<Flow, Leave> {
    let token = cx.flow_token(FlowPurpose::ChangePassword);
    let flow =
        own_code::find(&cx.app, token.as_ref(), FlowPurpose::ChangePassword, account).await?;
    match flow {
        Some(flow) if flow.step() >= step && flow.step() != Step::Done => Ok(flow),
        Some(_) => Err(Leave::To(METHOD.to_owned())),
        None => {
            cx.leave_draft(METHOD, &Draft::error(AppError::new(Kind::FlowExpired)));
            Err(Leave::To(METHOD.to_owned()))
        }
    }
}

/// `/account/settings/password/code`
pub async fn code(mut cx: Cx) -> Result<Page, Leave> {
    let account = cx.signed_in().await?.ok_or(Leave::SignIn)?.account;
    let draft = cx.take_draft(CODE);
    let flow = flow_at(&cx, &account, Step::Code).await?;
    if flow.step() == Step::Password && draft.error.is_none() {
        return Err(Leave::To(NEW.to_owned()));
    }
    let locale = cx.locale;
    let sent_to = i18n::confirm::sent_to(locale, account.shown_email());
    let screen = CodeScreen {
        steps: Some(to_new_password(locale)),
        other_ways: Some(METHOD.to_owned()),
        ..CodeScreen::to_own(locale, sent_to, CheckCode::PATH, EmailCode::PATH)
    };
    code_screen::show(&cx, &flow, draft, screen).await
}

/// `/account/settings/password/new`
pub async fn new_password(mut cx: Cx) -> Result<Page, Leave> {
    let account = cx.signed_in().await?.ok_or(Leave::SignIn)?.account;
    let draft = cx.take_draft(NEW);
    let flow = flow_at(&cx, &account, Step::Password).await?;
    let locale = cx.locale;
    let screen = NewPasswordScreen {
        action: SetByCode::PATH,
        submit: i18n::recovery::update_password(locale),
        login: account.login,
        old: None,
        within: Some(when::span(locale, seconds_until(flow.expires_at, cx.app.clock.now()))),
    };
    let title = i18n::recovery::password_title(locale);
    let view = move || {
        let head = view! {
            {steps(locale, to_new_password(locale), 2)}
            <h1>{title}</h1>
        };
        new_password_form(&cx, draft, screen, head)
    };
    Ok(Page::new(title, view))
}

/// `/.well-known/change-password` (W3C "A Well-Known URL for Changing Passwords").
pub async fn well_known() -> (StatusCode, [(http::HeaderName, HeaderValue); 1]) {
    (StatusCode::FOUND, [(header::LOCATION, HeaderValue::from_static("/account/profile/password"))])
}
