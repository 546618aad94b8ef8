use leptos::prelude::*;

use super::{DEVICES, service};
use crate::{
    account::devices::DeviceProblem,
    domain::{ids::SessionId, values::DeviceName},
    error::AppError,
    http::{
        context::RequestContext, cookies::CookieName, flash::Notice, post_redirect_get::respond,
        redirect::Redirect,
    },
};

/// Ends one of the user's own sessions.
///
/// # Errors
/// `session_gone` for a session that does not exist or is another user's (ASVS 7.5.2); `signed_out`.
#[server(endpoint = "end_session")]
pub(crate) async fn end_session(#[server(default)] id: String) -> Result<Redirect, AppError> {
    let mut request = RequestContext::of_request()?;
    let ended = async {
        let user = request.current_user().await?;
        let gone = || AppError::new(DeviceProblem::Gone);
        let id = SessionId::parse(&id).ok_or_else(gone)?;
        if !service::end_one(&request.state, &user, &id, &request.client).await? {
            return Err(gone());
        }
        if user.session.id == id {
            request.clear_cookie(CookieName::Session);
            return Ok(Redirect::to("/sign-in").with_notice(Notice::SignedOut));
        }
        Ok(Redirect::to(DEVICES).with_notice(Notice::DeviceSignedOut))
    };
    respond(ended.await)
}

/// Names the device of one of the user's own sessions; an empty name removes it.
///
/// # Errors
/// `session_gone` as for [`end_session`]; `device_name_too_long` for `name`; `signed_out`.
#[server(endpoint = "name_session")]
pub(crate) async fn name_session(
    #[server(default)] id: String,
    #[server(default)] name: String,
) -> Result<Redirect, AppError> {
    let mut request = RequestContext::of_request()?;
    let named = async {
        let user = request.current_user().await?;
        let name = DeviceName::parse(&name)
            .map_err(|_| AppError::field("name", DeviceProblem::NameTooLong))?;
        let gone = || AppError::new(DeviceProblem::Gone);
        let id = SessionId::parse(&id).ok_or_else(gone)?;
        if !service::name(&request.state, &user, &id, name.as_ref()).await? {
            return Err(gone());
        }
        let notice = if name.is_some() { Notice::DeviceNamed } else { Notice::DeviceUnnamed };
        let stored = name.map(|name| name.as_str().to_owned());
        Ok(Redirect::to(DEVICES).with_notice(notice).storing(stored))
    };
    respond(named.await)
}

/// "Sign out everywhere else".
///
/// # Errors
/// `signed_out`.
#[server(endpoint = "end_other_sessions")]
pub(crate) async fn end_others() -> Result<Redirect, AppError> {
    let mut request = RequestContext::of_request()?;
    let ended = async {
        let user = request.current_user().await?;
        service::end_others(&request.state, &user, &request.client).await?;
        Ok::<_, AppError>(Redirect::to(DEVICES).with_notice(Notice::OthersSignedOut))
    };
    respond(ended.await)
}
