use leptos::prelude::*;

use super::{
    COMPUTER, PHONE, give_request,
    service::{self, QrError},
};
use crate::{
    auth::{qr_sign_in::QrProblem, sign_in_context::SignInContext},
    domain::{ids::QrRequestId, values::SecretText, verification::flows::FlowProblem},
    error::{AppError, RequestProblem},
    http::{
        context::RequestContext, cookies::CookieName, post_redirect_get::respond,
        redirect::Redirect, return_to,
    },
};

/// "New code", on the computer.
///
/// # Errors
/// `too_many_from_network` with the seconds to wait.
#[server(endpoint = "qr_new")]
pub(crate) async fn new_code(#[server(default)] next: String) -> Result<Redirect, AppError> {
    let context = RequestContext::of_request()?;
    let target = return_to::allowed(&context.state.config, &next);
    let begun =
        service::begin(&context.state, context.token(CookieName::Qr).as_ref(), &context.client)
            .await;
    respond(begun.map(|(token, _)| {
        give_request(&context, &token);
        Redirect::to(return_to::with(COMPUTER, target.as_deref()))
    }))
}

/// Collects on the computer what the phone approved: for the browser that asked, once.
///
/// # Errors
/// `qr_gone` when nothing was approved for this browser, or it was already collected; `start_again` when the account
/// changed.
#[server(endpoint = "qr_collect")]
pub(crate) async fn collect(#[server(default)] next: String) -> Result<Redirect, AppError> {
    let context = RequestContext::of_request()?;
    let target = return_to::allowed(&context.state.config, &next);
    let collected = async {
        let browser =
            context.token(CookieName::Qr).ok_or_else(|| AppError::new(QrProblem::Gone))?;
        let sign_in = SignInContext::of(&context);
        let entered = service::collect(&context.state, &browser, &sign_in).await?;
        context.give_session(&entered.opened.session, false);
        context.give_devices(&entered.opened.devices);
        context.clear_cookie(CookieName::Qr);
        if entered.will_be_deleted {
            return Ok(Redirect::to(return_to::with(
                "/account/settings/delete",
                target.as_deref(),
            )));
        }
        Ok::<_, AppError>(Redirect::to(return_to::or_account(target.as_deref())))
    };
    respond(collected.await)
}

/// Checks the short code that was typed on the phone.
///
/// # Errors
/// What is wrong with the code; `too_many_tries`; `qr_staff`; `signed_out`.
#[server(endpoint = "qr_type")]
pub(crate) async fn type_code(
    #[server(default)] short_code: SecretText,
) -> Result<Redirect, AppError> {
    let mut context = RequestContext::of_request()?;
    let typed = async {
        let signed_in = context.current_user().await?;
        service::type_code(&context.state, &signed_in, &short_code, &context.client).await?;
        // The typed code replaces what was scanned before.
        context.clear_cookie(CookieName::QrAnswer);
        Ok::<_, AppError>(Redirect::to(PHONE))
    };
    respond(typed.await)
}

/// "Approve" or "Deny", on the phone: for the request that its page showed.
///
/// # Errors
/// What is wrong with the fields; `qr_number_wrong`, which ends the request; `qr_gone`; `qr_staff`; `too_many_tries`;
/// `signed_out`.
#[server(endpoint = "qr_answer")]
pub(crate) async fn answer(
    #[server(default)] request: String,
    #[server(default)] number: String,
    #[server(default)] password: SecretText,
    #[server(default)] answer: String,
) -> Result<Redirect, AppError> {
    let mut context = RequestContext::of_request()?;
    let answered = async {
        let signed_in = context.current_user().await?;
        let id = || QrRequestId::parse(&request).ok_or(QrError::Gone);
        match answer.as_str() {
            "approve" => {
                let id = id()?;
                let approval = service::Approval {
                    request: &id,
                    number: &number,
                    password: &password,
                    client: &context.client,
                };
                service::approve(&context.state, &signed_in, &approval).await?;
            }
            "deny" => service::deny(&context.state, &signed_in, &id()?, &context.client).await?,
            _ => return Err(AppError::new(RequestProblem::Malformed)),
        }
        Ok(Redirect::to(PHONE))
    };
    respond(answered.await)
}

/// "Not you?", on the phone: signs out, and leads back after the next sign-in.
#[server(endpoint = "qr_other_account")]
pub(crate) async fn other_account() -> Result<Redirect, AppError> {
    let mut context = RequestContext::of_request()?;
    let signed_out = async {
        if let (Some(token), Some(signed_in)) =
            (context.token(CookieName::Session), context.signed_in().await?)
        {
            service::leave(&context.state, &signed_in, &token, &context.client).await?;
        }
        context.clear_cookie(CookieName::Session);
        Ok::<_, AppError>(Redirect::to(return_to::with("/sign-in", Some(PHONE))))
    };
    respond(signed_out.await)
}

impl From<QrError> for AppError {
    fn from(error: QrError) -> Self {
        match error {
            QrError::Gone => Self::new(QrProblem::Gone),
            QrError::Staff => Self::new(QrProblem::Staff),
            QrError::Fields(fields) => Self::fields(fields),
            QrError::WrongNumber => Self::new(QrProblem::NumberWrong),
            QrError::Wait(wait) => Self::new(RequestProblem::TooManyTries).wait(wait),
            QrError::WaitNetwork(wait) => Self::new(RequestProblem::TooManyFromNetwork).wait(wait),
            QrError::Overtaken => Self::new(FlowProblem::StartAgain),
            QrError::Internal(fault) => fault.into(),
        }
    }
}
