//! "This was not me": where the links in emails lead. A link opens a page with a button and does nothing by itself.

mod api;
pub(crate) mod emails;
mod pages;
mod service;

use axum::{Router, routing::get};

pub(crate) use self::api::*;
use crate::state::AppState;

const PAGE: &str = "/letter";

/// Returns the routes of the page and of the links that lead to it; its form is posted to the server function.
pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(PAGE, get(pages::object)).route("/letter/{token}", get(pages::follow_link))
}
