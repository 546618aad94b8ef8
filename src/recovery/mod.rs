//! Getting back in: who, the slider, a way, the code, a new password.

#![expect(missing_docs, reason = "the fields of server functions are those of the forms")]

pub(crate) mod mail;
pub mod page;
mod service;

use leptos::prelude::*;

use crate::{
    error::{AppError, Kind},
    forms::{Email, SecretText},
    server::{
        events::EventKind,
        flows::{Flow, Purpose, Step},
        http::{
            context::{BROWSER, Cx},
            draft::{Draft, Notice},
            form::{Form, Onward},
            press::Press,
        },
        next,
        passwords::NewPassword,
    },
};
use service::{RecoveryError, Way};

const ARRANGED: &str = "/recover/arranged";

/// Begins a recovery. It looks the same whether or not the name belongs to anyone.
///
/// # Errors
/// `check_fields` when nothing was typed; `slide_again`.
#[server(endpoint = "recover")]
pub async fn recover(
    #[server(default)] login: String,
    #[server(default)] proof: String,
    #[server(default)] next: String,
) -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let target = next::allowed(&cx.app.config, &next);
    let form = Form::of(&cx, "/recover").keep("login", login.trim()).and_then_to(target.as_deref());
    let entry = service::Entry {
        login: login.trim(),
        proof: &proof,
        next: target.as_deref(),
        locale: cx.locale,
        client: &cx.client,
        browser: cx.token(BROWSER),
        devices: cx.devices(),
    };
    let result = service::recover(&cx.app, &entry).await.map_err(AppError::from);
    form.answer(result.map(|token| {
        cx.give_flow(Purpose::Recover, &token);
        Onward::to("/recover/method")
    }))
}

/// "Email a code", and "Get code": sends one.
///
/// # Errors
/// `code_too_early` and `too_many_letters` with the seconds to wait; both are told on the
/// code screen, where the wait is counted down.
#[server(endpoint = "recover_email")]
pub async fn email_code() -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let result = async {
        let flow = flow_at(&cx, Step::Method).await?;
        // The first letter needs no "sent again".
        let again = flow.step() == Step::Code;
        service::send_code(&cx.app, &flow, &cx.client).await.map_err(AppError::from)?;
        Ok::<_, AppError>(again)
    };
    let result = result.await;
    if matches!(result, Ok(true)) {
        cx.leave_draft("/recover/code", &Draft::notice(Notice::CodeSent));
    }
    Form::of(&cx, "/recover/code").answer(result.map(|_| Onward::to("/recover/code")))
}

/// "Support has arranged it": sends a code to that address, if it has.
///
/// # Errors
/// What is wrong with the address; `code_too_early` and `too_many_letters` with the seconds to wait.
#[server(endpoint = "recover_arranged")]
pub async fn email_arranged(#[server(default)] email: String) -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let result = async {
        let flow = flow_at(&cx, Step::Method).await?;
        let email = Email::parse(&email)
            .map_err(|problem| AppError::field("email", problem.into()).on(ARRANGED))?;
        service::send_arranged(&cx.app, &flow, &email, &cx.client).await.map_err(AppError::from)?;
        Ok(Onward::to("/recover/code"))
    };
    let result = result.await;
    Form::of(&cx, "/recover/code").keep("email", email.trim()).answer(result)
}

/// Sends another code to the address that support arranged.
///
/// # Errors
/// `code_too_early` and `too_many_letters` with the seconds to wait; `start_again`.
#[server(endpoint = "recover_arranged_again")]
pub async fn email_arranged_again() -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let result = async {
        let flow = flow_at(&cx, Step::Code).await?;
        let Way::Arranged(address) = Way::of(&flow) else {
            return Err(AppError::new(Kind::StartAgain).on("/recover/method"));
        };
        let email = Email::parse(address)
            .map_err(|problem| AppError::field("email", problem.into()).on(ARRANGED))?;
        service::send_arranged(&cx.app, &flow, &email, &cx.client).await.map_err(AppError::from)?;
        cx.leave_draft("/recover/code", &Draft::notice(Notice::CodeSent));
        Ok(Onward::to("/recover/code"))
    };
    let result = result.await;
    Form::of(&cx, "/recover/code").answer(result)
}

/// Checks the code from the letter.
///
/// # Errors
/// What is wrong with the code; `flow_expired`.
#[server(endpoint = "recover_code")]
pub async fn check_code(#[server(default)] code: SecretText) -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let press = Press::of_code(&cx, "recover_code", Purpose::Recover.cookie(), &code);
    let result = press.once(move |cx| async move {
        let flow = flow_at(&cx, Step::Method).await?;
        let token =
            service::check_code(&cx.app, &flow, &code, &cx.client).await.map_err(AppError::from)?;
        cx.give_flow(Purpose::Recover, &token);
        Ok(Onward::to("/recover/password"))
    });
    Form::of(&cx, "/recover/code").answer(result.await)
}

/// Sets the new password. Nobody is signed in by it: the code gave this and no more.
///
/// # Errors
/// What is wrong with which field; `flow_expired`; `start_again` when the code was not
/// given yet, or the account changed meanwhile.
#[server(endpoint = "recover_password")]
pub async fn set_password(
    #[server(default)] new_password: SecretText,
    #[server(default)] new_password_again: SecretText,
) -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let posted = [new_password.expose(), new_password_again.expose()];
    let press = Press::of(&cx, "recover_password", Purpose::Recover.cookie(), &posted);
    let result = press.once(move |cx| async move {
        let flow = flow_at(&cx, Step::Password).await?;
        let entry = NewPassword {
            flow: &flow,
            typed: &new_password,
            again: &new_password_again,
            client: &cx.client,
            devices: cx.devices(),
            event: EventKind::PasswordRecovered,
        };
        let devices = service::set_password(&cx.app, &entry).await.map_err(AppError::from)?;
        cx.give_devices(&devices);
        cx.clear_cookie("session");
        Ok(Onward::to("/recover/done"))
    });
    Form::of(&cx, "/recover/password").answer(result.await)
}

/// The flow, if it lives, is ready and has come as far as `step`.
pub(crate) async fn flow_at(cx: &Cx, step: Step) -> Result<Flow, AppError> {
    let flow = cx.flow(Purpose::Recover).await?;
    let flow = flow.ok_or_else(|| AppError::new(Kind::FlowExpired).on("/recover"))?;
    if flow.ready_at > cx.app.clock.now() {
        return Err(AppError::new(Kind::StartAgain).on("/recover/method"));
    }
    match flow.step() {
        Step::Done => Err(AppError::new(Kind::FlowExpired).on("/recover")),
        reached if reached < step => Err(AppError::new(Kind::StartAgain).on("/recover/method")),
        _ => Ok(flow),
    }
}

impl From<RecoveryError> for AppError {
    fn from(error: RecoveryError) -> Self {
        match error {
            RecoveryError::Fields(fields) => Self::fields(fields),
            RecoveryError::Human(price) => {
                Self { price: Some(price), ..Self::new(Kind::SlideAgain) }
            }
            RecoveryError::Send(error) => error.into(),
            RecoveryError::Check(error) => error.into(),
            RecoveryError::Overtaken => Self::new(Kind::StartAgain).on("/recover"),
            RecoveryError::Taken => Self::field("email", Kind::EmailTakenMeanwhile).on("/recover"),
            RecoveryError::Fault(fault) => fault.into(),
        }
    }
}
