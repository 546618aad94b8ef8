//! The profile: display name, picture, language, time zone.

mod api;
mod error;
mod pages;
mod service;
mod store;

use axum::{Router, routing::get};

pub(crate) use self::{api::save, error::ProfileProblem};
use crate::state::AppState;

const PROFILE: &str = "/account/profile";
const PICTURE: &str = "/account/picture";

/// The address that the form posts to.
pub(crate) const SAVE: &str = "/api/profile";

/// Largest accepted picture, in bytes.
pub(crate) const PICTURE_MAX: usize = 2 * 1024 * 1024;

/// Returns the routes of the page and of the user's picture. `save` receives a file and is routed with the other
/// uploads.
pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(PROFILE, get(pages::profile)).route(PICTURE, get(api::show_picture))
}
