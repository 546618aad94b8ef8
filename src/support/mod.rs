//! The support chat, the console of its operators, and the staff.

pub(crate) mod chat;
pub(crate) mod console;
pub(crate) mod conversation;
pub(crate) mod staff;
pub(crate) mod translation;

use axum::Router;

use crate::state::AppState;

/// Returns the routes of this area.
pub(crate) fn routes() -> Router<AppState> {
    Router::new().merge(chat::routes()).merge(console::routes()).merge(staff::routes())
}
