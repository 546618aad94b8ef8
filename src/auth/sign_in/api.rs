use leptos::prelude::*;

use super::{
    CODE, PAGE,
    form::SignInForm,
    service::{self, Outcome, SignInError},
    staff::{self, StaffError},
};
use crate::{
    auth::{
        complete_sign_in::CompletedSignIn, sign_in::SignInProblem, sign_in_context::SignInContext,
    },
    components::code_page::sent_code,
    domain::{
        values::SecretText,
        verification::{
            codes,
            flows::{Flow, FlowKind, FlowProblem},
        },
    },
    error::{AppError, RequestProblem},
    http::{
        context::RequestContext, cookies::CookieName, flash::Notice, post_redirect_get::respond,
        press::Press, redirect::Redirect, return_to,
    },
};

/// Signs in with a login or an email address. Staff continue with the emailed code.
///
/// # Errors
/// `bad_credentials` whatever the reason; `too_many_tries` and `too_many_from_network` with the seconds to wait;
/// missing fields. For staff, `too_many_letters`.
#[server(endpoint = "sign_in")]
pub(crate) async fn sign_in(
    #[server(default)] login: String,
    #[server(default)] password: SecretText,
    #[server(default)] remember: Option<String>,
    #[server(default)] next: String,
) -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let target = return_to::allowed(&request.state.config, &next);
    let entry = SignInForm {
        login: &login,
        password: &password,
        persistent: remember.is_some(),
        browser: SignInContext::of(&request),
        flow: request.flow_token(FlowKind::StaffSignIn),
        next: target.as_deref(),
        locale: request.locale,
    };
    let signed_in = service::sign_in(&request.state, &entry).await;
    respond(signed_in.map(|outcome| match outcome {
        Outcome::Entered(entered) => {
            redirect(&request, &entered, remember.is_some(), target.as_deref())
        }
        Outcome::CodeDue(token) => {
            request.give_flow(FlowKind::StaffSignIn, &token);
            Redirect::to(return_to::with(CODE, target.as_deref()))
        }
    }))
}

/// Sets the session's cookies and returns the redirect after the sign-in.
fn redirect(
    request: &RequestContext,
    entered: &CompletedSignIn,
    persistent: bool,
    target: Option<&str>,
) -> Redirect {
    request.give_session(&entered.opened.session, persistent);
    request.give_devices(&entered.opened.devices);
    if entered.will_be_deleted {
        return Redirect::to(return_to::with("/account/settings/delete", target));
    }
    Redirect::to(return_to::or_account(target))
}

/// Checks the code that was emailed to a staff member.
///
/// # Errors
/// What is wrong with the code; `flow_expired`.
#[server(endpoint = "sign_in_code")]
pub(crate) async fn check_code(#[server(default)] code: SecretText) -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let cookie = CookieName::Flow(FlowKind::StaffSignIn);
    let press = Press::of_code(&request, "sign_in_code", cookie, &code);
    let checked = press.once(move |request| async move {
        let flow = flow(&request).await?;
        let sign_in = SignInContext::of(&request);
        let entered = staff::finish(&request.state, &flow, &code, &sign_in).await?;
        request.end_flow(FlowKind::StaffSignIn);
        Ok(redirect(&request, &entered, false, flow.next.as_deref()))
    });
    respond(checked.await)
}

/// "Get code", for staff.
///
/// # Errors
/// `code_too_early` and `too_many_letters` with the seconds to wait; `flow_expired`.
#[server(endpoint = "sign_in_email")]
pub(crate) async fn email_code() -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let sent = async {
        let flow = flow(&request).await?;
        staff::send_again(&request.state, &flow, &request.client).await?;
        let code = sent_code(&request, &codes::latest(&request.state, &flow).await?);
        let redirect = Redirect::to(return_to::with(CODE, flow.next.as_deref()));
        Ok::<_, AppError>(Redirect { code, ..redirect.with_notice(Notice::CodeSent) })
    };
    respond(sent.await)
}

/// Returns the flow in which a staff member entered the right password, if it is still valid.
async fn flow(request: &RequestContext) -> Result<Flow, AppError> {
    let flow = request.flow(FlowKind::StaffSignIn).await?;
    flow.ok_or_else(|| AppError::new(FlowProblem::Expired).on(PAGE))
}

/// Signs out: the session ends on the server (ASVS 7.4.1).
#[server(endpoint = "sign_out")]
pub(crate) async fn sign_out() -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let signed_out = match request.token(CookieName::Session) {
        Some(token) => service::sign_out(&request.state, &token, &request.client).await,
        None => Ok(()),
    };
    respond(signed_out.map(|()| {
        request.clear_cookie(CookieName::Session);
        Redirect::to(PAGE).with_notice(Notice::SignedOut)
    }))
}

impl From<SignInError> for AppError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Fields(fields) => Self::fields(fields),
            SignInError::Refused { failures } => Self {
                failures: i32::try_from(failures).ok(),
                ..Self::new(SignInProblem::BadCredentials)
            },
            SignInError::Wait { wait, failures } => Self {
                failures: i32::try_from(failures).ok(),
                ..Self::new(RequestProblem::TooManyTries)
            }
            .wait(wait),
            SignInError::Send(error) => error.into(),
            SignInError::WaitNetwork(wait) => {
                Self::new(RequestProblem::TooManyFromNetwork).wait(wait)
            }
            SignInError::Internal(fault) => fault.into(),
        }
    }
}

impl From<StaffError> for AppError {
    fn from(error: StaffError) -> Self {
        match error {
            StaffError::Check(error) => error.into(),
            StaffError::Send(error) => error.into(),
            StaffError::Overtaken => Self::new(FlowProblem::StartAgain).on(PAGE),
        }
    }
}
