//! Changing the username: reauthentication, at most once in thirty days. The old name still signs in, and is never
//! given to another account.

mod api;
pub(crate) mod emails;
mod error;
mod pages;
mod service;

use axum::{Router, routing::get};

pub(crate) use self::{api::*, error::UsernameChangeProblem};
use crate::state::AppState;

const PAGE: &str = "/account/settings/login";

/// Returns the route of the page; its form is posted to the server function.
pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(PAGE, get(pages::username))
}
