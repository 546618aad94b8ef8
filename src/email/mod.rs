//! Changing the e-mail address: a fresh proof, then a code to the new one. The old one can take it back for a
//! while (see the room `objection`).

#![expect(missing_docs, reason = "the fields of server functions are those of the forms")]

pub(crate) mod mail;
pub mod page;
mod service;

use leptos::prelude::*;

use crate::{
    error::{AppError, Kind},
    forms::SecretText,
    server::{
        flows::Purpose,
        http::{
            context::{Cx, SignedIn},
            draft::{Draft, Notice},
            form::{Form, Onward},
            press::Press,
        },
        own_code,
    },
};
use service::{Asked, EmailError};

const SCREEN: &str = "/account/settings/email";
const CODE: &str = "/account/settings/email/code";

/// Asks for a new address: a code goes there, and the old one is told. Another spelling of the own one is just taken.
///
/// # Errors
/// What is wrong with the address; `proof_needed`; `signed_out`; `too_many_letters`.
#[server(endpoint = "email")]
pub async fn change_email(#[server(default)] email: String) -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let form = Form::of(&cx, SCREEN).keep("email", email.trim());
    let press = Press::of(&cx, "email", Purpose::ChangeEmail.cookie(), &[&email]);
    let result = press.once(move |mut cx| async move {
        let signed_in = cx.somebody_proved().await?;
        let entry = service::Entry {
            account: &signed_in.account,
            email: &email,
            locale: cx.locale,
            client: &cx.client,
            browser: cx.flow_token(Purpose::ChangeEmail),
        };
        match service::ask(&cx.app, &entry).await.map_err(AppError::from)? {
            Asked::Code(token) => {
                cx.give_flow(Purpose::ChangeEmail, &token);
                Ok(Onward::to(CODE))
            }
            Asked::Respelled => {
                cx.leave_draft("/account/settings", &Draft::notice(Notice::EmailRespelled));
                Ok(Onward::to("/account/settings"))
            }
        }
    });
    form.answer(result.await)
}

/// Sends another code to the new address.
///
/// # Errors
/// `code_too_early` and `too_many_letters` with the seconds to wait; `flow_expired`.
#[server(endpoint = "email_resend")]
pub async fn resend() -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let result = async {
        let SignedIn { account, .. } = cx.somebody().await?;
        let token = cx.flow_token(Purpose::ChangeEmail);
        let flow = own_code::find(&cx.app, token.as_ref(), Purpose::ChangeEmail, &account).await?;
        let flow = flow.ok_or_else(|| AppError::new(Kind::FlowExpired).on(SCREEN))?;
        service::send_code(&cx.app, &flow, &account, &cx.client).await.map_err(AppError::from)?;
        cx.leave_draft(CODE, &Draft::notice(Notice::CodeSent));
        Ok(Onward::to(CODE))
    };
    let result = result.await;
    Form::of(&cx, CODE).answer(result)
}

/// Changes the address: the code proves the new one.
///
/// # Errors
/// What is wrong with the code; `email_taken_meanwhile`; `flow_expired`; `signed_out`.
#[server(endpoint = "email_code")]
pub async fn check_code(#[server(default)] code: SecretText) -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let press = Press::of_code(&cx, "email_code", "session", &code);
    let result = press.once(move |mut cx| async move {
        let signed_in = cx.somebody().await?;
        let token = cx.flow_token(Purpose::ChangeEmail);
        let flow =
            own_code::find(&cx.app, token.as_ref(), Purpose::ChangeEmail, &signed_in.account)
                .await?;
        let flow = flow.ok_or_else(|| AppError::new(Kind::FlowExpired).on(SCREEN))?;
        let token = service::change(&cx.app, &flow, &signed_in, &code, &cx.client)
            .await
            .map_err(AppError::from)?;
        cx.give_session(&token, signed_in.session.persistent);
        cx.end_flow(Purpose::ChangeEmail);
        cx.leave_draft("/account/settings", &Draft::notice(Notice::EmailChanged));
        Ok(Onward::to("/account/settings"))
    });
    Form::of(&cx, CODE).answer(result.await)
}

impl From<EmailError> for AppError {
    fn from(error: EmailError) -> Self {
        match error {
            EmailError::Field(kind) => Self::field("email", kind),
            EmailError::Send(error) => error.into(),
            EmailError::Check(error) => error.into(),
            EmailError::Taken => Self::field("email", Kind::EmailTakenMeanwhile).on(SCREEN),
            EmailError::Overtaken => Self::new(Kind::StartAgain).on(SCREEN),
            EmailError::Fault(fault) => fault.into(),
        }
    }
}
