//! Devices: where somebody is signed in, and signing out from there.

#![expect(missing_docs, reason = "the fields of server functions are those of the forms")]

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
        },
        random::is_id,
    },
};

const SCREEN: &str = "/account/devices";

/// Ends one of one's own sessions.
///
/// # Errors
/// `not_found` for one that is not there, or somebody else's (ASVS 7.5.2); `signed_out`.
#[server(endpoint = "end_session")]
pub async fn end_session(#[server(default)] id: String) -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let result = async {
        let signed_in = cx.somebody().await?;
        if !is_id(&id) || !service::end_one(&cx.app, &signed_in, &id, &cx.client).await? {
            return Err(AppError::new(Kind::SessionGone));
        }
        if signed_in.session.id == id {
            cx.clear_cookie("session");
            cx.leave_draft("/sign-in", &Draft::notice(Notice::SignedOut));
            return Ok(Onward::to("/sign-in"));
        }
        cx.leave_draft(SCREEN, &Draft::notice(Notice::DeviceSignedOut));
        Ok(Onward::to(SCREEN))
    };
    let result = result.await;
    Form::of(&cx, SCREEN).answer(result)
}

/// "Sign out everywhere else".
///
/// # Errors
/// `signed_out`.
#[server(endpoint = "end_other_sessions")]
pub async fn end_others() -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let result = async {
        let signed_in = cx.somebody().await?;
        service::end_others(&cx.app, &signed_in, &cx.client).await?;
        cx.leave_draft(SCREEN, &Draft::notice(Notice::OthersSignedOut));
        Ok(Onward::to(SCREEN))
    };
    let result = result.await;
    Form::of(&cx, SCREEN).answer(result)
}
