//! Fresh proof: the password once more, or an emailed code, before what must not happen by a stolen session alone.

mod api;
mod dialog;
mod pages;
mod service;

use axum::{Router, routing::get};

pub(crate) use self::{api::*, dialog::ReauthenticationDialog};
use crate::server::{app::AppState, reauthentication::SCREEN};

/// The page; its forms are posted to the server functions.
pub fn routes() -> Router<AppState> {
    Router::new().route(SCREEN, get(pages::confirm))
}
