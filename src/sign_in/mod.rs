//! Signing in and out.

#![expect(missing_docs, reason = "the fields of server functions are those of the forms")]

pub mod page;
mod service;

use leptos::prelude::*;

use crate::{
    error::{AppError, Kind},
    forms::SecretText,
    server::{
        http::{
            context::Cx,
            draft::{Draft, Notice},
            form::{Form, Onward},
        },
        next,
    },
};
use service::SignInError;

/// Signs in with a login name or an e-mail address.
///
/// # Errors
/// `bad_credentials` whatever the reason; `too_many_tries` and `too_many_from_network`
/// with the seconds to wait; missing fields.
#[server(endpoint = "sign_in")]
pub async fn sign_in(
    #[server(default)] login: String,
    #[server(default)] password: SecretText,
    #[server(default)] remember: Option<String>,
    #[server(default)] next: String,
) -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let target = next::allowed(&cx.app.config, &next);
    let form = Form::of(&cx, "/sign-in")
        .keep("login", login.trim())
        .keep("remember", remember.as_deref().unwrap_or_default())
        .and_then_to(target.as_deref());
    let entry = service::Entry {
        login: &login,
        password: &password,
        persistent: remember.is_some(),
        client: &cx.client,
        device: cx.token("device"),
        old_session: cx.token("session"),
    };
    let result = service::sign_in(&cx.app, &entry).await.map_err(AppError::from);
    form.answer(result.map(|entered| {
        cx.give_session(&entered.opened.session, remember.is_some());
        cx.give_device(&entered.opened.device);
        if entered.will_be_deleted {
            return Onward::to(next::with("/account/settings/delete", target.as_deref()));
        }
        Onward::to(next::or_account(target.as_deref()))
    }))
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
        cx.leave_draft("/sign-in", &Draft::notice(Notice::SignedOut));
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
            SignInError::WaitNetwork(wait) => Self::new(Kind::TooManyFromNetwork).wait(wait),
            SignInError::Fault(fault) => fault.into(),
        }
    }
}
