//! The pages of a password change.

use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};
use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    ChangePassword, CheckCode, EmailCode, SetByCode,
    routes::{CHANGE, METHOD, NEW},
};
use crate::{
    account::{AccountLayout, AccountPlace, password::strength::PasswordHelp},
    clock::{Duration, seconds, seconds_up},
    components::{
        alert::Alert,
        backup_codes_left::BackupCodesLeft,
        code_page::{CodePage, CodePageTexts, Person},
        form::{
            ActionForm, FormMessages, NewPasswordFields, PasswordField, SubmitButton,
            UsernameForManagers,
        },
        layout::{CardLayout, Title},
        page::page,
        steps::RecoverySteps,
    },
    domain::{
        accounts::Account,
        backup_codes::{self, CodesLeft},
        format,
        verification::{
            account_code,
            codes::{self, Latest},
            flows::{Flow, FlowKind, FlowProblem, Step},
        },
    },
    error::AppError,
    http::{
        context::RequestContext,
        extract::CurrentUser,
        flash::{Flash, Notice, use_flash},
        page_error::PageError,
    },
    i18n::use_texts,
    recovery::by_email::EmailCodeChoice,
};

/// `GET /account/profile/password`
pub(crate) async fn change(
    CurrentUser(user): CurrentUser,
    request: RequestContext,
    flash: Flash,
) -> Result<Response, PageError> {
    let account = user.account;
    let codes = backup_codes::left(&request.state.db, &account.id).await?;
    let view = move || view! { <ChangePasswordPage login=account.login codes/> };
    Ok(page(request, flash, view))
}

/// `/account/profile/password`
#[component]
pub(crate) fn ChangePasswordPage(login: String, codes: CodesLeft) -> impl IntoView {
    let t = use_texts();
    let is_changed = use_flash().notice == Some(Notice::PasswordChanged);
    let notice = is_changed.then(|| t.password().changed());
    let told = is_changed.then(|| {
        view! {
            <BackupCodesLeft codes_left=codes/>
            <p><a href="/account/saved-passwords">{t.recovery().saved_passwords()}</a></p>
        }
    });
    let (old, new) = (t.fields().old_password(), t.fields().new_password());
    let labels = vec![
        ("old_password", old),
        ("new_password", new),
        ("new_password_again", t.fields().new_password_again()),
    ];
    view! {
        <Title text=t.password().title()/>
        <AccountLayout place=AccountPlace::Profile>
            <ActionForm action=ChangePassword::PATH>
                <h1>{t.password().title()}</h1>
                <FormMessages labels notice=notice.map(str::to_owned)/>
                {told}
                <p class="quiet">{t.password().forgot_old()}" "<a href=METHOD>{t.password().by_code()}</a></p>
                <UsernameForManagers login=login.clone()/>
                <PasswordField name="old_password" label=old autofocus=true is_followed=true/>
                <NewPasswordFields judge=PasswordHelp::PATH name="new_password" label=new is_twice=true username=login/>
                <Alert><p>{t.ui().others_signed_out()}</p></Alert>
                <SubmitButton label=t.password().save()/>
            </ActionForm>
        </AccountLayout>
    }
}

/// `GET /account/settings/password`: password recovery for a user who is signed in.
pub(crate) async fn method(
    CurrentUser(user): CurrentUser,
    request: RequestContext,
    flash: Flash,
) -> Result<Response, PageError> {
    let email = user.account.shown_email();
    Ok(page(request, flash, move || view! { <PasswordMethodPage email/> }))
}

/// `/account/settings/password`
#[component]
pub(crate) fn PasswordMethodPage(email: String) -> impl IntoView {
    let t = use_texts();
    view! {
        <Title text=t.password().by_code_title()/>
        <CardLayout>
            // Not in place: the page where the code is entered reports that one was sent a moment ago.
            <ActionForm action=EmailCode::PATH>
                <RecoverySteps current=1/>
                <h1>{t.password().by_code_title()}</h1>
                <p class="quiet">{t.password().by_code_why()}</p>
                <FormMessages/>
                <EmailCodeChoice described_by="email-to"/>
                <p class="quiet" id="email-to">{t.confirm().to(email)}</p>
                <div class="row">
                    <a href=CHANGE>{t.password().with_old()}</a>
                    <a href="/account/settings">{t.settings().back()}</a>
                </div>
            </ActionForm>
        </CardLayout>
    }
}

