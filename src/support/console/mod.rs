//! The operators' console: who waits, several conversations side by side, what operators may know of an account, canned
//! answers, numbers.

mod api;
mod console_view;
mod cursor;
mod error;
mod layout;
mod long;
mod outcome;
mod pages;
mod people;
mod posted;
mod service;
mod store;
mod stream;
mod texts;
mod view;

use axum::{
    Router,
    routing::{get, post},
};

pub(crate) use self::{
    api::*,
    error::ConsoleProblem,
    layout::{ConsoleLayout, ConsolePlace},
};
use crate::state::AppState;

/// The queue, and the conversations that are open beside it.
const PAGE: &str = "/operator";
/// The console's stream.
const STREAM: &str = "/operator/stream";
/// The canned answers.
const ANSWERS: &str = "/operator/answers";

/// Returns the routes of the pages, their stream, and the forms that no server function reads.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route(PAGE, get(pages::console))
        .route(STREAM, get(stream::listen))
        .route(ANSWERS, get(pages::answers))
        .route("/operator/numbers", get(pages::stats))
        .route(long::ANSWER, post(long::answer))
        .route(long::NOTE, post(long::note))
        .route(long::CANNED, post(long::save_canned))
}
