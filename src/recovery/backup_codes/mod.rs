//! Backup codes: ten one-time codes on paper. They are created in the settings, shown once, and restore access when
//! neither password nor mailbox is available.

mod api;
pub(crate) mod emails;
mod pages;
mod recover;
mod service;

use axum::{
    Router,
    routing::{get, post},
};

pub(crate) use self::api::*;
pub(crate) use crate::domain::backup_codes::PAGE;
use crate::state::AppState;

/// Where the codes are posted to be returned as a file.
pub(crate) const FILE: &str = "/account/settings/codes/file";
/// Where a code is entered.
pub(crate) const RECOVER: &str = "/recover/saved-code";

/// Returns the routes of the pages, of the form that is answered with a page, and of the file; the other form is posted
/// to the server function.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route(PAGE, get(pages::codes).post(make))
        .route(FILE, post(download))
        .route(RECOVER, get(pages::recover))
}
