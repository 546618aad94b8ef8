//! Changing the password: with the old one, or with a mailed code.

#![expect(missing_docs, reason = "the fields of server functions are those of the forms")]

pub mod page;
mod service;

use leptos::prelude::*;

use crate::{
    error::{AppError, Kind},
    forms::SecretText,
    server::{
        accounts::Account,
        events::EventKind,
        flows::{Flow, Purpose, Step},
        http::{
            context::Cx,
            draft::{Draft, Notice},
            form::{Form, Onward, refused},
            press::Press,
        },
        own_code::{self, Asking},
        password_help::{self, HelpError, Verdict},
        passwords::{NewPassword, SetError},
    },
};
use service::ChangeError;

/// Changes the password of whoever is signed in.
///
/// # Errors
/// What is wrong with which field; `too_many_tries` with the seconds to wait; `signed_out`.
#[server(endpoint = "change_password")]
pub async fn change_password(
    #[server(default)] old_password: SecretText,
    #[server(default)] new_password: SecretText,
    #[server(default)] new_password_again: SecretText,
) -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let screen = "/account/profile/password";
    let posted = [old_password.expose(), new_password.expose(), new_password_again.expose()];
    let press = Press::of(&cx, "change_password", "session", &posted);
    let result = press.once(move |mut cx| async move {
        let signed_in = cx.somebody().await?;
        let change = service::Change {
            signed_in: &signed_in,
            old: &old_password,
            new: &new_password,
            again: &new_password_again,
            client: &cx.client,
            devices: cx.devices(),
        };
        let opened = service::change(&cx.app, &change).await.map_err(AppError::from)?;
        cx.give_session(&opened.session, signed_in.session.persistent);
        cx.give_devices(&opened.devices);
        cx.leave_draft(screen, &Draft::notice(Notice::PasswordChanged));
        Ok(Onward::to(screen))
    });
    Form::of(&cx, screen).answer(result.await)
}

const METHOD: &str = "/account/settings/password";
const CODE: &str = "/account/settings/password/code";
const NEW: &str = "/account/settings/password/new";

/// "Email a code", and "Get code": the way of recovery, begun from within.
///
/// # Errors
/// `code_too_early` and `too_many_letters` with the seconds to wait; `signed_out`.
#[server(endpoint = "settings_password_email")]
pub async fn email_code() -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let result = async {
        let account = cx.somebody().await?.account;
        let token = cx.flow_token(Purpose::ChangePassword);
        let begun =
            own_code::find(&cx.app, token.as_ref(), Purpose::ChangePassword, &account).await?;
        if let Some(flow) = begun.filter(|flow| flow.step() == Step::Code) {
            own_code::send(&cx.app, &flow, &account, &cx.client).await?;
            cx.leave_draft(CODE, &Draft::notice(Notice::CodeSent));
        } else {
            let devices = cx.devices();
            let asking = Asking {
                purpose: Purpose::ChangePassword,
                account: &account,
                next: None,
                locale: cx.locale,
                client: &cx.client,
                devices: &devices,
            };
            let token = own_code::begin(&cx.app, &asking).await?;
            cx.give_flow(Purpose::ChangePassword, &token);
        }
        Ok(Onward::to(CODE))
    };
    let result = result.await;
    Form::of(&cx, CODE).answer(result)
}

/// Checks the mailed code; the flow goes on under a new token.
///
/// # Errors
/// What is wrong with the code; `flow_expired`; `signed_out`.
#[server(endpoint = "settings_password_code")]
pub async fn check_code(#[server(default)] code: SecretText) -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let cookie = Purpose::ChangePassword.cookie();
    let press = Press::of_code(&cx, "settings_password_code", cookie, &code);
    let result = press.once(move |mut cx| async move {
        let account = cx.somebody().await?.account;
        let flow = flow_at(&cx, &account, Step::Code).await?;
        let (tx, right) = own_code::check(&cx.app, &flow, &account, &code, &cx.client).await?;
        tx.commit().await?;
        cx.give_flow(Purpose::ChangePassword, &right.token);
        Ok(Onward::to(NEW))
    });
    Form::of(&cx, CODE).answer(result.await)
}

