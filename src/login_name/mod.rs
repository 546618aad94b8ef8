//! Changing the username: a fresh proof, once in thirty days. The old name still signs in, and nobody else ever gets it.

mod api;
mod error;
pub(crate) mod mail;
mod pages;
mod service;

use axum::{Router, routing::get};

pub(crate) use self::{api::*, error::LoginChangeProblem};
use crate::server::app::AppState;

const SCREEN: &str = "/account/settings/login";

/// The page; its form is posted to the server function.
pub fn routes() -> Router<AppState> {
    Router::new().route(SCREEN, get(pages::login))
}
