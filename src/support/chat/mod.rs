//! The support chat, as the user sees it: beginning a conversation, writing, reading along, being notified by email
//! that an answer waits. The conversations themselves are [`crate::support::conversation`].

mod access;
mod api;
pub(crate) mod emails;
pub(crate) mod happened;
mod pages;
mod pictures;
mod service;
mod stream;
mod upload;
mod view;

use crate::http::cookies::CookieName;
use axum::{
    Router,
    routing::{get, post},
};

pub(crate) use self::api::*;
use crate::{
    clock::{Duration, days},
    domain::verification::flows::FlowKind,
    state::AppState,
};

const PAGE: &str = "/support";
const STREAM: &str = "/support/stream";
const EMAIL: &str = "/support/email";
const CODE: &str = "/support/email/code";

/// Where the first message is posted.
pub(crate) const BEGIN: &str = "/api/support_begin";
/// Where further messages are posted.
pub(crate) const SEND: &str = "/api/support_send";

/// Largest accepted picture, in bytes.
const PICTURE_MAX: usize = 5 * 1024 * 1024;
/// How long the cookie of a conversation lives after the last message.
const COOKIE_AGE: Duration = days(90);
/// The cookie of the flow that confirms the address. It is not `flow`: a user who asks support during a recovery
/// continues the recovery afterwards.
const FLOW: CookieName = CookieName::Flow(FlowKind::SupportEmail);

/// Returns the routes of the pages, their stream and their pictures.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route(PAGE, get(pages::show))
        .route(EMAIL, get(pages::email))
        .route(CODE, get(pages::email_code))
        .route(STREAM, get(stream::listen))
        .route("/support/picture/{id}", get(pictures::show))
}

/// Returns the routes of the forms that may contain a picture.
pub(crate) fn uploads() -> Router<AppState> {
    Router::new().route(BEGIN, post(upload::begin)).route(SEND, post(upload::send))
}
