use leptos::prelude::*;

use super::service::{self, DeletionError};
use crate::{
    account::deletion::DeletionProblem,
    domain::format,
    error::{AppError, RequestProblem},
    http::{
        context::RequestContext,
        cookies::CookieName,
        flash::{Flash, Notice},
        post_redirect_get::respond,
        press::Press,
        redirect::Redirect,
    },
};

/// Starts the deletion of the account. All its sessions end.
///
/// # Errors
/// `confirmation_wrong`; `staff_stays`; `proof_needed`; `signed_out`.
#[server(endpoint = "delete")]
pub(crate) async fn delete_account(
    #[server(default)] confirmation: String,
) -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let press = Press::of(&request, "delete", CookieName::Session, &[&confirmation]);
    let begun = press.once(move |mut request| async move {
        let account = request.fresh_user().await?.account;
        let at = service::ask(&request.state, &account, &confirmation, &request.client).await?;
        request.clear_cookie(CookieName::Session);
        // The page also shows the day, which a notice cannot carry.
        let day = format::date(request.locale, &account.zone(), at);
        request.set_flash("/sign-in", &Flash::notice(Notice::DeletionStarted).keep("day", &day));
        Ok(Redirect::to("/sign-in"))
    });
    respond(begun.await)
}

/// Cancels the deletion of the account.
///
/// # Errors
/// `signed_out`.
#[server(endpoint = "keep")]
pub(crate) async fn keep_account() -> Result<Redirect, AppError> {
    let mut request = RequestContext::of_request()?;
    let kept = async {
        let account = request.current_user().await?.account;
        service::keep(&request.state, &account, &request.client).await?;
        Ok::<_, AppError>(Redirect::to("/account").with_notice(Notice::Kept))
    };
    respond(kept.await)
}

impl From<DeletionError> for AppError {
    fn from(error: DeletionError) -> Self {
        match error {
            DeletionError::Confirmation => {
                Self::field("confirmation", DeletionProblem::ConfirmationWrong)
            }
            DeletionError::Staff => Self::new(DeletionProblem::StaffStays),
            DeletionError::Overtaken => Self::new(RequestProblem::SignedOut).on("/sign-in"),
            DeletionError::Internal(fault) => fault.into(),
        }
    }
}
