use leptos::prelude::*;

use super::service::{self, UsernameError};
use crate::{
    account::username::UsernameChangeProblem,
    domain::verification::flows::FlowProblem,
    error::{AppError, RequestProblem},
    http::{
        context::RequestContext, cookies::CookieName, flash::Notice, post_redirect_get::respond,
        press::Press, redirect::Redirect,
    },
};

/// Changes the username of the signed-in user.
///
/// # Errors
/// What is wrong with the name, or when it can be changed again; `proof_needed`; `signed_out`.
#[server(endpoint = "login")]
pub(crate) async fn change_username(
    #[server(default)] login: String,
) -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let press = Press::of(&request, "login", CookieName::Session, &[&login]);
    let changed = press.once(move |mut request| async move {
        let account = request.fresh_user().await?.account;
        service::change(&request.state, &account, &login, &request.client).await?;
        Ok(Redirect::to("/account/settings").with_notice(Notice::LoginChanged))
    });
    respond(changed.await)
}

impl From<UsernameError> for AppError {
    fn from(error: UsernameError) -> Self {
        match error {
            UsernameError::Field(problem) => Self::field("login", problem),
            UsernameError::TooSoon(wait) => {
                Self::field("login", UsernameChangeProblem::TooSoon).wait(wait)
            }
            UsernameError::TooMany(wait) => Self::new(RequestProblem::TooManyTries).wait(wait),
            UsernameError::Overtaken => Self::new(FlowProblem::StartAgain),
            UsernameError::Internal(fault) => fault.into(),
        }
    }
}
