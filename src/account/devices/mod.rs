//! Devices: where the user is signed in, what these devices are called, and signing them out.

mod api;
mod error;
mod pages;
mod service;
mod view;

use axum::{Router, routing::get};

pub(crate) use self::error::DeviceProblem;
use crate::state::AppState;

const DEVICES: &str = "/account/devices";

/// Returns the route of the page; its forms are posted to the server functions.
pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(DEVICES, get(pages::list))
}
