//! Forgotten login: an address is asked which account it has, or had.

mod api;
pub(crate) mod mail;
mod pages;
mod service;

use axum::{Router, routing::get};

pub(crate) use self::api::*;
use crate::server::app::AppState;

const SCREEN: &str = "/recover/login";

/// The page; its form is posted to the server function.
pub fn routes() -> Router<AppState> {
    Router::new().route(SCREEN, get(pages::find_login))
}
