//! My account: the hub.

mod pages;

use axum::{Router, routing::get};

use crate::server::app::App;

/// The pages.
pub fn routes() -> Router<App> {
    Router::new().route("/", get(pages::home)).route("/account", get(pages::hub))
}
