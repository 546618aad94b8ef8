//! The table of all screens.

use axum::{Router, routing::get};

use crate::{
    account, password, recovery, register,
    server::{app::App, http::page::screen},
    sign_in,
};

/// Address → screen: browsers, scripts and shops rely on these. Forms post to the server functions below `/api`.
pub fn screens() -> Router<App> {
    Router::new()
        .route("/", screen(account::page::home))
        .route("/sign-in", screen(sign_in::page::show))
        .route("/register", screen(register::page::details))
        .route("/register/code", screen(register::page::code))
        .route("/recover", screen(recovery::page::who))
        .route("/recover/method", screen(recovery::page::method))
        .route("/recover/code", screen(recovery::page::code))
        .route("/recover/password", screen(recovery::page::new_password))
        .route("/recover/done", screen(recovery::page::done))
        .route("/account", screen(account::page::hub))
        .route("/account/profile", screen(account::page::profile))
        .route("/account/profile/password", screen(password::page::change))
        .route("/.well-known/change-password", get(password::page::well_known))
}
