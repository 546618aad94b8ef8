//! Export: one ZIP with everything that is stored about a user, for programs (JSON) and people (HTML).

mod api;
pub(crate) mod emails;
mod pages;
mod service;
pub(crate) mod store;
mod words;

use axum::{
    Router,
    routing::{get, post},
};

use crate::state::AppState;

const PAGE: &str = "/account/settings/export";
/// The address that the button posts to.
pub(crate) const DOWNLOAD: &str = "/api/export";

/// Returns the routes of the page and of the form that is answered with the file.
pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(PAGE, get(pages::export)).route(DOWNLOAD, post(api::download))
}
