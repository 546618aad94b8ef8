//! The pages of signing in.

use axum::response::Response;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{CheckCode, EmailCode, PAGE, SignIn};
use crate::{
    components::{
        code_page::{CodePage, CodePageTexts, Person},
        form::{
            ActionForm, Checkbox, FormMessages, Hidden, PasswordField, SubmitButton, TextField,
        },
        icon::{Icon, IconKind},
        layout::{CardLayout, Title},
        page::page,
        waiting_page::WaitingPage,
    },
    domain::verification::{
        codes::{self, Latest},
        flows::{FlowKind, FlowProblem},
    },
    error::AppError,
    http::{
        context::RequestContext,
        flash::{Flash, Notice, use_flash},
        page_error::PageError,
        return_to,
    },
    i18n::use_texts,
    islands::InputKind,
};

/// From this number of failures on, the alert offers recovery and the QR code.
const OFFER_FROM: i32 = 2;

/// `GET /sign-in`
pub(crate) async fn sign_in(
    mut request: RequestContext,
    flash: Flash,
) -> Result<Response, PageError> {
    let next = request.next();
    if request.signed_in().await?.is_some() {
        return Err(PageError::To(return_to::or_account(next.as_deref())));
    }
    if let Some(login) = flash.value("login") {
        // A user who continues with "I forgot" need not type it again.
        request.set_flash("/recover", &Flash::default().keep("login", &login));
    }
    Ok(page(request, flash, move || view! { <SignInPage next/> }))
}

/// `/sign-in`
#[component]
pub(crate) fn SignInPage(next: Option<String>) -> impl IntoView {
    let t = use_texts();
    let flash = use_flash();
    let to = |page| return_to::with(page, next.as_deref());
    let (recover, register, by_qr) = (to("/recover"), to("/register"), to("/sign-in/qr"));
    let notice = flash.notice.and_then(|notice| match notice {
        Notice::DeletionStarted => {
            Some(t.deletion().started(flash.value("day").unwrap_or_default()))
        }
        notice => notice.words(t).map(str::to_owned),
    });
    let failures = flash.error.as_ref().and_then(|error| error.failures);
    let offers = match failures {
        Some(OFFER_FROM..) => vec![
            (recover.clone(), t.sign_in().offer_recovery()),
            (by_qr.clone(), t.sign_in().offer_qr()),
        ],
        _ => Vec::new(),
    };
    let (identifier, password) = (t.fields().identifier(), t.fields().password());
    let is_first = flash.value("login").is_none();
    view! {
        <Title text=t.sign_in().title()/>
        <CardLayout>
            <ActionForm action=SignIn::PATH>
                <Hidden name="next" value=next/>
                <h1>{t.sign_in().title()}</h1>
                <FormMessages labels=vec![("login", identifier), ("password", password)] notice offers/>
                <TextField name="login" kind=InputKind::Identifier label=identifier autofocus=is_first is_followed=true/>
                <PasswordField name="password" label=password autofocus=!is_first/>
                <div class="row">
                    <Checkbox name="remember" label=t.sign_in().remember()/>
                    <a href=recover>{t.sign_in().forgot()}</a>
                </div>
                <SubmitButton label=t.sign_in().title()/>
                <a class="button second" href=by_qr><Icon kind=IconKind::QR/>{t.qr().title()}</a>
                <p class="quiet centred">
                    {t.sign_in().new_here()}" "<a href=register>{t.sign_in().create()}</a>
                </p>
            </ActionForm>
        </CardLayout>
    }
}

/// `GET /sign-in/code`
pub(crate) async fn code(mut request: RequestContext, flash: Flash) -> Result<Response, PageError> {
    let next = request.next();
    let flow = request.any_flow(FlowKind::StaffSignIn).await?;
    let Some(flow) = flow.as_ref().filter(|flow| !flow.is_over(request.state.clock.now())) else {
        if request.signed_in().await?.is_some() {
            return Err(PageError::To(return_to::or_account(next.as_deref())));
        }
        if flow.is_some() {
            request.set_flash(PAGE, &Flash::error(AppError::new(FlowProblem::Expired)));
        }
        return Err(PageError::To(return_to::with(PAGE, next.as_deref())));
    };
    if let Some(seconds) = flow.seconds_to_wait(request.state.clock.now()) {
        return Ok(page(request, flash, move || view! { <WaitingPage seconds/> }));
    }
    let code = codes::latest(&request.state, flow).await?;
    Ok(page(request, flash, move || view! { <StaffCodePage code/> }))
}

/// `/sign-in/code`: the code that is emailed to staff.
#[component]
pub(crate) fn StaffCodePage(code: Latest) -> impl IntoView {
    let t = use_texts();
    let texts = CodePageTexts::to_own(t, t.sign_in().code_for_staff().to_owned());
    view! {
        <CodePage texts code person=Person::Nobody confirm=CheckCode::PATH resend=EmailCode::PATH/>
    }
}
