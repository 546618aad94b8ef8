//! Recovering an account: identification, the captcha, a method, the code, a new password.

mod api;
pub(crate) mod emails;
mod pages;
mod service;

use axum::{Router, routing::get};

pub(crate) use self::api::{flow_at, *};
pub(crate) use self::{
    pages::{EmailCodeChoice, flow_of_page},
    service::Way,
};
use crate::state::AppState;

/// The addresses of the pages.
pub(crate) const START: &str = "/recover";
const METHOD: &str = "/recover/method";
const CODE: &str = "/recover/code";
const PASSWORD: &str = "/recover/password";
const DONE: &str = "/recover/done";
const ARRANGED: &str = "/recover/arranged";

/// Returns the routes of the pages; their forms are posted to the server functions.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route(START, get(pages::start))
        .route(METHOD, get(pages::method))
        .route(CODE, get(pages::code))
        .route(PASSWORD, get(pages::password))
        .route(DONE, get(pages::done))
        .route(ARRANGED, get(pages::arranged))
}
