//! Creating an account: username, address and password, then the code from the email. The account exists only once the
//! address is confirmed.

mod api;
mod check;
pub(crate) mod emails;
mod pages;
mod service;

use axum::{Router, routing::get};

pub(crate) use self::{api::*, check::*};
use crate::state::AppState;

const START: &str = "/register";
const CODE: &str = "/register/code";

/// Returns the routes of the pages; their forms are posted to the server functions.
pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(START, get(pages::register)).route(CODE, get(pages::code))
}
