//! Changing the email address: a fresh proof, then a code to the new one. The old one can take the account back for a
//! while (see [`crate::objection`]).

mod api;
mod error;
pub(crate) mod mail;
mod pages;
mod service;

use axum::{Router, routing::get};

pub(crate) use self::{api::*, error::EmailChangeProblem};
use crate::server::app::AppState;

const SCREEN: &str = "/account/settings/email";
const CODE: &str = "/account/settings/email/code";

/// The pages; their forms are posted to the server functions.
pub fn routes() -> Router<AppState> {
    Router::new().route(SCREEN, get(pages::email)).route(CODE, get(pages::code))
}
