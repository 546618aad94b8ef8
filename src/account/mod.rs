//! The account of a signed-in user.

pub(crate) mod activity;
pub(crate) mod deletion;
pub(crate) mod devices;
pub(crate) mod email;
pub(crate) mod export;
pub(crate) mod home;
mod layout;
pub(crate) mod password;
pub(crate) mod password_guide;
pub(crate) mod profile;
pub(crate) mod settings;
pub(crate) mod username;

use axum::Router;

pub(crate) use self::layout::{AccountLayout, AccountPlace};
use crate::state::AppState;

/// Returns the routes of this area.
pub(crate) fn routes() -> Router<AppState> {
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
