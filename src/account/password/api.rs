use leptos::prelude::*;

use super::{
    routes::{CHANGE, CODE, METHOD, NEW},
    service::{self, ChangeError},
};
use crate::{
    components::code_page::sent_code,
    domain::{
        accounts::Account,
        audit::EventKind,
        password_help::HelpError,
        passwords::{NewPassword, SetError},
        values::SecretText,
        verification::{
            account_code::{self, AccountCodeRequest},
            codes,
            flows::{Flow, FlowKind, FlowProblem, Step},
        },
    },
    error::{AppError, RequestProblem},
    http::{
        context::RequestContext, cookies::CookieName, flash::Notice, post_redirect_get::respond,
        press::Press, redirect::Redirect,
    },
};

/// Changes the password of the signed-in user.
///
/// # Errors
/// What is wrong with which field; `too_many_tries` with the seconds to wait; `signed_out`.
#[server(endpoint = "change_password")]
pub(crate) async fn change_password(
    #[server(default)] old_password: SecretText,
    #[server(default)] new_password: SecretText,
    #[server(default)] new_password_again: SecretText,
) -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let posted = [
        old_password.expose_secret(),
        new_password.expose_secret(),
        new_password_again.expose_secret(),
    ];
    let press = Press::of(&request, "change_password", CookieName::Session, &posted);
    let changed = press.once(move |mut request| async move {
        let user = request.current_user().await?;
        let change = service::Change {
            signed_in: &user,
            old: &old_password,
            new: &new_password,
            again: &new_password_again,
            client: &request.client,
            devices: request.devices(),
        };
        let opened = service::change(&request.state, &change).await?;
        request.give_session(&opened.session, user.session.persistent);
        request.give_devices(&opened.devices);
        Ok(Redirect::to(CHANGE).with_notice(Notice::PasswordChanged))
    });
    respond(changed.await)
}

/// Emails a code, the first one or another one: a recovery, started while signed in.
///
/// # Errors
/// `code_too_early` and `too_many_letters` with the seconds to wait; `signed_out`.
#[server(endpoint = "settings_password_email")]
pub(crate) async fn email_code() -> Result<Redirect, AppError> {
    let mut request = RequestContext::of_request()?;
    let sent = async {
        let account = request.current_user().await?.account;
        let token = request.flow_token(FlowKind::ChangePassword);
        let begun =
            account_code::find(&request.state, token.as_ref(), FlowKind::ChangePassword, &account)
                .await?;
        if let Some(flow) = begun.filter(|flow| flow.step() == Step::Code) {
            account_code::send(&request.state, &flow, &account, &request.client).await?;
            let code = sent_code(&request, &codes::latest(&request.state, &flow).await?);
            let redirect = Redirect::to(CODE).with_notice(Notice::CodeSent);
            return Ok::<_, AppError>(Redirect { code, ..redirect });
        }
        let devices = request.devices();
        let asking = AccountCodeRequest {
            purpose: FlowKind::ChangePassword,
            account: &account,
            next: None,
            locale: request.locale,
            client: &request.client,
            devices: &devices,
        };
        let token = account_code::begin(&request.state, &asking).await;
        // Without a code, there is no code page.
        let token = token.map_err(|error| AppError::from(error).on(METHOD))?;
        request.give_flow(FlowKind::ChangePassword, &token);
        Ok(Redirect::to(CODE))
    };
    respond(sent.await)
}

/// Checks the emailed code and advances the flow to the new password.
///
/// # Errors
/// What is wrong with the code; `flow_expired`; `signed_out`.
#[server(endpoint = "settings_password_code")]
pub(crate) async fn check_code(#[server(default)] code: SecretText) -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let cookie = CookieName::Flow(FlowKind::ChangePassword);
    let press = Press::of_code(&request, "settings_password_code", cookie, &code);
    let checked = press.once(move |mut request| async move {
        let account = request.current_user().await?.account;
        let flow = flow_at(&request, &account, Step::Code).await?;
        let (tx, right) =
            account_code::check(&request.state, &flow, &account, &code, &request.client).await?;
        tx.commit().await?;
        request.give_flow(FlowKind::ChangePassword, &right.token);
        Ok(Redirect::to(NEW))
    });
    respond(checked.await)
}

/// Sets the new password. The user stays signed in here, under a new token; all other sessions end.
///
/// # Errors
/// What is wrong with which field; `start_again` when the code was not entered yet, or the account changed meanwhile;
/// `signed_out`.
#[server(endpoint = "settings_password")]
pub(crate) async fn set_by_code(
    #[server(default)] new_password: SecretText,
    #[server(default)] new_password_again: SecretText,
) -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let posted = [new_password.expose_secret(), new_password_again.expose_secret()];
    let press = Press::of(&request, "settings_password", CookieName::Session, &posted);
    let set = press.once(move |mut request| async move {
        let user = request.current_user().await?;
        let flow = flow_at(&request, &user.account, Step::Password).await?;
        let new = NewPassword {
            flow: &flow,
            typed: &new_password,
            again: &new_password_again,
            client: &request.client,
            devices: request.devices(),
            event: EventKind::PasswordChanged,
        };
        let opened = service::set_by_code(&request.state, &new, &user).await?;
        request.give_session(&opened.session, user.session.persistent);
        request.give_devices(&opened.devices);
        request.end_flow(FlowKind::ChangePassword);
        Ok(Redirect::to("/account/settings").with_notice(Notice::PasswordChanged))
    });
    respond(set.await)
}

/// Returns the flow, if it is still valid and has reached `step`.
async fn flow_at(
    request: &RequestContext,
    account: &Account,
    step: Step,
) -> Result<Flow, AppError> {
    let token = request.flow_token(FlowKind::ChangePassword);
    let flow =
        account_code::find(&request.state, token.as_ref(), FlowKind::ChangePassword, account)
            .await?;
    let flow = flow.ok_or_else(|| AppError::new(FlowProblem::Expired).on(METHOD))?;
    match flow.step() {
        Step::Done => Err(AppError::new(FlowProblem::Expired).on(METHOD)),
        reached if reached < step => Err(AppError::new(FlowProblem::StartAgain).on(METHOD)),
        _ => Ok(flow),
    }
}

impl From<SetError> for AppError {
    fn from(error: SetError) -> Self {
        match error {
            SetError::Fields(fields) => Self::fields(fields),
            SetError::Overtaken => Self::new(FlowProblem::StartAgain).on(METHOD),
            SetError::Internal(fault) => fault.into(),
        }
    }
}

impl From<HelpError> for AppError {
    fn from(error: HelpError) -> Self {
        match error {
            HelpError::TooMany(wait) => Self::new(RequestProblem::TooManyFromNetwork).wait(wait),
            HelpError::Internal(fault) => fault.into(),
        }
    }
}

impl From<ChangeError> for AppError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Fields(fields) => Self::fields(fields),
            ChangeError::Wait(wait) => Self::new(RequestProblem::TooManyTries).wait(wait),
            ChangeError::Overtaken => Self::new(RequestProblem::SignedOut).on("/sign-in"),
            ChangeError::Internal(fault) => fault.into(),
        }
    }
}
