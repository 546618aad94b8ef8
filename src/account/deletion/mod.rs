//! Deleting an account: reauthentication, the username typed once more, and a grace period of fourteen days in which
//! signing in offers to keep the account.

mod api;
mod error;
pub(crate) mod mail;
mod pages;
pub mod purge;
mod service;

use axum::{Router, routing::get};

pub(crate) use self::{api::*, error::DeletionProblem};
use crate::state::AppState;

const SCREEN: &str = "/account/settings/delete";

/// Returns the route of the page; its forms are posted to the server functions.
pub fn routes() -> Router<AppState> {
    Router::new().route(SCREEN, get(pages::delete))
}
