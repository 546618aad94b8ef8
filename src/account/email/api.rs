use leptos::prelude::*;

use super::{
    CODE, PAGE,
    service::{self, Asked, EmailError},
};
use crate::{
    components::code_page::sent_code,
    domain::{
        accounts::{Account, IdentifierProblem},
        values::SecretText,
        verification::{
            account_code, codes,
            flows::{Flow, FlowKind, FlowProblem},
        },
    },
    error::AppError,
    http::{
        context::RequestContext, cookies::CookieName, flash::Notice, post_redirect_get::respond,
        press::Press, redirect::Redirect,
    },
};

/// The page that reports a completed change.
const SETTINGS: &str = "/account/settings";

/// Requests an address change: a code is sent to the new address, and the old one is notified. Another spelling of the
/// current address is accepted at once.
///
/// # Errors
/// What is wrong with the address; `proof_needed`; `signed_out`; `too_many_letters`.
#[server(endpoint = "email")]
pub(crate) async fn change_email(#[server(default)] email: String) -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let press = Press::of(&request, "email", CookieName::Flow(FlowKind::ChangeEmail), &[&email]);
    let asked = press.once(move |mut request| async move {
        let user = request.fresh_user().await?;
        let entry = service::EmailForm {
            account: &user.account,
            email: &email,
            locale: request.locale,
            client: &request.client,
            browser: request.flow_token(FlowKind::ChangeEmail),
        };
        match service::ask(&request.state, &entry).await? {
            Asked::Code(token) => {
                request.give_flow(FlowKind::ChangeEmail, &token);
                Ok(Redirect::to(CODE))
            }
            Asked::Respelled => Ok(Redirect::to(SETTINGS).with_notice(Notice::EmailRespelled)),
        }
    });
    respond(asked.await)
}

/// Sends another code to the new address.
///
/// # Errors
/// `code_too_early` and `too_many_letters` with the seconds to wait; `flow_expired`.
#[server(endpoint = "email_resend")]
pub(crate) async fn resend() -> Result<Redirect, AppError> {
    let mut request = RequestContext::of_request()?;
    let sent = async {
        let account = request.current_user().await?.account;
        let flow = flow(&request, &account).await?;
        service::send_code(&request.state, &flow, &account, &request.client).await?;
        let code = sent_code(&request, &codes::latest(&request.state, &flow).await?);
        Ok::<_, AppError>(Redirect { code, ..Redirect::to(CODE).with_notice(Notice::CodeSent) })
    };
    respond(sent.await)
}

/// Changes the address, which the code confirms.
///
/// # Errors
/// What is wrong with the code; `email_taken_meanwhile`; `flow_expired`; `signed_out`.
#[server(endpoint = "email_code")]
pub(crate) async fn check_code(#[server(default)] code: SecretText) -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let press = Press::of_code(&request, "email_code", CookieName::Session, &code);
    let changed = press.once(move |mut request| async move {
        let user = request.current_user().await?;
        let flow = flow(&request, &user.account).await?;
        let token = service::change(&request.state, &flow, &user, &code, &request.client).await?;
        request.give_session(&token, user.session.persistent);
        request.end_flow(FlowKind::ChangeEmail);
        Ok(Redirect::to(SETTINGS).with_notice(Notice::EmailChanged))
    });
    respond(changed.await)
}

/// Returns this browser's flow, if it is still valid.
async fn flow(request: &RequestContext, account: &Account) -> Result<Flow, AppError> {
    let token = request.flow_token(FlowKind::ChangeEmail);
    let flow =
        account_code::find(&request.state, token.as_ref(), FlowKind::ChangeEmail, account).await?;
    flow.ok_or_else(|| AppError::new(FlowProblem::Expired).on(PAGE))
}

impl From<EmailError> for AppError {
    fn from(error: EmailError) -> Self {
        match error {
            EmailError::Field(problem) => Self::field("email", problem),
            EmailError::Send(error) => error.into(),
            EmailError::Check(error) => error.into(),
            EmailError::Taken => {
                Self::field("email", IdentifierProblem::EmailTakenMeanwhile).on(PAGE)
            }
            EmailError::Overtaken => Self::new(FlowProblem::StartAgain).on(PAGE),
            EmailError::Internal(fault) => fault.into(),
        }
    }
}
