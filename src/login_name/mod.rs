//! Changing the login name: a fresh proof, once in thirty days. The old name goes on signing in, and nobody else
//! ever gets it.

#![expect(missing_docs, reason = "the fields of server functions are those of the forms")]

pub(crate) mod mail;
pub mod page;
mod service;

use leptos::prelude::*;

use crate::{
    error::{AppError, Kind},
    server::http::{
        context::Cx,
        draft::{Draft, Notice},
        form::{Form, Onward},
        press::Press,
    },
};
use service::LoginError;

const SCREEN: &str = "/account/settings/login";

/// Changes the login name of whoever is signed in.
///
/// # Errors
/// What is wrong with the name, or when it can be changed again; `proof_needed`; `signed_out`.
#[server(endpoint = "login")]
pub async fn change_login(#[server(default)] login: String) -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let form = Form::of(&cx, SCREEN).keep("login", login.trim());
    let press = Press::of(&cx, "login", "session", &[&login]);
    let result = press.once(move |mut cx| async move {
        let account = cx.somebody_proved().await?.account;
        service::change(&cx.app, &account, &login, &cx.client).await.map_err(AppError::from)?;
        cx.leave_draft("/account/settings", &Draft::notice(Notice::LoginChanged));
        Ok(Onward::to("/account/settings"))
    });
    form.answer(result.await)
}

impl From<LoginError> for AppError {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::Field(kind) => Self::field("login", kind),
            LoginError::TooSoon(wait) => Self::field("login", Kind::LoginTooSoon).wait(wait),
            LoginError::TooMany(wait) => Self::new(Kind::TooManyTries).wait(wait),
            LoginError::Overtaken => Self::new(Kind::StartAgain),
            LoginError::Fault(fault) => fault.into(),
        }
    }
}
