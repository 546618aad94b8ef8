//! Getting back in: by email, with backup codes, with the help of support; a forgotten username; "This was not me".

pub(crate) mod assisted;
pub(crate) mod backup_codes;
pub(crate) mod by_email;
pub(crate) mod reclaim;
pub(crate) mod username_reminder;

use axum::Router;

use crate::state::AppState;

/// Returns the routes of this area.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .merge(by_email::routes())
        .merge(username_reminder::routes())
        .merge(backup_codes::routes())
        .merge(assisted::routes())
        .merge(reclaim::routes())
}
