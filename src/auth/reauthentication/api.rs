use leptos::prelude::*;

use super::{
    pages,
    service::{self, ConfirmError},
};
use crate::{
    components::code_page::sent_code,
    domain::{
        values::SecretText,
        verification::{
            account_code::{self, AccountCodeRequest},
            codes,
            flows::{FlowKind, FlowProblem},
        },
    },
    error::{AppError, RequestProblem},
    http::{
        context::RequestContext,
        cookies::CookieName,
        flash::Notice,
        post_redirect_get::respond,
        press::Press,
        reauthentication::{self, SETTINGS},
        redirect::Redirect,
        return_to,
    },
};

/// Reauthenticates with the password.
///
/// # Errors
/// What is wrong with the password; `too_many_tries`; `signed_out`.
#[server(endpoint = "confirm")]
pub(crate) async fn by_password(
    #[server(default)] password: SecretText,
    #[server(default)] next: String,
) -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let target = return_to::allowed(&request.state.config, &next);
    let press =
        Press::of(&request, "confirm", CookieName::Session, &[password.expose_secret(), &next]);
    let proved = press.once(move |mut request| async move {
        let user = request.current_user().await?;
        let token = service::by_password(&request.state, &user, &password, &request.client).await?;
        request.give_session(&token, user.session.persistent);
        Ok(Redirect::to(return_to::or(target.as_deref(), SETTINGS)))
    });
    respond(proved.await)
}

/// Emails a code: the first one, or another one.
///
/// # Errors
/// `code_too_early` and `too_many_letters` with the seconds to wait; `signed_out`.
#[server(endpoint = "confirm_email")]
pub(crate) async fn email_code(
    #[server(default)] next: String,
    #[server(default)] back: String,
) -> Result<Redirect, AppError> {
    let mut request = RequestContext::of_request()?;
    let target = return_to::allowed(&request.state.config, &next);
    let back = pages::back(&request, Some(&back));
    let sent = async {
        let account = request.current_user().await?.account;
        let redirect = Redirect::to(reauthentication::address(target.as_deref(), back.as_deref()));
        let token = request.flow_token(FlowKind::Confirm);
        let begun =
            account_code::find(&request.state, token.as_ref(), FlowKind::Confirm, &account).await?;
        if let Some(flow) = begun {
            account_code::send(&request.state, &flow, &account, &request.client).await?;
            let code = sent_code(&request, &codes::latest(&request.state, &flow).await?);
            return Ok::<_, AppError>(Redirect { code, ..redirect.with_notice(Notice::CodeSent) });
        }
        let devices = request.devices();
        let asking = AccountCodeRequest {
            purpose: FlowKind::Confirm,
            account: &account,
            next: target.as_deref(),
            locale: request.locale,
            client: &request.client,
            devices: &devices,
        };
        request.give_flow(FlowKind::Confirm, &account_code::begin(&request.state, &asking).await?);
        Ok(redirect)
    };
    respond(sent.await)
}

/// Reauthenticates with the emailed code.
///
/// # Errors
/// What is wrong with the code; `signed_out`; `flow_expired`.
#[server(endpoint = "confirm_code")]
pub(crate) async fn by_code(#[server(default)] code: SecretText) -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let press = Press::of_code(&request, "confirm_code", CookieName::Session, &code);
    let proved = press.once(move |mut request| async move {
        let user = request.current_user().await?;
        let token = request.flow_token(FlowKind::Confirm);
        let flow =
            account_code::find(&request.state, token.as_ref(), FlowKind::Confirm, &user.account)
                .await?;
        let flow = flow.ok_or_else(|| AppError::new(FlowProblem::Expired))?;
        let token = service::by_code(&request.state, &user, &flow, &code, &request.client).await?;
        request.give_session(&token, user.session.persistent);
        request.end_flow(FlowKind::Confirm);
        Ok(Redirect::to(return_to::or(flow.next.as_deref(), SETTINGS)))
    });
    respond(proved.await)
}

impl From<ConfirmError> for AppError {
    fn from(error: ConfirmError) -> Self {
        match error {
            ConfirmError::Password(problem) => Self::field("password", problem),
            ConfirmError::Wait(wait) => Self::new(RequestProblem::TooManyTries).wait(wait),
            ConfirmError::Check(error) => error.into(),
            ConfirmError::Overtaken => Self::new(RequestProblem::SignedOut).on("/sign-in"),
            ConfirmError::Internal(fault) => fault.into(),
        }
    }
}
