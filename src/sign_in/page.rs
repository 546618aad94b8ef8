//! The screens of signing in.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{CODE, CheckCode, EmailCode, SCREEN, SignIn};
use crate::{
    error::{AppError, Kind},
    i18n,
    server::{
        flows::Purpose as FlowPurpose,
        http::{
            context::Cx,
            draft::{Draft, Notice},
            page::{Leave, Page},
        },
        next,
    },
    ui::{
        busy::busy,
        code_screen::{self, CodeScreen},
        field::{Field, Purpose, hidden},
        icons::{Icon, icon},
        layout::{FORM, screen_field},
        notice::{done, refusal},
    },
};

/// From the second failure on the notice offers recovery, and the QR code.
const OFFER_FROM: i64 = 2;

/// `/sign-in`
pub async fn show(mut cx: Cx) -> Result<Page, Leave> {
    let draft = cx.take_draft(SCREEN);
    let next = cx.next();
    if cx.signed_in().await?.is_some() {
        return Err(Leave::To(next::or_account(next.as_deref())));
    }
    let locale = cx.locale;
    let login = draft.value("login");
    if let Some(login) = &login {
        // Whoever now says "I forgot" need not type it again.
        cx.leave_draft("/recover", &Draft::default().keep("login", login));
    }
    let (recover, register) =
        (next::with("/recover", next.as_deref()), next::with("/register", next.as_deref()));
    let by_qr = next::with("/sign-in/qr", next.as_deref());
    let title = i18n::sign_in::title(locale);
    let view = move || {
        let error = draft.error.as_ref();
        let offer =
            error.and_then(|e| e.failures).filter(|failures| *failures >= OFFER_FROM).map(|_| {
                view! {
                    <p><a href=recover.clone()>{i18n::sign_in::offer_recovery(locale)}</a></p>
                    <p><a href=by_qr.clone()>{i18n::sign_in::offer_qr(locale)}</a></p>
                }
            });
        let said = draft.notice.and_then(|notice| match notice {
            Notice::SignedOut => Some(i18n::sign_in::signed_out(locale).to_owned()),
            Notice::DeletionStarted => {
                Some(i18n::deletion::started(locale, draft.value("day").unwrap_or_default()))
            }
            _ => None,
        });
        let first = login.is_none();
        let login =
            Field::new("login", Purpose::Identifier, i18n::fields::identifier(locale), error)
                .value(login);
        let login = if first { login.focus() } else { login };
        let password =
            Field::new("password", Purpose::CurrentPassword, i18n::fields::password(locale), error);
        let password = if first { password } else { password.focus() };
        view! {
            <form id=FORM class="card stack" method="post" action=SignIn::PATH novalidate>
                {screen_field(&cx)}
                {hidden("next", next)}
                <h1>{title}</h1>
                {done(said)}
                {refusal(error, locale, offer)}
                {login.view(locale)}
                {password.view(locale)}
                <div class="row">
                    <label class="tick-box">
                        <input type="checkbox" name="remember" value="on" checked=draft.value("remember").is_some()/>
                        {i18n::sign_in::remember(locale)}
                    </label>
                    <a href=recover.clone()>{i18n::sign_in::forgot(locale)}</a>
                </div>
                <button class="button" type="submit">{title}</button>
                <a class="button second" href=by_qr>{icon(Icon::Qr)}{i18n::qr::title(locale)}</a>
                <p class="quiet centred">
                    {i18n::sign_in::new_here(locale)}" "<a href=register>{i18n::sign_in::create(locale)}</a>
                </p>
                {busy(locale)}
            </form>
        }
        .into_any()
    };
    Ok(Page::new(title, view))
}

/// `/sign-in/code`: the code that was mailed to staff.
pub async fn code(mut cx: Cx) -> Result<Page, Leave> {
    let draft = cx.take_draft(CODE);
    let locale = cx.locale;
    let next = cx.next();
    let flow = cx.any_flow(FlowPurpose::StaffSignIn).await?;
    let Some(flow) = flow.as_ref().filter(|flow| !flow.is_over(cx.app.clock.now())) else {
        if cx.signed_in().await?.is_some() {
            return Err(Leave::To(next::or_account(next.as_deref())));
        }
        if flow.is_some() {
            cx.leave_draft(SCREEN, &Draft::error(AppError::new(Kind::FlowExpired)));
        }
        return Err(Leave::To(next::with(SCREEN, next.as_deref())));
    };
    let sent_to = i18n::sign_in::code_for_staff(locale).to_owned();
    let screen = CodeScreen::to_own(locale, sent_to, CheckCode::PATH, EmailCode::PATH);
    code_screen::show(&cx, flow, draft, screen).await
}
