//! The account of a signed-in user.

pub mod activity;
pub mod deletion;
pub mod devices;
pub mod email;
pub mod export;
pub mod home;
mod layout;
pub mod password;
pub mod password_guide;
pub mod profile;
pub mod settings;
pub mod username;

use axum::Router;

pub use self::layout::{AccountLayout, AccountPlace};
use crate::state::AppState;

/// Returns the routes of this area.
pub fn routes() -> Router<AppState> {
    Router::new()
        .merge(home::routes())
        .merge(profile::routes())
        .merge(devices::routes())
        .merge(activity::routes())
        .merge(settings::routes())
        .merge(password::routes())
        .merge(email::routes())
        .merge(username::routes())
        .merge(export::routes())
        .merge(deletion::routes())
        .merge(password_guide::routes())
}
