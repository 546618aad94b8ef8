//! Signing in on a computer with a phone: the computer shows a code, the phone on which the user is signed in approves,
//! and only the browser that asked gets the session (IETF draft on cross-device flows, §6.1).

mod api;
pub(crate) mod emails;
mod error;
mod pages;
mod picture;
pub(crate) mod requests;
mod service;
mod stream;

use axum::{Router, routing::get};

pub(crate) use self::{api::*, error::QrProblem};
use crate::{
    clock::HOUR,
    http::{context::RequestContext, cookies::CookieName},
    security::Token,
    state::AppState,
};

/// The computer's page.
const COMPUTER: &str = "/sign-in/qr";
const STREAM: &str = "/sign-in/qr/stream";
/// The phone's page.
const PHONE: &str = "/qr";
const SCAN: &str = "/qr/scan";

/// Returns the routes of the pages, whose forms are posted to the server functions, and of the stream for the
/// computer's page.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route(COMPUTER, get(pages::computer))
        .route(STREAM, get(stream::open))
        .route(PHONE, get(pages::phone))
        .route("/qr/{token}", get(pages::follow))
        .route(SCAN, get(pages::scan).layer(pages::with_camera()))
}

/// Sets the cookie with the secret that binds the request to the computer's browser.
fn give_request(request: &RequestContext, token: &Token) {
    request.set_cookie(CookieName::Qr, &token.expose_secret(), Some(HOUR));
}
