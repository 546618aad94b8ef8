//! "This was not me": where the links in letters lead. A link opens a page with a button and does nothing by itself.

pub(crate) mod mail;
pub mod page;
mod service;

use leptos::prelude::*;

use crate::{
    error::{AppError, Kind},
    server::{
        flows::Purpose,
        http::{
            context::Cx,
            draft::{Draft, Notice},
            form::{Form, Onward},
            press::Press,
        },
        links::LinkPurpose,
    },
};
use service::ObjectionError;

const SCREEN: &str = "/letter";

/// Presses the button: takes the account back, or freezes it.
///
/// # Errors
/// `link_gone` when the link was used or is too old.
#[server(endpoint = "object")]
pub async fn object() -> Result<Onward, AppError> {
    let cx = Cx::of_request()?;
    let letter = cx.token("letter").map(|token| token.expose()).unwrap_or_default();
    let press = Press::of(&cx, "object", "letter", &[&letter]);
    let result = press.once(move |mut cx| async move {
        let token = cx.token("letter").ok_or_else(|| AppError::new(Kind::LinkGone))?;
        let link = service::find(&cx.app, &token).await.map_err(AppError::from)?;
        let signed_in = cx.signed_in().await?;
        let onward = match link.purpose() {
            LinkPurpose::TakeBack | LinkPurpose::Reclaim => {
                let flow = service::take_back(&cx.app, &token, &link, cx.locale, &cx.client)
                    .await
                    .map_err(AppError::from)?;
                cx.give_flow(Purpose::Recover, &flow);
                // Somebody else's session in this browser is none of this.
                if signed_in.is_none_or(|theirs| theirs.account.id == link.account_id) {
                    cx.clear_cookie("session");
                }
                cx.leave_draft("/recover/method", &Draft::notice(Notice::TakenBack));
                Onward::to("/recover/method")
            }
            // It has a screen of its own.
            LinkPurpose::StopAssisted => return Err(AppError::new(Kind::LinkGone)),
            LinkPurpose::Object => {
                service::freeze(&cx.app, &token, &link, &cx.client)
                    .await
                    .map_err(AppError::from)?;
                cx.leave_draft(SCREEN, &Draft::notice(Notice::Frozen));
                Onward::to(SCREEN)
            }
        };
        cx.clear_cookie("letter");
        Ok(onward)
    });
    Form::of(&cx, SCREEN).answer(result.await)
}

impl From<ObjectionError> for AppError {
    fn from(error: ObjectionError) -> Self {
        match error {
            ObjectionError::Gone => Self::new(Kind::LinkGone),
            ObjectionError::Fault(fault) => fault.into(),
        }
    }
}