/// Sets the new password. Whoever did it stays signed in, under a new token; all others are out.
///
/// # Errors
/// What is wrong with which field; `start_again` when the code was not given yet, or the account changed meanwhile;
/// `signed_out`.
#[server(endpoint = "settings_password")]
pub async fn set_by_code(
    #[server(default)] new_password: SecretText,
    #[server(default)] new_password_again: SecretText,
) -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let posted = [new_password.expose(), new_password_again.expose()];
    let press = Press::of(&cx, "settings_password", "session", &posted);
    let result = press.once(move |mut cx| async move {
        let signed_in = cx.somebody().await?;
        let flow = flow_at(&cx, &signed_in.account, Step::Password).await?;
        let entry = NewPassword {
            flow: &flow,
            typed: &new_password,
            again: &new_password_again,
            client: &cx.client,
            devices: cx.devices(),
            event: EventKind::PasswordChanged,
        };
        let opened =
            service::set_by_code(&cx.app, &entry, &signed_in).await.map_err(AppError::from)?;
        cx.give_session(&opened.session, signed_in.session.persistent);
        cx.give_devices(&opened.devices);
        cx.end_flow(Purpose::ChangePassword);
        cx.leave_draft("/account/settings", &Draft::notice(Notice::PasswordChanged));
        Ok(Onward::to("/account/settings"))
    });
    Form::of(&cx, NEW).answer(result.await)
}

/// How good a password would be that is being typed: nothing is kept of it.
///
/// # Errors
/// `busy` when too many ask at once, `too_many_from_network` with the seconds to wait.
#[server(endpoint = "password_help")]
pub async fn help(
    #[server(default)] password: SecretText,
    #[server(default)] login: String,
    #[server(default)] email: String,
) -> Result<Verdict, AppError> {
    let mut cx = Cx::of_request()?;
    let account = cx.signed_in().await?.map(|signed_in| signed_in.account);
    let email = account.map_or(email, |account| account.email);
    let (login, email) = (login.trim(), email.trim());
    let judged =
        password_help::judge(&cx.app, &password, login, email, cx.locale, &cx.client).await;
    judged.map_err(|error| refused(error.into()))
}

/// The flow, if it lives and has come as far as `step`.
async fn flow_at(cx: &Cx, account: &Account, step: Step) -> Result<Flow, AppError> {
    let token = cx.flow_token(Purpose::ChangePassword);
    let flow = own_code::find(&cx.app, token.as_ref(), Purpose::ChangePassword, account).await?;
    let flow = flow.ok_or_else(|| AppError::new(Kind::FlowExpired).on(METHOD))?;
    match flow.step() {
        Step::Done => Err(AppError::new(Kind::FlowExpired).on(METHOD)),
        reached if reached < step => Err(AppError::new(Kind::StartAgain).on(METHOD)),
        _ => Ok(flow),
    }
}

impl From<SetError> for AppError {
    fn from(error: SetError) -> Self {
        match error {
            SetError::Fields(fields) => Self::fields(fields),
            SetError::Overtaken => Self::new(Kind::StartAgain).on(METHOD),
            SetError::Fault(fault) => fault.into(),
        }
    }
}

impl From<HelpError> for AppError {
    fn from(error: HelpError) -> Self {
        match error {
            HelpError::TooMany(wait) => Self::new(Kind::TooManyFromNetwork).wait(wait),
            HelpError::Fault(fault) => fault.into(),
        }
    }
}

impl From<ChangeError> for AppError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Fields(fields) => Self::fields(fields),
            ChangeError::Wait(wait) => Self::new(Kind::TooManyTries).wait(wait),
            ChangeError::Overtaken => Self::new(Kind::SignedOut).on("/sign-in"),
            ChangeError::Fault(fault) => fault.into(),
        }
    }
}
