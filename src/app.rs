//! The table of all screens.

use axum::{
    Router,
    routing::{get, post},
};

use crate::{
    account, activity, assisted, confirm, deletion, email, export, forgotten_login, login_name,
    objection, password, profile, recovery, register, saved_passwords,
    server::{app::App, http::page::screen},
    sessions, settings, sign_in, staff, support,
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
        .route("/recover/login", screen(forgotten_login::page::show))
        .route("/account", screen(account::page::hub))
        .route("/account/profile", screen(profile::page::show))
        .route("/account/profile/password", screen(password::page::change))
        .route("/account/picture", get(profile::show_picture))
        .route("/account/devices", screen(sessions::page::list))
        .route("/account/activity", screen(activity::page::list))
        .route("/account/saved-passwords", screen(saved_passwords::page::in_account))
        .route("/account/confirm", screen(confirm::page::show))
        .route("/account/settings", screen(settings::page::list))
        .route("/account/settings/password", screen(password::page::method))
        .route("/account/settings/password/code", screen(password::page::code))
        .route("/account/settings/password/new", screen(password::page::new_password))
        .route("/account/settings/email", screen(email::page::ask))
        .route("/account/settings/email/code", screen(email::page::code))
        .route("/account/settings/login", screen(login_name::page::show))
        .route("/account/settings/letters", screen(settings::page::letters))
        .route("/account/settings/export", screen(export::page::show))
        .route("/account/settings/delete", screen(deletion::page::show))
        .route("/letter", screen(objection::page::show))
        .route("/letter/{token}", get(objection::page::follow))
        .route("/help/saved-passwords", screen(saved_passwords::page::help))
        // Of saved codes.
        // Of signing in by QR code.
        // Of support.
        .route("/support", screen(support::page::show))
        .route("/support/email", screen(support::page::email))
        .route("/support/email/code", screen(support::page::email_code))
        .route("/support/stream", get(support::listen))
        .route("/support/picture/{id}", get(support::show_picture))
        // Of the console.
        // Of assisted recovery.
        .route("/recover/assisted", screen(assisted::page::shopper::ask))
        .route("/recover/assisted/code", screen(assisted::page::shopper::code))
        .route("/recover/assisted/stop", screen(assisted::page::stop::show))
        .route("/recover/arranged", screen(recovery::page::arranged))
        .route("/operator/assisted", screen(assisted::page::list::show))
        .route("/operator/assisted/{id}", screen(assisted::page::one::show))
        // Of staff.
        .route("/sign-in/code", screen(sign_in::page::code))
        .route("/operator/staff", screen(staff::page::list))
        // Forms that no server function can answer: a download.
        .route(export::DOWNLOAD, post(export::download))
        .route("/.well-known/change-password", get(password::page::well_known))
}

/// Forms that bring a file: the only ones that may.
pub fn uploads() -> Router<App> {
    Router::new()
        .route(profile::SAVE, post(profile::save))
        .route(support::BEGIN, post(support::begin))
        .route(support::SEND, post(support::send))
}
