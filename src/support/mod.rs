//! The support chat, the console of its operators, and the staff.

pub mod chat;
pub mod console;
pub mod conversation;
pub mod staff;
pub mod translation;

use axum::Router;

use crate::state::AppState;

/// Returns the routes of this area.
pub fn routes() -> Router<AppState> {
    Router::new().merge(chat::routes()).merge(console::routes()).merge(staff::routes())
}