/// Returns this browser's flow if it has reached `step`; otherwise the page to go to.
async fn flow_of_page(
    request: &RequestContext,
    account: &Account,
    step: Step,
) -> Result<Flow, PageError> {
    let token = request.flow_token(FlowKind::ChangePassword);
    let flow =
        account_code::find(&request.state, token.as_ref(), FlowKind::ChangePassword, account)
            .await?;
    match flow {
        Some(flow) if flow.step() >= step && flow.step() != Step::Done => Ok(flow),
        Some(_) => Err(PageError::To(METHOD.to_owned())),
        None => {
            request.set_flash(METHOD, &Flash::error(AppError::new(FlowProblem::Expired)));
            Err(PageError::To(METHOD.to_owned()))
        }
    }
}

/// `GET /account/settings/password/code`
pub(crate) async fn code(
    CurrentUser(user): CurrentUser,
    request: RequestContext,
    flash: Flash,
) -> Result<Response, PageError> {
    let account = user.account;
    let flow = flow_of_page(&request, &account, Step::Code).await?;
    if flow.step() == Step::Password && flash.error.is_none() {
        return Err(PageError::To(NEW.to_owned()));
    }
    let code = codes::latest(&request.state, &flow).await?;
    let person = Person::of(&request.state).await?;
    let email = account.shown_email();
    Ok(page(request, flash, move || view! { <PasswordCodePage email code person/> }))
}

/// `/account/settings/password/code`
#[component]
pub(crate) fn PasswordCodePage(email: String, code: Latest, person: Person) -> impl IntoView {
    let t = use_texts();
    let texts = CodePageTexts {
        other_ways: Some(METHOD.to_owned()),
        ..CodePageTexts::to_own(t, t.confirm().sent_to(email))
    };
    view! {
        <CodePage texts code person confirm=CheckCode::PATH resend=EmailCode::PATH>
            <RecoverySteps current=1/>
        </CodePage>
    }
}

/// `GET /account/settings/password/new`
pub(crate) async fn new_password(
    CurrentUser(user): CurrentUser,
    request: RequestContext,
    flash: Flash,
) -> Result<Response, PageError> {
    let account = user.account;
    let flow = flow_of_page(&request, &account, Step::Password).await?;
    let left = flow.expires_at - request.state.clock.now();
    Ok(page(request, flash, move || view! { <NewPasswordPage login=account.login left/> }))
}

/// `/account/settings/password/new`
#[component]
pub(crate) fn NewPasswordPage(
    login: String,
    /// The remaining time (WCAG 2.2.1).
    left: Duration,
) -> impl IntoView {
    let t = use_texts();
    let label = t.fields().new_password();
    let labels =
        vec![("new_password", label), ("new_password_again", t.fields().new_password_again())];
    let within = t.ui().finish_within(format::duration(t.0, seconds(seconds_up(left))));
    view! {
        <Title text=t.recovery().password_title()/>
        <CardLayout>
            <ActionForm action=SetByCode::PATH>
                <RecoverySteps current=2/>
                <h1>{t.recovery().password_title()}</h1>
                <FormMessages labels/>
                <UsernameForManagers login=login.clone()/>
                <NewPasswordFields judge=PasswordHelp::PATH name="new_password" label is_twice=true username=login autofocus=true/>
                <Alert><p>{t.ui().others_signed_out()}" "{within}</p></Alert>
                <SubmitButton label=t.recovery().update_password()/>
            </ActionForm>
        </CardLayout>
    }
}

/// `GET /.well-known/change-password` (W3C "A Well-Known URL for Changing Passwords").
pub(crate) async fn well_known() -> Response {
    (StatusCode::FOUND, [(header::LOCATION, CHANGE)]).into_response()
}
