//! Assisted recovery: the pages on which the staff opens and decides one, the user confirms an address, and the owner of
//! the account stops it. The rules of its steps are in `server/assisted/`, its end is a recovery.

mod api;
mod banner;
pub(crate) mod mail;
mod pages;
mod service;

use axum::{Router, routing::get};

pub(crate) use self::{api::*, banner::RecoveryBanner};
use crate::server::{app::AppState, flows::FlowKind};

/// Where the staff finds them.
const LIST: &str = "/operator/assisted";
/// The flashes of each one's page.
const ONE: &str = "/operator/assisted/one";
/// Where the user confirms an address.
const ASK: &str = "/recover/assisted";
const CODE: &str = "/recover/assisted/code";
/// Where the owner stops it.
pub(crate) const STOP: &str = "/recover/assisted/stop";
/// The cookie of the way to a confirmed address. Not `flow`: a user who is recovering the account in another way
/// meanwhile continues with that.
const FLOW: &str = FlowKind::Assisted.cookie();

/// The pages; their forms are posted to the server functions.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route(LIST, get(pages::list))
        .route("/operator/assisted/{id}", get(pages::one))
        .route(ASK, get(pages::ask))
        .route(CODE, get(pages::code))
        .route(STOP, get(pages::stop))
}

fn path_of(id: &str) -> String {
    format!("{LIST}/{id}")
}
