//! Changing the password: with the old one, or with an emailed code.

pub(crate) mod strength;

mod api;
mod pages;
mod service;

pub(crate) use self::{api::*, routes::routes};

mod routes {
    use axum::{Router, routing::get};

    use super::pages;
    use crate::state::AppState;

    pub(super) const CHANGE: &str = "/account/profile/password";
    pub(super) const METHOD: &str = "/account/settings/password";
    pub(super) const CODE: &str = "/account/settings/password/code";
    pub(super) const NEW: &str = "/account/settings/password/new";
    const WELL_KNOWN: &str = "/.well-known/change-password";

    /// Returns the routes of the pages; their forms are posted to the server functions.
    pub(crate) fn routes() -> Router<AppState> {
        Router::new()
            .route(CHANGE, get(pages::change))
            .route(METHOD, get(pages::method))
            .route(CODE, get(pages::code))
            .route(NEW, get(pages::new_password))
            .route(WELL_KNOWN, get(pages::well_known))
    }
}
