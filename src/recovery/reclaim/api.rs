use leptos::prelude::*;

use super::{
    PAGE,
    service::{self, ReclaimError},
};
use crate::{
    domain::{
        email_link::{LinkProblem, LinkPurpose},
        verification::flows::FlowKind,
    },
    error::AppError,
    http::{
        context::RequestContext, cookies::CookieName, flash::Notice, post_redirect_get::respond,
        press::Press, redirect::Redirect,
    },
};

/// Reclaims the account, or freezes it.
///
/// # Errors
/// `link_gone` when the link was used or is too old.
#[server(endpoint = "object")]
pub(crate) async fn object() -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let email =
        request.token(CookieName::EmailLink).map(|token| token.expose_secret()).unwrap_or_default();
    let press = Press::of(&request, "object", CookieName::EmailLink, &[&email]);
    let objected = press.once(move |mut request| async move {
        let token =
            request.token(CookieName::EmailLink).ok_or_else(|| AppError::new(LinkProblem::Gone))?;
        let link = service::find(&request.state, &token).await?;
        let signed_in = request.signed_in().await?;
        let redirect = match link.purpose() {
            LinkPurpose::TakeBack | LinkPurpose::Reclaim => {
                let flow = service::reclaim(
                    &request.state,
                    &token,
                    &link,
                    request.locale,
                    &request.client,
                )
                .await?;
                request.give_flow(FlowKind::Recover, &flow);
                // Another user's session in this browser is not affected.
                if signed_in.is_none_or(|theirs| theirs.account.id == link.account_id) {
                    request.clear_cookie(CookieName::Session);
                }
                Redirect::to("/recover/method").with_notice(Notice::TakenBack)
            }
            // Such links have a page of their own.
            LinkPurpose::StopAssisted => return Err(AppError::new(LinkProblem::Gone)),
            LinkPurpose::Object => {
                service::freeze(&request.state, &token, &link, &request.client).await?;
                Redirect::to(PAGE).with_notice(Notice::Frozen)
            }
        };
        request.clear_cookie(CookieName::EmailLink);
        Ok(redirect)
    });
    respond(objected.await)
}

impl From<ReclaimError> for AppError {
    fn from(error: ReclaimError) -> Self {
        match error {
            ReclaimError::Gone => Self::new(LinkProblem::Gone),
            ReclaimError::Internal(fault) => fault.into(),
        }
    }
}
