//! The pages of recovery. Each handler loads data, and renders a component with it.

mod done;

use axum::response::Response;
use leptos::{prelude::*, server_fn::ServerFn};

pub(crate) use self::done::done;
use super::{
    ARRANGED, CheckCode, DONE, EmailArranged, EmailArrangedAgain, EmailCode, METHOD, PASSWORD,
    Recover, START, SetPassword, Way,
};
use crate::{
    account::password::strength::PasswordHelp,
    clock::{Duration, seconds, seconds_up},
    components::{
        alert::Alert,
        captcha::Captcha,
        choice::Choice,
        code_page::{CodePage, CodePageTexts, Person},
        form::{
            ActionForm, FormMessages, Hidden, NewPasswordFields, SubmitButton, TextField,
            UsernameForManagers,
        },
        icon::{Icon, IconKind},
        layout::{CardLayout, Title},
        page::page,
        steps::RecoverySteps,
        waiting_page::WaitingPage,
    },
    domain::{
        accounts::{self},
        format, passwords,
        values::shown,
        verification::{
            captcha::{self, CaptchaContext, Challenge},
            codes::{self, Latest},
            flows::{Flow, FlowKind, FlowProblem, Step},
        },
    },
    error::AppError,
    http::{
        context::RequestContext,
        flash::{Flash, Notice, use_flash},
        page_error::PageError,
        return_to,
    },
    i18n::{Texts, use_texts},
    islands::InputKind,
};

/// `GET /recover`
pub(crate) async fn start(request: RequestContext, flash: Flash) -> Result<Response, PageError> {
    // A user who returns to correct something finds what they typed.
    let begun = request.flow(FlowKind::Recover).await?.filter(|flow| flow.step() != Step::Done);
    let browser = request.browser_token();
    let captcha_context = CaptchaContext {
        purpose: FlowKind::Recover,
        browser: Some(&browser),
        network: &request.client.network,
    };
    let challenge =
        captcha::challenge(&request.state, &captcha_context, flash.price.unwrap_or_default())
            .await?;
    let (login, next) = (begun.map(|flow| flow.typed), request.next());
    Ok(page(request, flash, move || view! { <RecoverPage login next challenge/> }))
}

/// `/recover`
#[component]
pub(crate) fn RecoverPage(
    login: Option<String>,
    next: Option<String>,
    challenge: Challenge,
) -> impl IntoView {
    let t = use_texts();
    let label = t.fields().identifier();
    let sign_in = return_to::with("/sign-in", next.as_deref());
    view! {
        <Title text=t.recovery().title()/>
        <CardLayout>
            <ActionForm action=Recover::PATH in_place=true>
                <Hidden name="next" value=next/>
                <RecoverySteps current=0/>
                <h1>{t.recovery().title()}</h1>
                <p class="quiet">{t.recovery().intro()}</p>
                <FormMessages labels=vec![("login", label), ("proof", t.human().slide())]/>
                <TextField name="login" kind=InputKind::Identifier label value=login autofocus=true/>
                <Captcha challenge/>
                <SubmitButton label=t.recovery().go_on() when_complete=true/>
                <div class="row">
                    <a href="/recover/login">{t.recovery().forgot_login()}</a>
                    <a href=sign_in>{t.recovery().back_to_sign_in()}</a>
                </div>
            </ActionForm>
        </CardLayout>
    }
}

/// Returns this browser's flow, if it is still valid and has reached `step`; otherwise the page to go to.
pub(crate) async fn flow_of_page(request: &RequestContext, step: Step) -> Result<Flow, PageError> {
    let flow = request.any_flow(FlowKind::Recover).await?;
    let Some(flow) = flow.as_ref().filter(|flow| !flow.is_over(request.state.clock.now())).cloned()
    else {
        // Expired; what was typed is filled in again.
        let typed = flow.map(|flow| flow.typed).unwrap_or_default();
        let flash = Flash::error(AppError::new(FlowProblem::Expired)).keep("login", &typed);
        request.set_flash(START, &flash);
        return Err(PageError::To(START.to_owned()));
    };
    if flow.step() == Step::Done && step != Step::Done {
        return Err(PageError::To(DONE.to_owned()));
    }
    if flow.step() < step {
        return Err(PageError::To(METHOD.to_owned()));
    }
    Ok(flow)
}

