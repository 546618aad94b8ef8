//! Forgotten login: finds the account that an address has, or had.

mod api;
pub(crate) mod emails;
mod pages;
mod service;

use axum::{Router, routing::get};

pub(crate) use self::api::*;
use crate::state::AppState;

const PAGE: &str = "/recover/login";

/// Returns the route of the page; its form is posted to the server function.
pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(PAGE, get(pages::find_login))
}
