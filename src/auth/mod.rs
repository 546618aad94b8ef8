//! Getting in: signing in, registering, with a phone, and proving it again.

pub mod complete_sign_in;
pub mod qr_sign_in;
pub mod reauthentication;
pub mod registration;
pub mod sign_in;

use axum::Router;

use crate::state::AppState;

/// Returns the routes of this area.
pub fn routes() -> Router<AppState> {
    Router::new()
        .merge(sign_in::routes())
        .merge(registration::routes())
        .merge(qr_sign_in::routes())
        .merge(reauthentication::routes())
}
