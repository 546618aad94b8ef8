use leptos::prelude::*;

use super::{
    CODE, START,
    service::{self, RegisterError},
};
use crate::{
    auth::sign_in_context::SignInContext,
    components::code_page::sent_code,
    domain::{
        accounts::IdentifierProblem,
        values::SecretText,
        verification::{
            captcha::CaptchaProblem,
            codes,
            flows::{FlowKind, FlowProblem},
        },
    },
    error::AppError,
    http::{
        context::RequestContext, cookies::CookieName, flash::Notice, post_redirect_get::respond,
        press::Press, redirect::Redirect, return_to,
    },
};

/// Starts a registration: a code is sent to the address.
///
/// # Errors
/// What is wrong with which field; `slide_again`; `too_many_letters`.
#[server(endpoint = "register")]
pub(crate) async fn register(
    #[server(default)] login: String,
    #[server(default)] email: String,
    #[server(default)] password: SecretText,
    #[server(default)] proof: String,
    #[server(default)] next: String,
) -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let target = return_to::allowed(&request.state.config, &next);
    let posted = [&*login, &email, password.expose_secret(), &proof, &next];
    let press = Press::of(&request, "register", CookieName::Flow(FlowKind::Register), &posted);
    let registered = press.once(move |request| async move {
        let entry = service::RegistrationForm {
            login: &login,
            email: &email,
            password: &password,
            proof: &proof,
            next: target.as_deref(),
            locale: request.locale,
            client: &request.client,
            browser: request.token(CookieName::Browser),
            flow: request.flow_token(FlowKind::Register),
        };
        let token = service::register(&request.state, &entry).await.map_err(AppError::from)?;
        request.give_flow(FlowKind::Register, &token);
        Ok(Redirect::to(CODE))
    });
    respond(registered.await)
}

/// Sends another code for the registration that this browser has started.
///
/// # Errors
/// `code_too_early` and `too_many_letters` with the seconds to wait.
#[server(endpoint = "register_resend")]
pub(crate) async fn resend() -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let sent = async {
        let flow = request.flow(FlowKind::Register).await?.ok_or_else(gone)?;
        service::send_code(&request.state, &flow, &request.client).await?;
        let code = sent_code(&request, &codes::latest(&request.state, &flow).await?);
        Ok::<_, AppError>(Redirect { code, ..Redirect::to(CODE).with_notice(Notice::CodeSent) })
    };
    respond(sent.await)
}

/// Confirms the address, creates the account and signs the browser in.
///
/// # Errors
/// What is wrong with the code; `start_again` when the registration has expired.
#[server(endpoint = "register_code")]
pub(crate) async fn confirm(#[server(default)] code: SecretText) -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let press =
        Press::of_code(&request, "register_code", CookieName::Flow(FlowKind::Register), &code);
    let confirmed = press.once(move |request| async move {
        let flow = request.flow(FlowKind::Register).await?.ok_or_else(gone)?;
        if flow.ready_at > request.state.clock.now() {
            return Ok(Redirect::to(CODE));
        }
        let browser = SignInContext::of(&request);
        let opened = service::confirm(&request.state, &flow, &code, &browser)
            .await
            .map_err(AppError::from)?;
        request.give_session(&opened.session, false);
        request.give_devices(&opened.devices);
        request.end_flow(FlowKind::Register);
        Ok(Redirect::to(return_to::or_account(flow.next.as_deref())))
    });
    respond(confirmed.await)
}

fn gone() -> AppError {
    AppError::new(FlowProblem::Expired).on(START)
}

impl From<RegisterError> for AppError {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::Fields(fields) => {
                // That a name is taken is known only after the captcha solution is spent.
                let keeps_proof =
                    fields.iter().all(|(_, kind)| *kind != IdentifierProblem::LoginTaken);
                Self { keeps_proof, ..Self::fields(fields) }
            }
            RegisterError::Human(price) => {
                Self { price: Some(price), ..Self::new(CaptchaProblem::SlideAgain) }
            }
            RegisterError::Send(error) => error.into(),
            RegisterError::Check(error) => error.into(),
            RegisterError::LoginTaken => {
                Self::field("login", IdentifierProblem::LoginTaken).on(START)
            }
            RegisterError::EmailTaken => Self::new(IdentifierProblem::EmailTaken).on("/sign-in"),
            RegisterError::Internal(fault) => fault.into(),
        }
    }
}
