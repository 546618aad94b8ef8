//! Signing in and out.

#![expect(missing_docs, reason = "the fields of server functions are those of the forms")]

pub mod page;
mod service;
mod staff;

use leptos::prelude::*;

use crate::{
    error::{AppError, Kind},
    forms::SecretText,
    server::{
        entering::{Entered, Entering},
        flows::{Flow, Purpose},
        http::{
            context::Cx,
            draft::{Draft, Notice},
            form::{Form, Onward},
            press::Press,
        },
        next,
    },
};
use service::{Outcome, SignInError};
use staff::StaffError;

const SCREEN: &str = "/sign-in";
const CODE: &str = "/sign-in/code";

/// Signs in with a login name or an e-mail address. Staff goes on to the code that was mailed.
///
/// # Errors
/// `bad_credentials` whatever the reason; `too_many_tries` and `too_many_from_network`
/// with the seconds to wait; missing fields. For staff, `too_many_letters`.
#[server(endpoint = "sign_in")]
pub async fn sign_in(
    #[server(default)] login: String,
    #[server(default)] password: SecretText,
    #[server(default)] remember: Option<String>,
    #[server(default)] next: String,
) -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let target = next::allowed(&cx.app.config, &next);
    let form = Form::of(&cx, SCREEN)
        .keep("login", login.trim())
        .keep("remember", remember.as_deref().unwrap_or_default())
        .and_then_to(target.as_deref());
    let entry = service::Entry {
        login: &login,
        password: &password,
        persistent: remember.is_some(),
        client: &cx.client,
        devices: cx.devices(),
        old_session: cx.token("session"),
        flow: cx.flow_token(Purpose::StaffSignIn),
        next: target.as_deref(),
        locale: cx.locale,
    };
    let result = service::sign_in(&cx.app, &entry).await.map_err(AppError::from);
    form.answer(result.map(|outcome| match outcome {
        Outcome::Entered(entered) => enter(&cx, &entered, remember.is_some(), target.as_deref()),
        Outcome::CodeDue(token) => {
            cx.give_flow(Purpose::StaffSignIn, &token);
            Onward::to(next::with(CODE, target.as_deref()))
        }
    }))
}

/// Gives the browser its session, and leads on.
fn enter(cx: &Cx, entered: &Entered, persistent: bool, target: Option<&str>) -> Onward {
    cx.give_session(&entered.opened.session, persistent);
    cx.give_devices(&entered.opened.devices);
    if entered.will_be_deleted {
        return Onward::to(next::with("/account/settings/delete", target));
    }
    Onward::to(next::or_account(target))
}

/// The code that was mailed to staff.
///
/// # Errors
/// What is wrong with the code; `flow_expired`.
#[server(endpoint = "sign_in_code")]
pub async fn check_code(#[server(default)] code: SecretText) -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let mut target = None;
    let found = flow(&cx).await;
    if let Ok(flow) = &found {
        target.clone_from(&flow.next);
    }
    let form = Form::of(&cx, CODE).and_then_to(target.as_deref());
    let cookie = Purpose::StaffSignIn.cookie();
    let press = Press::of_code(&cx, "sign_in_code", cookie, &code);
    let result = press.once(move |cx| async move {
        let flow = found?;
        let (old_session, devices) = (cx.token("session"), cx.devices());
        let entering = Entering {
            client: &cx.client,
            devices: &devices,
            known: None,
            old_session: old_session.as_ref(),
        };
        let entered = staff::finish(&cx.app, &flow, &code, &entering).await?;
        cx.end_flow(Purpose::StaffSignIn);
        Ok(enter(&cx, &entered, false, target.as_deref()))
    });
    form.answer(result.await)
}

/// "Get code", for staff.
///
/// # Errors
/// `code_too_early` and `too_many_letters` with the seconds to wait; `flow_expired`.
#[server(endpoint = "sign_in_email")]
pub async fn email_code() -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let mut target = None;
    let result = async {
        let flow = flow(&cx).await?;
        target.clone_from(&flow.next);
        staff::send_again(&cx.app, &flow, &cx.client).await?;
        cx.leave_draft(CODE, &Draft::notice(Notice::CodeSent));
        Ok(Onward::to(next::with(CODE, target.as_deref())))
    };
    let result = result.await;
    Form::of(&cx, CODE).and_then_to(target.as_deref()).answer(result)
}

/// The flow in which somebody of the staff typed the right password, if it lives.
async fn flow(cx: &Cx) -> Result<Flow, AppError> {
    let flow = cx.flow(Purpose::StaffSignIn).await?;
    flow.ok_or_else(|| AppError::new(Kind::FlowExpired).on(SCREEN))
}

/// Signs out: the session ends on the server (ASVS 7.4.1).
///
/// # Errors
/// When the database fails.
#[server(endpoint = "sign_out")]
pub async fn sign_out() -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let result = match cx.token("session") {
        Some(token) => service::sign_out(&cx.app, &token, &cx.client).await,
        None => Ok(()),
    };
    if result.is_ok() {
        cx.clear_cookie("session");
        cx.leave_draft(SCREEN, &Draft::notice(Notice::SignedOut));
    }
    Form::of(&cx, "/account")
        .answer(result.map(|()| Onward::to("/sign-in")).map_err(AppError::from))
}

impl From<SignInError> for AppError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Fields(fields) => Self::fields(fields),
            SignInError::Refused { failures } => {
                Self { failures: Some(failures), ..Self::new(Kind::BadCredentials) }
            }
            SignInError::Wait { wait, failures } => {
                Self { failures: Some(failures), ..Self::new(Kind::TooManyTries) }.wait(wait)
            }
            SignInError::Send(error) => error.into(),
            SignInError::WaitNetwork(wait) => Self::new(Kind::TooManyFromNetwork).wait(wait),
            SignInError::Fault(fault) => fault.into(),
        }
    }
}

impl From<StaffError> for AppError {
    fn from(error: StaffError) -> Self {
        match error {
            StaffError::Check(error) => error.into(),
            StaffError::Send(error) => error.into(),
            StaffError::Overtaken => Self::new(Kind::StartAgain).on(SCREEN),
        }
    }
}
