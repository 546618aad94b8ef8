//! The pages of an address change.

use axum::response::Response;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{ChangeEmail, CheckCode, PAGE, Resend};
use crate::{
    account::{AccountLayout, AccountPlace},
    auth::reauthentication::ReauthenticationDialog,
    components::{
        code_page::{CodePage, CodePageTexts, Person},
        form::{ActionForm, FormMessages, SubmitButton, TextField},
        layout::Title,
        page::page,
    },
    domain::{
        accounts::RECLAIM_WINDOW,
        format,
        verification::{
            account_code,
            codes::{self, Latest},
            flows::{FlowKind, FlowProblem},
        },
    },
    error::AppError,
    http::{
        context::RequestContext,
        extract::{CurrentUser, FreshUser},
        flash::Flash,
        page_error::PageError,
    },
    i18n::use_texts,
    islands::InputKind,
};

/// `GET /account/settings/email`
pub(crate) async fn email(
    FreshUser(user): FreshUser,
    request: RequestContext,
    flash: Flash,
) -> Result<Response, PageError> {
    let account = user.account;
    // A user who returns to correct something finds what they typed.
    let token = request.flow_token(FlowKind::ChangeEmail);
    let begun =
        account_code::find(&request.state, token.as_ref(), FlowKind::ChangeEmail, &account).await?;
    let (now, typed) = (account.shown_email(), begun.map(|flow| flow.typed));
    Ok(page(request, flash, move || view! { <ChangeEmailPage now typed/> }))
}

/// `/account/settings/email`
#[component]
pub(crate) fn ChangeEmailPage(
    /// The account's current address.
    now: String,
    /// The new address, not confirmed yet.
    typed: Option<String>,
) -> impl IntoView {
    let t = use_texts();
    let label = t.email().new_address();
    let span = format::duration(t.0, RECLAIM_WINDOW);
    view! {
        <Title text=t.email().title()/>
        <AccountLayout place=AccountPlace::Settings>
            <ActionForm action=ChangeEmail::PATH in_place=true>
                <h1>{t.email().title()}</h1>
                <p class="quiet">{t.email().now(now)}</p>
                <FormMessages labels=vec![("email", label)]/>
                <TextField
                    name="email" kind=InputKind::Email label hint=t.fields().email_hint().to_owned() value=typed
                    autofocus=true
                />
                <p class="quiet">{t.email().take_back(span)}</p>
                <SubmitButton label=t.recovery().go_on() class="button fit"/>
            </ActionForm>
            <ReauthenticationDialog/>
        </AccountLayout>
    }
}

/// `GET /account/settings/email/code`
pub(crate) async fn code(
    CurrentUser(user): CurrentUser,
    request: RequestContext,
    flash: Flash,
) -> Result<Response, PageError> {
    let token = request.flow_token(FlowKind::ChangeEmail);
    let flow =
        account_code::find(&request.state, token.as_ref(), FlowKind::ChangeEmail, &user.account)
            .await?;
    let Some(flow) = flow else {
        request.set_flash(PAGE, &Flash::error(AppError::new(FlowProblem::Expired)));
        return Err(PageError::To(PAGE.to_owned()));
    };
    let code = codes::latest(&request.state, &flow).await?;
    let person = Person::of(&request.state).await?;
    Ok(page(request, flash, move || view! { <EmailCodePage address=flow.typed code person/> }))
}

/// `/account/settings/email/code`
#[component]
pub(crate) fn EmailCodePage(address: String, code: Latest, person: Person) -> impl IntoView {
    let texts = CodePageTexts::to_typed(use_texts(), &address, PAGE);
    view! { <CodePage texts code person confirm=CheckCode::PATH resend=Resend::PATH/> }
}