/// `GET /recover/method`
pub(crate) async fn method(request: RequestContext, flash: Flash) -> Result<Response, PageError> {
    let flow = flow_of_page(&request, Step::Method).await?;
    if let Some(seconds) = flow.seconds_to_wait(request.state.clock.now()) {
        return Ok(page(request, flash, move || view! { <WaitingPage seconds/> }));
    }
    let has_chat = accounts::exists_staff(&request.state.db).await?;
    Ok(page(request, flash, move || view! { <RecoverMethodPage flow has_chat/> }))
}

/// `/recover/method`
#[component]
pub(crate) fn RecoverMethodPage(flow: Flow, has_chat: bool) -> impl IntoView {
    let t = use_texts();
    let typed = &flow.typed;
    let to = match typed.contains('@') {
        true => t.recovery().email_to_address(typed),
        false => t.recovery().email_to_login(typed),
    };
    let by_qr = return_to::with("/sign-in/qr", flow.next.as_deref());
    let is_taken_back = use_flash().notice == Some(Notice::TakenBack);
    let notice = is_taken_back.then(|| t.reclaim().taken_back());
    view! {
        <Title text=t.recovery().method_title()/>
        <CardLayout>
            <ActionForm action=EmailCode::PATH in_place=true>
                <RecoverySteps current=1/>
                <h1>{t.recovery().method_title()}</h1>
                <FormMessages notice=notice.map(str::to_owned)/>
                <EmailCodeChoice described_by="email-to"/>
                <p class="quiet" id="email-to">{to}" "<a href=START>{t.code().change()}</a></p>
                <OtherWays by_qr has_chat/>
            </ActionForm>
        </CardLayout>
    }
}

/// "Email a code", as one of the choices.
#[component]
pub(crate) fn EmailCodeChoice(
    /// The id of the element that names the address.
    described_by: &'static str,
) -> impl IntoView {
    let label = use_texts().recovery().email_a_code();
    view! {
        <button class="choice" type="submit" aria-describedby=described_by>
            <span class="sign"><Icon kind=IconKind::MAIL/></span>
            <span class="what">{label}</span>
            <span class="onward"><Icon kind=IconKind::CHEVRON/></span>
        </button>
    }
}

/// The other ways to recover: the same for everyone, so that nobody learns what an account has. A shop without
/// operators has no chat, and nothing that they arranged.
#[component]
fn OtherWays(by_qr: String, has_chat: bool) -> impl IntoView {
    let t = use_texts();
    let (codes, recovery) = (t.backup_codes(), t.recovery());
    view! {
        <ul class="choices">
            <Choice
                href="/recover/saved-code" kind=IconKind::LIST label=codes.use_one() about=codes.use_about()
            />
            <Choice
                href=by_qr kind=IconKind::PHONE label=recovery.use_device() about=recovery.use_device_about()
            />
            {has_chat.then(move || view! {
                <Choice
                    href="/support" kind=IconKind::CHAT label=t.support().method()
                    about=t.support().method_about()
                />
                <Choice
                    href=ARRANGED kind=IconKind::CHECK label=t.assisted().arranged()
                    about=t.assisted().arranged_about()
                />
            })}
        </ul>
    }
}

/// `GET /recover/arranged`
pub(crate) async fn arranged(request: RequestContext, flash: Flash) -> Result<Response, PageError> {
    let flow = flow_of_page(&request, Step::Method).await?;
    if let Some(seconds) = flow.seconds_to_wait(request.state.clock.now()) {
        return Ok(page(request, flash, move || view! { <WaitingPage seconds/> }));
    }
    Ok(page(request, flash, move || view! { <RecoverArrangedPage email=flow.arranged/> }))
}

/// `/recover/arranged`
#[component]
pub(crate) fn RecoverArrangedPage(email: Option<String>) -> impl IntoView {
    let t = use_texts();
    let label = t.fields().email();
    view! {
        <Title text=t.assisted().arranged()/>
        <CardLayout>
            <ActionForm action=EmailArranged::PATH in_place=true>
                <RecoverySteps current=1/>
                <h1>{t.assisted().arranged()}</h1>
                <p class="quiet">{t.assisted().arranged_intro()}</p>
                <FormMessages labels=vec![("email", label)]/>
                <TextField
                    name="email" kind=InputKind::Email label hint=t.assisted().arranged_hint().to_owned() value=email
                    autofocus=true
                />
                <SubmitButton label=t.recovery().go_on()/>
                <div class="row"><a href=METHOD>{t.code().other_ways()}</a></div>
            </ActionForm>
        </CardLayout>
    }
}

