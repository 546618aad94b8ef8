//! The profile: display name, picture, language, time zone.

mod api;
mod error;
mod pages;
mod service;
mod store;

use axum::{Router, routing::get};

pub(crate) use self::{api::save, error::ProfileProblem, store::picture_id};
use crate::server::app::AppState;

const PROFILE: &str = "/account/profile";
const PICTURE: &str = "/account/picture";

/// Where the form is posted.
pub const SAVE: &str = "/api/profile";

/// Largest picture that is taken.
pub const PICTURE_MAX: usize = 2 * 1024 * 1024;

/// The page, and the user's picture. [`save`] takes a file and is routed where those are.
pub fn routes() -> Router<AppState> {
    Router::new().route(PROFILE, get(pages::profile)).route(PICTURE, get(api::show_picture))
}
