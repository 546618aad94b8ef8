//! Signing in on a computer with the phone in your hand: the computer shows a code, the phone on which somebody is
//! signed in says yes, and only the browser that asked gets the session (IETF draft on cross-device flows, §6.1).

#![expect(missing_docs, reason = "the fields of server functions are those of the forms")]

pub(crate) mod mail;
pub mod page;
mod picture;
mod service;
pub mod stream;

use leptos::prelude::*;

use crate::{
    error::{AppError, Kind},
    forms::SecretText,
    server::{
        clock::HOUR,
        entering::Entering,
        http::{
            context::Cx,
            form::{Form, Onward},
        },
        next,
    },
};
use service::QrError;

/// The computer's screen.
const COMPUTER: &str = "/sign-in/qr";
/// The phone's screen.
const PHONE: &str = "/qr";

/// Gives the computer's browser the secret that binds its request to it.
fn give_request(cx: &Cx, token: &crate::server::secret::Token) {
    cx.set_cookie("qr", &token.expose(), Some(HOUR));
}

/// "New code", on the computer.
///
/// # Errors
/// `too_many_from_network` with the seconds to wait.
#[server(endpoint = "qr_new")]
pub async fn new_code(#[server(default)] next: String) -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let target = next::allowed(&cx.app.config, &next);
    let result = service::begin(&cx.app, cx.token("qr").as_ref(), &cx.client).await;
    let result = result.map_err(AppError::from).map(|(token, _)| {
        give_request(&cx, &token);
        Onward::to(next::with(COMPUTER, target.as_deref()))
    });
    Form::of(&cx, COMPUTER).and_then_to(target.as_deref()).answer(result)
}

/// The computer collects what the phone approved: the browser that asked, once.
///
/// # Errors
/// `qr_gone` when nothing was approved for this browser, or it was collected; `start_again` when the account changed.
#[server(endpoint = "qr_collect")]
pub async fn collect(#[server(default)] next: String) -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let target = next::allowed(&cx.app.config, &next);
    let result = async {
        let browser = cx.token("qr").ok_or_else(|| AppError::new(Kind::QrGone))?;
        let (old_session, devices) = (cx.token("session"), cx.devices());
        let entering = Entering {
            client: &cx.client,
            devices: &devices,
            known: None,
            old_session: old_session.as_ref(),
        };
        let entered =
            service::collect(&cx.app, &browser, &entering).await.map_err(AppError::from)?;
        cx.give_session(&entered.opened.session, false);
        cx.give_devices(&entered.opened.devices);
        cx.clear_cookie("qr");
        if entered.will_be_deleted {
            return Ok(Onward::to(next::with("/account/settings/delete", target.as_deref())));
        }
        Ok(Onward::to(next::or_account(target.as_deref())))
    };
    let result = result.await;
    Form::of(&cx, COMPUTER).and_then_to(target.as_deref()).answer(result)
}

/// The short code, typed on the phone.
///
/// # Errors
/// What is wrong with the code; `too_many_tries`; `qr_staff`; `signed_out`.
#[server(endpoint = "qr_type")]
pub async fn type_code(#[server(default)] short_code: SecretText) -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let result = async {
        let signed_in = cx.somebody().await?;
        service::type_code(&cx.app, &signed_in, &short_code, &cx.client)
            .await
            .map_err(AppError::from)?;
        // What was scanned before is not what is meant now.
        cx.clear_cookie("qr_answer");
        Ok(Onward::to(PHONE))
    };
    let result = result.await;
    Form::of(&cx, PHONE).answer(result)
}

/// "Approve" or "Deny", on the phone: for the request that its screen showed.
///
/// # Errors
/// What is wrong with the fields; `qr_number_wrong`, which ends the request; `qr_gone`; `qr_staff`; `too_many_tries`;
/// `signed_out`.
#[server(endpoint = "qr_answer")]
pub async fn answer(
    #[server(default)] request: String,
    #[server(default)] number: String,
    #[server(default)] password: SecretText,
    #[server(default)] answer: String,
) -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let result = async {
        let signed_in = cx.somebody().await?;
        let answered = match answer.as_str() {
            "approve" => {
                let approval = service::Approval {
                    request: &request,
                    number: &number,
                    password: &password,
                    client: &cx.client,
                };
                service::approve(&cx.app, &signed_in, &approval).await
            }
            "deny" => service::deny(&cx.app, &signed_in, &request, &cx.client).await,
            _ => return Err(AppError::new(Kind::Malformed)),
        };
        answered.map_err(AppError::from)?;
        Ok(Onward::to(PHONE))
    };
    let result = result.await;
    Form::of(&cx, PHONE).answer(result)
}

/// "Not you?", on the phone: signs out, and comes back as somebody else.
///
/// # Errors
/// When the database fails.
#[server(endpoint = "qr_other_account")]
pub async fn other_account() -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let result = async {
        if let (Some(token), Some(signed_in)) = (cx.token("session"), cx.signed_in().await?) {
            service::leave(&cx.app, &signed_in, &token, &cx.client).await?;
        }
        cx.clear_cookie("session");
        Ok(Onward::to(next::with("/sign-in", Some(PHONE))))
    };
    let result = result.await;
    Form::of(&cx, PHONE).answer(result)
}

impl From<QrError> for AppError {
    fn from(error: QrError) -> Self {
        match error {
            QrError::Gone => Self::new(Kind::QrGone),
            QrError::Staff => Self::new(Kind::QrStaff),
            QrError::Fields(fields) => Self::fields(fields),
            QrError::WrongNumber => Self::new(Kind::QrNumberWrong),
            QrError::Wait(wait) => Self::new(Kind::TooManyTries).wait(wait),
            QrError::WaitNetwork(wait) => Self::new(Kind::TooManyFromNetwork).wait(wait),
            QrError::Overtaken => Self::new(Kind::StartAgain),
            QrError::Fault(fault) => fault.into(),
        }
    }
}
