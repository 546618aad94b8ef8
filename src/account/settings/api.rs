use leptos::prelude::*;

use super::{
    EMAILS,
    service::{self, Wanted},
};
use crate::{
    error::{AppError, RequestProblem},
    http::{
        context::RequestContext, cookies::CookieName, flash::Notice, post_redirect_get::respond,
        press::Press, redirect::Redirect,
    },
    islands::EmailsStored,
};

/// Saves which of the optional emails the user wants.
///
/// # Errors
/// `changed_elsewhere` when another tab was quicker; `signed_out`.
#[server(endpoint = "letters")]
pub(crate) async fn choose_emails(
    #[server(default)] address_in_use: Option<String>,
    #[server(default)] signed_in: Option<String>,
    #[server(default)] version: Option<i64>,
) -> Result<Redirect, AppError> {
    let request = RequestContext::of_request()?;
    let wanted =
        Wanted { address_in_use: address_in_use.is_some(), signed_in: signed_in.is_some() };
    let on = |is_wanted| if is_wanted { "on" } else { "off" };
    let of = version.map(|version| version.to_string()).unwrap_or_default();
    let chosen = [on(wanted.address_in_use), on(wanted.signed_in), &of];
    let press = Press::of(&request, "letters", CookieName::Session, &chosen);
    let saved = press.once(move |mut request| async move {
        let account = request.current_user().await?.account;
        let version = version.unwrap_or(account.version);
        match service::choose_emails(&request.state, &account, version, &wanted, &request.client)
            .await?
        {
            true => Ok(Redirect::to(EMAILS).with_notice(Notice::Saved)),
            false => Err(AppError::new(RequestProblem::ChangedElsewhere)),
        }
    });
    respond(saved.await)
}

/// Like [`choose_emails`], for the switches, each of which is saved by itself: answers with what is stored now, which
/// differs if another tab was quicker.
///
/// # Errors
/// `signed_out`.
#[server(endpoint = "letter_switch")]
pub(crate) async fn switch_email(
    #[server(default)] address_in_use: Option<String>,
    #[server(default)] signed_in: Option<String>,
    #[server(default)] version: Option<i64>,
) -> Result<EmailsStored, AppError> {
    let mut request = RequestContext::of_request()?;
    let wanted =
        Wanted { address_in_use: address_in_use.is_some(), signed_in: signed_in.is_some() };
    let stored = async {
        let account = request.current_user().await?.account;
        let version = version.unwrap_or(account.version);
        Ok(service::switch_email(&request.state, &account, version, &wanted, &request.client)
            .await?)
    };
    // A refusal is answered like that of a form.
    stored.await.inspect_err(|error: &AppError| drop(respond::<AppError>(Err(error.clone()))))
}
