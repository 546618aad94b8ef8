//! Signing in and out.

mod api;
mod error;
mod form;
mod pages;
mod service;
mod staff;

use axum::{Router, routing::get};

pub(crate) use self::{api::*, error::SignInProblem};
use crate::state::AppState;

const PAGE: &str = "/sign-in";
const CODE: &str = "/sign-in/code";

/// Returns the routes of the pages; their forms are posted to the server functions.
pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(PAGE, get(pages::sign_in)).route(CODE, get(pages::code))
}
