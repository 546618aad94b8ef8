//! Settings: the list of what can be changed, and the choice of emails.

mod api;
mod pages;
mod service;

use axum::{Router, routing::get};

use crate::state::AppState;

const SETTINGS: &str = "/account/settings";
const EMAILS: &str = "/account/settings/letters";

/// Returns the routes of the pages; their form is posted to the server function.
pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(SETTINGS, get(pages::settings)).route(EMAILS, get(pages::emails))
}