/// `GET /recover/code`
pub(crate) async fn code(request: RequestContext, flash: Flash) -> Result<Response, PageError> {
    let flow = flow_of_page(&request, Step::Code).await?;
    if flow.step() == Step::Password && flash.error.is_none() {
        return Err(PageError::To(PASSWORD.to_owned()));
    }
    if let Some(seconds) = flow.seconds_to_wait(request.state.clock.now()) {
        return Ok(page(request, flash, move || view! { <WaitingPage seconds/> }));
    }
    let code = codes::latest(&request.state, &flow).await?;
    let person = Person::of(&request.state).await?;
    Ok(page(request, flash, move || view! { <RecoverCodePage flow code person/> }))
}

/// `/recover/code`
#[component]
pub(crate) fn RecoverCodePage(flow: Flow, code: Latest, person: Person) -> impl IntoView {
    let is_arranged = matches!(Way::of(&flow), Way::Arranged(_));
    let resend = if is_arranged { EmailArrangedAgain::PATH } else { EmailCode::PATH };
    view! {
        <CodePage texts=code_texts(&flow, use_texts()) code person confirm=CheckCode::PATH resend>
            <RecoverySteps current=1/>
        </CodePage>
    }
}

fn code_texts(flow: &Flow, t: Texts) -> CodePageTexts {
    let typed = &flow.typed;
    let (sent_to, spelling, change) = match Way::of(flow) {
        Way::Arranged(address) => (
            t.assisted().arranged_sent(typed, shown(address)),
            t.code().help_spelling(shown(address)),
            ARRANGED,
        ),
        Way::Mailbox | Way::Proved(_) if typed.contains('@') => {
            (t.recovery().sent_to_address(typed), t.code().help_spelling(typed), START)
        }
        Way::Mailbox | Way::Proved(_) => {
            (t.recovery().sent_to_login(typed), t.code().help_mailboxes().to_owned(), START)
        }
    };
    CodePageTexts {
        sent_to,
        change: Some(change),
        help: vec![
            t.code().help_junk().to_owned(),
            spelling,
            t.code().help_wait().to_owned(),
            t.code().help_long().to_owned(),
        ],
        other_ways: Some(METHOD.to_owned()),
        cancel: None,
    }
}

/// `GET /recover/password`
pub(crate) async fn password(request: RequestContext, flash: Flash) -> Result<Response, PageError> {
    let flow = flow_of_page(&request, Step::Password).await?;
    let Ok(account) = passwords::account_of(&request.state, &flow).await else {
        request.set_flash(START, &Flash::error(AppError::new(FlowProblem::StartAgain)));
        return Err(PageError::To(START.to_owned()));
    };
    let left = flow.expires_at - request.state.clock.now();
    Ok(page(request, flash, move || view! { <RecoverPasswordPage login=account.login left/> }))
}

/// `/recover/password`
#[component]
pub(crate) fn RecoverPasswordPage(
    login: String,
    /// The remaining time (WCAG 2.2.1).
    left: Duration,
) -> impl IntoView {
    let t = use_texts();
    let labels = vec![
        ("new_password", t.fields().new_password()),
        ("new_password_again", t.fields().new_password_again()),
    ];
    view! {
        <Title text=t.recovery().password_title()/>
        <CardLayout>
            <ActionForm action=SetPassword::PATH>
                <RecoverySteps current=2/>
                <h1>{t.recovery().password_title()}</h1>
                <FormMessages labels/>
                <UsernameForManagers login=login.clone()/>
                <NewPasswordFields judge=PasswordHelp::PATH name="new_password" label=t.fields().new_password() is_twice=true username=login autofocus=true/>
                <Alert>
                    <p>{t.ui().others_signed_out()}" "{t.ui().finish_within(format::duration(t.0, seconds(seconds_up(left))))}</p>
                </Alert>
                <SubmitButton label=t.recovery().update_password()/>
            </ActionForm>
        </CardLayout>
    }
}
