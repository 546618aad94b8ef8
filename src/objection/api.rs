use leptos::prelude::*;

use super::{
    SCREEN,
    service::{self, ObjectionError},
};
use crate::{
    error::AppError,
    server::{
        flows::Purpose,
        http::{
            context::Cx, flash::Notice, post_redirect_get::respond, press::Press,
            redirect::Redirect,
        },
        links::{LinkProblem, LinkPurpose},
    },
};

/// Takes the account back, or freezes it.
///
/// # Errors
/// `link_gone` when the link was used or is too old.
#[server(endpoint = "object")]
pub async fn object() -> Result<Redirect, AppError> {
    let cx = Cx::of_request()?;
    let letter = cx.token("letter").map(|token| token.expose()).unwrap_or_default();
    let press = Press::of(&cx, "object", "letter", &[&letter]);
    let objected = press.once(move |mut cx| async move {
        let token = cx.token("letter").ok_or_else(|| AppError::new(LinkProblem::Gone))?;
        let link = service::find(&cx.app, &token).await?;
        let signed_in = cx.signed_in().await?;
        let redirect = match link.purpose() {
            LinkPurpose::TakeBack | LinkPurpose::Reclaim => {
                let flow =
                    service::take_back(&cx.app, &token, &link, cx.locale, &cx.client).await?;
                cx.give_flow(Purpose::Recover, &flow);
                // Another user's session in this browser is none of this.
                if signed_in.is_none_or(|theirs| theirs.account.id == link.account_id) {
                    cx.clear_cookie("session");
                }
                Redirect::to("/recover/method").with_notice(Notice::TakenBack)
            }
            // It has a page of its own.
            LinkPurpose::StopAssisted => return Err(AppError::new(LinkProblem::Gone)),
            LinkPurpose::Object => {
                service::freeze(&cx.app, &token, &link, &cx.client).await?;
                Redirect::to(SCREEN).with_notice(Notice::Frozen)
            }
        };
        cx.clear_cookie("letter");
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
