//! Fresh proof: the password once more, or a mailed code, before what must not happen by a stolen session alone.

#![expect(missing_docs, reason = "the fields of server functions are those of the forms")]

pub mod page;
mod service;

use leptos::prelude::*;

use crate::{
    error::{AppError, Kind},
    forms::SecretText,
    server::{
        flows::{Flow, Purpose},
        http::{
            context::{Cx, SignedIn},
            draft::{Draft, Notice},
            form::{Form, Onward},
            press::Press,
        },
        next, own_code,
        own_code::Asking,
    },
};
use service::ConfirmError;

const SCREEN: &str = "/account/confirm";

/// Proves it with the password.
///
/// # Errors
/// What is wrong with the password; `too_many_tries`; `signed_out`.
#[server(endpoint = "confirm")]
pub async fn by_password(
    #[server(default)] password: SecretText,
    #[server(default)] next: String,
) -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let target = next::allowed(&cx.app.config, &next);
    let form = Form::of(&cx, SCREEN).and_then_to(target.as_deref());
    let press = Press::of(&cx, "confirm", "session", &[password.expose(), &next]);
    let result = press.once(move |mut cx| async move {
        let signed_in = cx.somebody().await?;
        let token = service::by_password(&cx.app, &signed_in, &password, &cx.client)
            .await
            .map_err(AppError::from)?;
        cx.give_session(&token, signed_in.session.persistent);
        Ok(Onward::to(next::or(target.as_deref(), "/account/settings")))
    });
    form.answer(result.await)
}

/// "Email a code", and "Get code".
///
/// # Errors
/// `code_too_early` and `too_many_letters` with the seconds to wait; `signed_out`.
#[server(endpoint = "confirm_email")]
pub async fn email_code(#[server(default)] next: String) -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let target = next::allowed(&cx.app.config, &next);
    let result = async {
        let account = cx.somebody().await?.account;
        let token = cx.flow_token(Purpose::Confirm);
        if let Some(flow) =
            own_code::find(&cx.app, token.as_ref(), Purpose::Confirm, &account).await?
        {
            own_code::send(&cx.app, &flow, &account, &cx.client).await?;
            cx.leave_draft(SCREEN, &Draft::notice(Notice::CodeSent));
        } else {
            let devices = cx.devices();
            let asking = Asking {
                purpose: Purpose::Confirm,
                account: &account,
                next: target.as_deref(),
                locale: cx.locale,
                client: &cx.client,
                devices: &devices,
            };
            let token = own_code::begin(&cx.app, &asking).await?;
            cx.give_flow(Purpose::Confirm, &token);
        }
        Ok(Onward::to(next::with(SCREEN, target.as_deref())))
    };
    let result = result.await;
    Form::of(&cx, SCREEN).and_then_to(target.as_deref()).answer(result)
}

/// Proves it with the mailed code.
///
/// # Errors
/// What is wrong with the code; `signed_out`; `flow_expired`.
#[server(endpoint = "confirm_code")]
pub async fn by_code(#[server(default)] code: SecretText) -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let mut target = None;
    let found = async {
        let SignedIn { account, .. } = cx.somebody().await?;
        let token = cx.flow_token(Purpose::Confirm);
        Ok(own_code::find(&cx.app, token.as_ref(), Purpose::Confirm, &account).await?)
    };
    let found: Result<Option<Flow>, AppError> = found.await;
    if let Ok(Some(flow)) = &found {
        target.clone_from(&flow.next);
    }
    let form = Form::of(&cx, SCREEN).and_then_to(target.as_deref());
    let press = Press::of_code(&cx, "confirm_code", "session", &code);
    let result = press.once(move |mut cx| async move {
        let flow = found?.ok_or_else(|| AppError::new(Kind::FlowExpired))?;
        let signed_in = cx.somebody().await?;
        let token = service::by_code(&cx.app, &signed_in, &flow, &code, &cx.client)
            .await
            .map_err(AppError::from)?;
        cx.give_session(&token, signed_in.session.persistent);
        cx.end_flow(Purpose::Confirm);
        Ok(Onward::to(next::or(target.as_deref(), "/account/settings")))
    });
    form.answer(result.await)
}

impl From<ConfirmError> for AppError {
    fn from(error: ConfirmError) -> Self {
        match error {
            ConfirmError::Password(kind) => Self::field("password", kind),
            ConfirmError::Wait(wait) => Self::new(Kind::TooManyTries).wait(wait),
            ConfirmError::Check(error) => error.into(),
            ConfirmError::Overtaken => Self::new(Kind::SignedOut).on("/sign-in"),
            ConfirmError::Fault(fault) => fault.into(),
        }
    }
}
