//! Reauthentication: the password once more, or an emailed code, before actions that a stolen session alone must not
//! allow.

mod api;
mod dialog;
mod pages;
mod service;

use axum::{Router, routing::get};

pub(crate) use self::{api::*, dialog::ReauthenticationDialog};
use crate::{http::reauthentication::PAGE, state::AppState};

/// Returns the route of the page; its forms are posted to the server functions.
pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(PAGE, get(pages::confirm))
}
