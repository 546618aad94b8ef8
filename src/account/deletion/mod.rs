//! Deleting an account: reauthentication, the username typed once more, and a grace period of fourteen days in which
//! signing in offers to keep the account.

mod api;
pub(crate) mod emails;
mod error;
mod pages;
pub(crate) mod purge;
mod service;

use axum::{Router, routing::get};

pub(crate) use self::{api::*, error::DeletionProblem};
use crate::state::AppState;

const PAGE: &str = "/account/settings/delete";

/// Returns the route of the page; its forms are posted to the server functions.
pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(PAGE, get(pages::delete))
}
