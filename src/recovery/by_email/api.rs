use leptos::prelude::*;

use super::{
    ARRANGED, CODE, DONE, METHOD, PASSWORD, START,
    service::{self, RecoveryError, Way},
};
use crate::{
    components::code_page::sent_code,
    domain::{
        accounts::IdentifierProblem,
        audit::EventKind,
        passwords::NewPassword,
        values::{EmailAddress, SecretText},
        verification::{
            captcha::CaptchaProblem,
            codes,
            flows::{Flow, FlowKind, FlowProblem, Step},
        },
    },
    error::AppError,
    http::{
        context::RequestContext, cookies::CookieName, flash::Notice, post_redirect_get::respond,
        press::Press, redirect::Redirect, return_to,
    },
};

/// Starts a recovery. The answer is the same whether or not the name belongs to an account.
///
/// # Errors
/// `check_fields` when nothing was typed; `slide_again`.
#[server(endpoint = "recover")]
pub(crate) async fn recover(
    #[server(default)] login: String,
    #[server(default)] proof: String,
    #[server(default)] next: String,
) -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let next = return_to::allowed(&request.state.config, &next);
    let asked = service::RecoveryRequest {
        login: login.trim(),
        proof: &proof,
        next: next.as_deref(),
        locale: request.locale,
        client: &request.client,
        browser: request.token(CookieName::Browser),
        devices: request.devices(),
    };
    let begun = service::recover(&request.state, &asked).await;
    respond(begun.map(|token| {
        request.give_flow(FlowKind::Recover, &token);
        Redirect::to(METHOD)
    }))
}

/// Sends a code: the first one, or another one.
///
/// # Errors
/// `code_too_early` and `too_many_letters` with the seconds to wait.
#[server(endpoint = "recover_email")]
pub(crate) async fn email_code() -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    respond(send(&request, Step::Method, None).await)
}

/// "Support has arranged it": sends a code to the given address, if support arranged it.
///
/// # Errors
/// What is wrong with the address; `code_too_early` and `too_many_letters` with the seconds to wait.
#[server(endpoint = "recover_arranged")]
pub(crate) async fn email_arranged(#[server(default)] email: String) -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    respond(send(&request, Step::Method, Some(&email)).await)
}

/// Sends another code to the address that support arranged.
///
/// # Errors
/// `code_too_early` and `too_many_letters` with the seconds to wait; `start_again`.
#[server(endpoint = "recover_arranged_again")]
pub(crate) async fn email_arranged_again() -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let sent = async {
        let flow = flow_at(&request, Step::Code).await?;
        match Way::of(&flow) {
            Way::Arranged(address) => send(&request, Step::Code, Some(address)).await,
            Way::Mailbox | Way::Proved(_) => Err(AppError::new(FlowProblem::StartAgain).on(METHOD)),
        }
    };
    respond(sent.await)
}

/// Sends a code to the account's mailbox, or to the address that support arranged. Only a repeated code is reported as
/// another one.
async fn send(
    request: &RequestContext,
    step: Step,
    arranged: Option<&str>,
) -> Result<Redirect, AppError> {
    let flow = flow_at(request, step).await?;
    match arranged {
        Some(email) => {
            let email = EmailAddress::parse(email)
                .map_err(|problem| AppError::field("email", problem).on(ARRANGED))?;
            service::send_arranged(&request.state, &flow, &email, &request.client).await?;
        }
        None => service::send_code(&request.state, &flow, &request.client).await?,
    }
    let redirect = Redirect::to(CODE);
    let is_first = flow.step() < Step::Code || (arranged.is_some() && step < Step::Code);
    if is_first {
        return Ok(redirect);
    }
    let code = sent_code(request, &codes::latest(&request.state, &flow).await?);
    Ok(Redirect { code, ..redirect.with_notice(Notice::CodeSent) })
}

/// Checks the emailed code and advances the flow to the new password.
///
/// # Errors
/// What is wrong with the code; `flow_expired`.
#[server(endpoint = "recover_code")]
pub(crate) async fn check_code(#[server(default)] code: SecretText) -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let press =
        Press::of_code(&request, "recover_code", CookieName::Flow(FlowKind::Recover), &code);
    let checked = press.once(move |request| async move {
        let flow = flow_at(&request, Step::Method).await?;
        let token = service::check_code(&request.state, &flow, &code, &request.client).await?;
        request.give_flow(FlowKind::Recover, &token);
        Ok(Redirect::to(PASSWORD))
    });
    respond(checked.await)
}

/// Sets the new password. It does not sign the user in: the code permits this step only.
///
/// # Errors
/// What is wrong with which field; `flow_expired`; `start_again` when the code was not entered yet, or the account
/// changed meanwhile.
#[server(endpoint = "recover_password")]
pub(crate) async fn set_password(
    #[server(default)] new_password: SecretText,
    #[server(default)] new_password_again: SecretText,
) -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let posted = [new_password.expose_secret(), new_password_again.expose_secret()];
    let press =
        Press::of(&request, "recover_password", CookieName::Flow(FlowKind::Recover), &posted);
    let set = press.once(move |request| async move {
        let flow = flow_at(&request, Step::Password).await?;
        let new = NewPassword {
            flow: &flow,
            typed: &new_password,
            again: &new_password_again,
            client: &request.client,
            devices: request.devices(),
            event: EventKind::PasswordRecovered,
        };
        let devices = service::set_password(&request.state, &new).await?;
        request.give_devices(&devices);
        request.clear_cookie(CookieName::Session);
        Ok(Redirect::to(DONE))
    });
    respond(set.await)
}

/// Returns the flow, if it is valid and ready and has reached `step`.
pub(crate) async fn flow_at(request: &RequestContext, step: Step) -> Result<Flow, AppError> {
    let flow = request.flow(FlowKind::Recover).await?;
    let flow = flow.ok_or_else(|| AppError::new(FlowProblem::Expired).on(START))?;
    if flow.ready_at > request.state.clock.now() {
        return Err(AppError::new(FlowProblem::StartAgain).on(METHOD));
    }
    match flow.step() {
        Step::Done => Err(AppError::new(FlowProblem::Expired).on(START)),
        reached if reached < step => Err(AppError::new(FlowProblem::StartAgain).on(METHOD)),
        _ => Ok(flow),
    }
}

impl From<RecoveryError> for AppError {
    fn from(error: RecoveryError) -> Self {
        match error {
            RecoveryError::Fields(fields) => Self { keeps_proof: true, ..Self::fields(fields) },
            RecoveryError::Human(price) => {
                Self { price: Some(price), ..Self::new(CaptchaProblem::SlideAgain) }
            }
            RecoveryError::Send(error) => error.into(),
            RecoveryError::Check(error) => error.into(),
            RecoveryError::Overtaken => Self::new(FlowProblem::StartAgain).on(START),
            RecoveryError::Taken => {
                Self::field("email", IdentifierProblem::EmailTakenMeanwhile).on(START)
            }
            RecoveryError::Internal(fault) => fault.into(),
        }
    }
}
