//! Activity: what happened to an account, in words that its owner understands.

mod pages;
mod view;
pub(crate) mod words;

use axum::{Router, routing::get};

pub(crate) use self::pages::EventList;
use crate::state::AppState;

const ACTIVITY: &str = "/account/activity";

/// Returns the feature's route.
pub(crate) fn routes() -> Router<AppState> {
    Router::new().route(ACTIVITY, get(pages::list))
}
