//! Changing the password with the old one.

#![expect(missing_docs, reason = "the fields of server functions are those of the forms")]

pub mod page;
mod service;

use leptos::prelude::*;

use crate::{
    error::{AppError, Kind},
    forms::SecretText,
    server::http::{
        context::Cx,
        draft::{Draft, Notice},
        form::{Form, Onward},
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
    let mut cx = Cx::of_request()?;
    let screen = "/account/profile/password";
    let result = async {
        let signed_in =
            cx.signed_in().await?.ok_or_else(|| AppError::new(Kind::SignedOut).on("/sign-in"))?;
        let change = service::Change {
            signed_in: &signed_in,
            old: &old_password,
            new: &new_password,
            again: &new_password_again,
            client: &cx.client,
            device: cx.token("device"),
        };
        let opened = service::change(&cx.app, &change).await.map_err(AppError::from)?;
        Ok::<_, AppError>((opened, signed_in.session.persistent))
    };
    let result = result.await;
    Form::of(&cx, screen).answer(result.map(|(opened, persistent)| {
        cx.give_session(&opened.session, persistent);
        cx.give_device(&opened.device);
        cx.leave_draft(screen, &Draft::notice(Notice::PasswordChanged));
        Onward::to(screen)
    }))
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
