use leptos::prelude::*;

use super::{
    pages,
    service::{self, ConfirmError},
};
use crate::{
    components::code_page::sent_code,
    error::{AppError, RequestProblem},
    forms::SecretText,
    server::{
        codes,
        flows::{FlowProblem, Purpose},
        http::{
            context::Cx, flash::Notice, post_redirect_get::respond, press::Press,
            redirect::Redirect,
        },
        next,
        own_code::{self, Asking},
        reauthentication::{self, SETTINGS},
    },
};

/// Proves it with the password.
///
/// # Errors
/// What is wrong with the password; `too_many_tries`; `signed_out`.
#[server(endpoint = "confirm")]
pub async fn by_password(
    #[server(default)] password: SecretText,
    #[server(default)] next: String,
) -> Result<Redirect, AppError> {
    let cx = Cx::of_request()?;
    let target = next::allowed(&cx.app.config, &next);
    let press = Press::of(&cx, "confirm", "session", &[password.expose(), &next]);
    let proved = press.once(move |mut cx| async move {
        let user = cx.somebody().await?;
        let token = service::by_password(&cx.app, &user, &password, &cx.client).await?;
        cx.give_session(&token, user.session.persistent);
        Ok(Redirect::to(next::or(target.as_deref(), SETTINGS)))
    });
    respond(proved.await)
}

/// Emails a code: the first one, or another one.
///
/// # Errors
/// `code_too_early` and `too_many_letters` with the seconds to wait; `signed_out`.
#[server(endpoint = "confirm_email")]
pub async fn email_code(
    #[server(default)] next: String,
    #[server(default)] back: String,
) -> Result<Redirect, AppError> {
    let mut cx = Cx::of_request()?;
    let target = next::allowed(&cx.app.config, &next);
    let back = pages::back(&cx, Some(&back));
    let sent = async {
        let account = cx.somebody().await?.account;
        let redirect = Redirect::to(reauthentication::address(target.as_deref(), back.as_deref()));
        let token = cx.flow_token(Purpose::Confirm);
        let begun = own_code::find(&cx.app, token.as_ref(), Purpose::Confirm, &account).await?;
        if let Some(flow) = begun {
            own_code::send(&cx.app, &flow, &account, &cx.client).await?;
            let code = sent_code(&cx, &codes::latest(&cx.app, &flow).await?);
            return Ok::<_, AppError>(Redirect { code, ..redirect.with_notice(Notice::CodeSent) });
        }
        let devices = cx.devices();
        let asking = Asking {
            purpose: Purpose::Confirm,
            account: &account,
            next: target.as_deref(),
            locale: cx.locale,
            client: &cx.client,
            devices: &devices,
        };
        cx.give_flow(Purpose::Confirm, &own_code::begin(&cx.app, &asking).await?);
        Ok(redirect)
    };
    respond(sent.await)
}

/// Proves it with the emailed code.
///
/// # Errors
/// What is wrong with the code; `signed_out`; `flow_expired`.
#[server(endpoint = "confirm_code")]
pub async fn by_code(#[server(default)] code: SecretText) -> Result<Redirect, AppError> {
    let cx = Cx::of_request()?;
    let press = Press::of_code(&cx, "confirm_code", "session", &code);
    let proved = press.once(move |mut cx| async move {
        let user = cx.somebody().await?;
        let token = cx.flow_token(Purpose::Confirm);
        let flow = own_code::find(&cx.app, token.as_ref(), Purpose::Confirm, &user.account).await?;
        let flow = flow.ok_or_else(|| AppError::new(FlowProblem::Expired))?;
        let token = service::by_code(&cx.app, &user, &flow, &code, &cx.client).await?;
        cx.give_session(&token, user.session.persistent);
        cx.end_flow(Purpose::Confirm);
        Ok(Redirect::to(next::or(flow.next.as_deref(), SETTINGS)))
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
            ConfirmError::Fault(fault) => fault.into(),
        }
    }
}
