//! Assisted recovery: the pages on which staff open and decide a process, the user confirms an address, and the
//! account's owner stops it. The rules of its steps are in [`process`]; it ends in a normal recovery.

mod api;
mod banner;
pub(crate) mod emails;
mod pages;
pub(crate) mod process;
mod service;

use crate::http::cookies::CookieName;
use axum::{Router, routing::get};

pub(crate) use self::{
    api::*,
    banner::{UnderWay, add_banner},
};
use crate::{
    domain::{ids::AssistedId, verification::flows::FlowKind},
    state::AppState,
};

/// The staff's list of processes.
const LIST: &str = "/operator/assisted";
/// The path for the flash messages of each process's page.
const ONE: &str = "/operator/assisted/one";
/// Where the user confirms an address.
const ASK: &str = "/recover/assisted";
const CODE: &str = "/recover/assisted/code";
/// Where the owner stops a process.
pub(crate) const STOP: &str = "/recover/assisted/stop";
/// The cookie of the flow that confirms the address. It is not `flow`: a user who is recovering the account in another
/// way at the same time continues with that flow.
const FLOW: CookieName = CookieName::Flow(FlowKind::Assisted);

/// Returns the routes of the pages; their forms are posted to the server functions.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route(LIST, get(pages::list))
        .route("/operator/assisted/{id}", get(pages::one))
        .route(ASK, get(pages::ask))
        .route(CODE, get(pages::code))
        .route(STOP, get(pages::stop))
}

fn path_of(id: &AssistedId) -> String {
    format!("{LIST}/{id}")
}
