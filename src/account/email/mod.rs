//! Changing the email address: reauthentication, then a code sent to the new address. The old address can reclaim the
//! account for a while (see [`crate::recovery::reclaim`]).

mod api;
pub(crate) mod emails;
mod error;
mod pages;
mod service;

use axum::{Router, routing::get};

pub(crate) use self::{api::*, error::EmailChangeProblem};
use crate::state::AppState;

const PAGE: &str = "/account/settings/email";
const CODE: &str = "/account/settings/email/code";

/// Returns the routes of the pages; their forms are posted to the server functions.
pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(PAGE, get(pages::email)).route(CODE, get(pages::code))
}
