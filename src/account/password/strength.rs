//! Rates the strength of a password while it is being typed.
use leptos::prelude::*;

use crate::{
    domain::{password_help::judge, values::SecretText},
    error::AppError,
    http::{context::RequestContext, post_redirect_get::refused},
    islands::PasswordStrength,
};

/// Rates a password for the owner of `login` and `email`; nothing is stored.
///
/// # Errors
/// `busy` when too many ask at once, `too_many_from_network` with the seconds to wait.
#[server(endpoint = "password_help")]
pub(crate) async fn password_help(
    #[server(default)] password: SecretText,
    #[server(default)] login: String,
    #[server(default)] email: String,
) -> Result<PasswordStrength, AppError> {
    let mut request = RequestContext::of_request()?;
    let account = request.signed_in().await?.map(|signed_in| signed_in.account);
    let email = account.map_or(email, |account| account.email);
    let judged = judge(
        &request.state,
        &password,
        login.trim(),
        email.trim(),
        request.locale,
        &request.client,
    )
    .await;
    judged.map_err(|error| refused(error.into()))
}
