//! The forms of canned answers.

#![expect(missing_docs, reason = "the fields of server functions are those of the forms")]

use leptos::prelude::*;

use super::{posted::acting_staff, service::canned};
use crate::{
    error::AppError,
    i18n::Locale,
    server::http::{
        context::Cx,
        draft::{Draft, Notice},
        form::Onward,
        post_redirect_get::respond,
    },
};

/// Their screen.
pub(super) const ANSWERS: &str = "/operator/answers";

/// Deletes a canned answer.
///
/// # Errors
/// `not_found`, `signed_out`.
#[server(endpoint = "operator_canned_remove")]
pub async fn remove_canned(#[server(default)] id: String) -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let result: Result<Onward, AppError> = async {
        acting_staff(&mut cx).await?;
        canned::remove(&cx.app, &id).await?;
        cx.leave_draft(ANSWERS, &Draft::default().keep("said", "removed"));
        Ok(Onward::to(ANSWERS))
    }
    .await;
    respond(result)
}

/// Adds a few texts to begin with, in one language.
///
/// # Errors
/// `not_found`, `signed_out`.
#[server(endpoint = "operator_canned_starters")]
pub async fn add_starters(#[server(default)] answer_locale: String) -> Result<Onward, AppError> {
    let mut cx = Cx::of_request()?;
    let result: Result<Onward, AppError> = async {
        let staff = acting_staff(&mut cx).await?;
        let locale = Locale::parse(&answer_locale).unwrap_or(cx.locale);
        canned::add_starters(&cx.app, &staff, locale).await?;
        cx.leave_draft(ANSWERS, &Draft::notice(Notice::Saved));
        Ok(Onward::to(ANSWERS))
    }
    .await;
    respond(result)
}
