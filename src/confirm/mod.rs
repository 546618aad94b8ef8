//! Fresh proof: the password once more, or an emailed code, before what must not happen by a stolen session alone.

mod api;
mod pages;
mod service;

use axum::{Router, routing::get};

pub(crate) use self::api::*;
use crate::server::app::App;

const SCREEN: &str = "/account/confirm";
/// Where to go on when nothing was asked for.
const SETTINGS: &str = "/account/settings";

/// The page; its forms are posted to the server functions.
pub fn routes() -> Router<App> {
    Router::new().route(SCREEN, get(pages::confirm))
}
