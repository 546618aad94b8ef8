//! The pages of registration.

use axum::response::Response;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{CheckRegistrationField, Confirm, Register, Resend, START};
use crate::{
    account::password::strength::PasswordHelp,
    components::{
        captcha::Captcha,
        code_page::{CodePage, CodePageTexts, Person},
        form::{ActionForm, CheckedField, FormMessages, Hidden, NewPasswordFields, SubmitButton},
        layout::{CardLayout, Title},
        page::page,
        steps::Steps,
        waiting_page::WaitingPage,
    },
    domain::{
        values::shown,
        verification::{
            captcha::{self, CaptchaContext, Challenge},
            codes::{self, Latest},
            flows::{Flow, FlowKind, FlowProblem},
        },
    },
    error::AppError,
    http::{context::RequestContext, flash::Flash, page_error::PageError, return_to},
    i18n::use_texts,
    islands::InputKind,
};

/// `GET /register`
pub(crate) async fn register(
    mut request: RequestContext,
    flash: Flash,
) -> Result<Response, PageError> {
    let next = request.next();
    if request.signed_in().await?.is_some() {
        return Err(PageError::To(return_to::or_account(next.as_deref())));
    }
    let browser = request.browser_token();
    let captcha_context = CaptchaContext {
        purpose: FlowKind::Register,
        browser: Some(&browser),
        network: &request.client.network,
    };
    // A user who returns to correct something finds what they typed.
    let begun = request.flow(FlowKind::Register).await?;
    let challenge =
        captcha::challenge(&request.state, &captcha_context, flash.price.unwrap_or_default())
            .await?;
    Ok(page(request, flash, move || view! { <RegisterPage begun next challenge/> }))
}

/// `/register`
#[component]
pub(crate) fn RegisterPage(
    begun: Option<Flow>,
    next: Option<String>,
    challenge: Challenge,
) -> impl IntoView {
    let t = use_texts();
    let (username, email) = (t.fields().login(), t.fields().email());
    let password = t.fields().password();
    let labels = vec![
        ("login", username),
        ("email", email),
        ("password", password),
        ("proof", t.human().slide()),
    ];
    let typed_email = begun.as_ref().map(|flow| shown(&flow.typed));
    let sign_in = return_to::with("/sign-in", next.as_deref());
    view! {
        <Title text=t.register().title()/>
        <CardLayout>
            <ActionForm action=Register::PATH>
                <Hidden name="next" value=next/>
                <RegistrationSteps current=0/>
                <h1>{t.register().title()}</h1>
                <FormMessages labels/>
                <CheckedField
                    name="login" kind=InputKind::NewUsername label=username hint=t.fields().login_hint().to_owned()
                    value=begun.and_then(|flow| flow.login) autofocus=true is_followed=true
                    judge=CheckRegistrationField::PATH
                />
                <CheckedField
                    name="email" kind=InputKind::Email label=email hint=t.fields().email_hint().to_owned() value=typed_email
                    is_followed=true
                    judge=CheckRegistrationField::PATH
                />
                <NewPasswordFields judge=PasswordHelp::PATH name="password" label=password/>
                <Captcha challenge/>
                <SubmitButton label=t.register().submit() when_complete=true/>
                <p class="quiet centred">
                    {t.register().have_one()}" "<a href=sign_in>{t.sign_in().title()}</a>
                </p>
            </ActionForm>
        </CardLayout>
    }
}

#[component]
fn RegistrationSteps(current: usize) -> impl IntoView {
    let t = use_texts().register();
    view! { <Steps labels=[t.step_details(), t.step_confirm(), t.step_done()] current/> }
}

/// `GET /register/code`
pub(crate) async fn code(request: RequestContext, flash: Flash) -> Result<Response, PageError> {
    let flow = request.any_flow(FlowKind::Register).await?;
    let now = request.state.clock.now();
    let Some(flow) = flow.as_ref().filter(|flow| !flow.is_over(now)).cloned() else {
        // Expired; what was typed is filled in again.
        let (login, email) = flow
            .map(|flow| (flow.login.unwrap_or_default(), shown(&flow.typed)))
            .unwrap_or_default();
        let flash = Flash::error(AppError::new(FlowProblem::Expired));
        request.set_flash(START, &flash.keep("login", &login).keep("email", &email));
        return Err(PageError::To(START.to_owned()));
    };
    if let Some(seconds) = flow.seconds_to_wait(now) {
        return Ok(page(request, flash, move || view! { <WaitingPage seconds/> }));
    }
    let code = codes::latest(&request.state, &flow).await?;
    let person = Person::of(&request.state).await?;
    Ok(page(request, flash, move || view! { <RegisterCodePage address=flow.typed code person/> }))
}

/// `/register/code`
#[component]
pub(crate) fn RegisterCodePage(address: String, code: Latest, person: Person) -> impl IntoView {
    let t = use_texts();
    view! {
        <CodePage
            texts=CodePageTexts::to_typed(t, &address, START) code person confirm=Confirm::PATH resend=Resend::PATH
            title=t.register().code_title()
        >
            <RegistrationSteps current=1/>
        </CodePage>
    }
}
