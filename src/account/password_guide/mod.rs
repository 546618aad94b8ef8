//! Saved passwords: how to update or delete what a browser saved. The pages only inform; nothing is stored.

mod guide;
mod pages;

use axum::{Router, routing::get};

use crate::state::AppState;

const HELP: &str = "/help/saved-passwords";
const IN_ACCOUNT: &str = "/account/saved-passwords";

/// Returns the routes of the pages.
pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(HELP, get(pages::help)).route(IN_ACCOUNT, get(pages::in_account))
}
