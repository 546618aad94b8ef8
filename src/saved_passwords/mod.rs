//! Saved passwords: how to update or delete what a browser saved. It only tells; nothing is stored.

mod guide;
mod pages;

use axum::{Router, routing::get};

use crate::server::app::AppState;

const HELP: &str = "/help/saved-passwords";
const IN_ACCOUNT: &str = "/account/saved-passwords";

/// The pages.
pub fn routes() -> Router<AppState> {
    Router::new().route(HELP, get(pages::help)).route(IN_ACCOUNT, get(pages::in_account))
}
