//! How good a password would be that is being typed.

#![expect(missing_docs, reason = "the arguments of server functions are what is posted")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{error::AppError, forms::SecretText};

/// What is said about a password that is being typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordStrength {
    /// 0 (refused) to 4 (very strong).
    pub score: u8,
    /// One sentence.
    pub words: String,
}

/// Judges a password for the owner of `login` and `email`; nothing is kept of it.
///
/// # Errors
/// `busy` when too many ask at once, `too_many_from_network` with the seconds to wait.
#[server(endpoint = "password_help")]
pub async fn password_help(
    #[server(default)] password: SecretText,
    #[server(default)] login: String,
    #[server(default)] email: String,
) -> Result<PasswordStrength, AppError> {
    use crate::server::{
        http::{context::Cx, form::refused},
        password_help::judge,
    };
    let mut cx = Cx::of_request()?;
    let account = cx.signed_in().await?.map(|signed_in| signed_in.account);
    let email = account.map_or(email, |account| account.email);
    let judged = judge(&cx.app, &password, login.trim(), email.trim(), cx.locale, &cx.client).await;
    judged.map_err(|error| refused(error.into()))
}
