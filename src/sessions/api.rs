use leptos::prelude::*;

use super::{DEVICES, service};
use crate::{
    error::{AppError, Kind},
    server::{
        http::{context::Cx, draft::Notice, form::Onward, post_redirect_get::respond},
        random::is_id,
    },
};

/// Ends one of the user's own sessions.
///
/// # Errors
/// `session_gone` for one that is not there, or another user's (ASVS 7.5.2); `signed_out`.
#[server(endpoint = "end_session")]
pub async fn end_session(#[server(default)] id: String) -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let ended = async {
        let user = cx.somebody().await?;
        if !is_id(&id) || !service::end_one(&cx.app, &user, &id, &cx.client).await? {
            return Err(AppError::new(Kind::SessionGone));
        }
        if user.session.id == id {
            cx.clear_cookie("session");
            return Ok(Onward::to("/sign-in").with_notice(Notice::SignedOut));
        }
        Ok(Onward::to(DEVICES).with_notice(Notice::DeviceSignedOut).anew())
    };
    respond(ended.await)
}

/// "Sign out everywhere else".
///
/// # Errors
/// `signed_out`.
#[server(endpoint = "end_other_sessions")]
pub async fn end_others() -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let ended = async {
        let user = cx.somebody().await?;
        service::end_others(&cx.app, &user, &cx.client).await?;
        Ok::<_, AppError>(Onward::to(DEVICES).with_notice(Notice::OthersSignedOut).anew())
    };
    respond(ended.await)
}
