//! Getting in: signing in, registering, with a phone, and proving it again.

pub(crate) mod complete_sign_in;
pub(crate) mod qr_sign_in;
pub(crate) mod reauthentication;
pub(crate) mod registration;
pub(crate) mod sign_in;
pub(crate) mod sign_in_context;

use axum::Router;

use crate::state::AppState;

/// Returns the routes of this area.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .merge(sign_in::routes())
        .merge(registration::routes())
        .merge(qr_sign_in::routes())
        .merge(reauthentication::routes())
}
