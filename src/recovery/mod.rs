//! Getting back in: by email, with backup codes, with the help of support; a forgotten username; "This was not me".

pub mod assisted;
pub mod backup_codes;
pub mod by_email;
pub mod reclaim;
pub mod username_reminder;

use axum::Router;

use crate::state::AppState;

/// Returns the routes of this area.
pub fn routes() -> Router<AppState> {
    Router::new()
        .merge(by_email::routes())
        .merge(username_reminder::routes())
        .merge(backup_codes::routes())
        .merge(assisted::routes())
        .merge(reclaim::routes())
}
