//! Who is operator or admin: the list, for admins, and the form with which they grant roles.

mod api;
mod error;
mod pages;
mod service;

use axum::{Router, routing::get};

pub(crate) use self::{api::*, error::RoleProblem};
use crate::state::AppState;

const PAGE: &str = "/operator/staff";

/// Returns the route of the page; its form is posted to the server function.
pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(PAGE, get(pages::staff))
}
