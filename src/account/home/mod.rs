//! The account's home page.

mod pages;
mod store;

use axum::{Router, routing::get};

use crate::state::AppState;

/// Returns the feature's routes.
pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/", get(pages::home)).route("/account", get(pages::hub))
}
