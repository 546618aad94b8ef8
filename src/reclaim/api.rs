use leptos::prelude::*;

use super::{
    SCREEN,
    service::{self, ObjectionError},
};
use crate::{
    error::AppError,
    server::{
        flows::FlowKind,
        http::{
            context::RequestContext, flash::Notice, post_redirect_get::respond, press::Press,
            redirect::Redirect,
        },
        links::{LinkProblem, LinkPurpose},
    },
};

/// Reclaims the account, or freezes it.
///
/// # Errors
/// `link_gone` when the link was used or is too old.
#[server(endpoint = "object")]
pub async fn object() -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let letter = request.token("letter").map(|token| token.expose_secret()).unwrap_or_default();
    let press = Press::of(&request, "object", "letter", &[&letter]);
    let objected = press.once(move |mut request| async move {
        let token = request.token("letter").ok_or_else(|| AppError::new(LinkProblem::Gone))?;
        let link = service::find(&request.state, &token).await?;
        let signed_in = request.signed_in().await?;
        let redirect = match link.purpose() {
            LinkPurpose::TakeBack | LinkPurpose::Reclaim => {
                let flow = service::take_back(
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
                    request.clear_cookie("session");
                }
                Redirect::to("/recover/method").with_notice(Notice::TakenBack)
            }
            // Such links have a page of their own.
            LinkPurpose::StopAssisted => return Err(AppError::new(LinkProblem::Gone)),
            LinkPurpose::Object => {
                service::freeze(&request.state, &token, &link, &request.client).await?;
                Redirect::to(SCREEN).with_notice(Notice::Frozen)
            }
        };
        request.clear_cookie("letter");
        Ok(redirect)
    });
    respond(objected.await)
}

impl From<ObjectionError> for AppError {
    fn from(error: ObjectionError) -> Self {
        match error {
            ObjectionError::Gone => Self::new(LinkProblem::Gone),
            ObjectionError::Fault(fault) => fault.into(),
        }
    }
}
