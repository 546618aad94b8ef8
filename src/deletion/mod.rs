//! Deleting one's account: a fresh proof, the login typed once more, and fourteen days in which signing in offers to
//! keep it.

#![expect(missing_docs, reason = "the fields of server functions are those of the forms")]

pub(crate) mod mail;
pub mod page;
mod service;

use leptos::prelude::*;

use crate::{
    error::{AppError, Kind},
    server::{
        http::{
            context::Cx,
            draft::{Draft, Notice},
            form::{Form, Onward},
            press::Press,
        },
        when,
    },
};
use service::DeletionError;

const SCREEN: &str = "/account/settings/delete";

/// Asks for deletion. Everybody is signed out.
///
/// # Errors
/// `confirmation_wrong`; `staff_stays`; `proof_needed`; `signed_out`.
#[server(endpoint = "delete")]
pub async fn delete_account(#[server(default)] confirmation: String) -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let form = Form::of(&cx, SCREEN).keep("confirmation", confirmation.trim());
    let press = Press::of(&cx, "delete", "session", &[&confirmation]);
    let result = press.once(move |mut cx| async move {
        let account = cx.somebody_proved().await?.account;
        let at = service::ask(&cx.app, &account, &confirmation, &cx.client)
            .await
            .map_err(AppError::from)?;
        cx.clear_cookie("session");
        let day = when::date(cx.locale, &account.zone(), at);
        cx.leave_draft("/sign-in", &Draft::notice(Notice::DeletionStarted).keep("day", &day));
        Ok(Onward::to("/sign-in"))
    });
    form.answer(result.await)
}

/// Keeps the account after all.
///
/// # Errors
/// `signed_out`.
#[server(endpoint = "keep")]
pub async fn keep_account() -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let result = async {
        let account = cx.somebody().await?.account;
        service::keep(&cx.app, &account, &cx.client).await.map_err(AppError::from)?;
        cx.leave_draft("/account", &Draft::notice(Notice::Kept));
        Ok(Onward::to("/account"))
    };
    let result = result.await;
    Form::of(&cx, SCREEN).answer(result)
}

impl From<DeletionError> for AppError {
    fn from(error: DeletionError) -> Self {
        match error {
            DeletionError::Confirmation => Self::field("confirmation", Kind::ConfirmationWrong),
            DeletionError::Staff => Self::new(Kind::StaffStays),
            DeletionError::Overtaken => Self::new(Kind::SignedOut).on("/sign-in"),
            DeletionError::Fault(fault) => fault.into(),
        }
    }
}
