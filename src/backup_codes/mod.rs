//! Backup codes: ten one-time codes on paper. They are made in the settings, shown once, and lead back in where neither
//! password nor mailbox is at hand.

mod api;
pub(crate) mod mail;
mod pages;
mod recover;
mod service;

use axum::{
    Router,
    routing::{get, post},
};

pub(crate) use self::{api::*, pages::BackupCodesLeft};
use crate::server::app::AppState;

/// Where they are made; its form posts to its own address, so that loading it again shows the page.
pub const SCREEN: &str = "/account/settings/codes";
/// Where the codes go to come back as a file.
pub const FILE: &str = "/account/settings/codes/file";
/// Where one is typed.
pub const RECOVER: &str = "/recover/saved-code";

/// The pages, the form that is answered with a page, and the file; the other form is posted to the server function.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route(SCREEN, get(pages::codes).post(make))
        .route(FILE, post(download))
        .route(RECOVER, get(pages::recover))
}
