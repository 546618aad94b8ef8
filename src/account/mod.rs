//! My account: the hub.

mod pages;

use axum::{Router, routing::get};

use crate::server::app::AppState;

/// The pages.
pub fn routes() -> Router<AppState> {
    Router::new().route("/", get(pages::home)).route("/account", get(pages::hub))
}
