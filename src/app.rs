//! The table of all screens.

use axum::{
    Router,
    routing::{get, post},
};

use crate::{
    account, activity, assisted, confirm, deletion, email, export, forgotten_login, login_name,
    objection, operator, password, profile, qr, recovery, register, saved_codes, saved_passwords,
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
        .route(saved_codes::SCREEN, screen(saved_codes::page::show).post(saved_codes::make))
        .route(saved_codes::FILE, post(saved_codes::download))
        .route(saved_codes::RECOVER, screen(saved_codes::page::recover))
        // Of signing in by QR code.
        .route("/sign-in/qr", screen(qr::page::computer))
        .route("/sign-in/qr/stream", get(qr::stream::open))
        .route("/qr", screen(qr::page::phone))
        .route("/qr/{token}", get(qr::page::follow))
        .route("/qr/scan", screen(qr::page::scan).layer(qr::page::with_camera()))
        // Of support.
        .route("/support", screen(support::page::show))
        .route("/support/email", screen(support::page::email))
        .route("/support/email/code", screen(support::page::email_code))
        .route("/support/stream", get(support::listen))
        .route("/support/picture/{id}", get(support::show_picture))
        // Of the console.
        .route("/operator", screen(operator::page::desk))
        .route(operator::STREAM, get(operator::listen))
        .route("/operator/answers", screen(operator::page::answers))
        .route("/operator/numbers", screen(operator::page::numbers))
        .merge(operator::forms())
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

/// Where a form is posted → the screen that it stands on: what cannot be read goes back there, and so does whoever opens
/// the first as if it were the second.
pub(crate) const FORMS: &[(&str, &str)] = &[
    ("/api/sign_in", "/sign-in"),
    ("/api/sign_in_code", "/sign-in/code"),
    ("/api/sign_in_email", "/sign-in/code"),
    ("/api/sign_out", "/account"),
    ("/api/language", "/"),
    ("/api/register", "/register"),
    ("/api/register_resend", "/register/code"),
    ("/api/register_code", "/register/code"),
    ("/api/password_help", "/register"),
    ("/api/recover", "/recover"),
    ("/api/recover_email", "/recover/method"),
    ("/api/recover_code", "/recover/code"),
    ("/api/recover_arranged", "/recover/code"),
    ("/api/recover_arranged_again", "/recover/code"),
    ("/api/recover_password", "/recover/password"),
    ("/api/recover_saved_code", saved_codes::RECOVER),
    ("/api/find_login", "/recover/login"),
    ("/api/confirm", "/account/confirm"),
    ("/api/confirm_email", "/account/confirm"),
    ("/api/confirm_code", "/account/confirm"),
    (profile::SAVE, "/account/profile"),
    ("/api/change_password", "/account/profile/password"),
    ("/api/settings_password_email", "/account/settings/password"),
    ("/api/settings_password_code", "/account/settings/password/code"),
    ("/api/settings_password", "/account/settings/password/new"),
    ("/api/email", "/account/settings/email"),
    ("/api/email_resend", "/account/settings/email/code"),
    ("/api/email_code", "/account/settings/email/code"),
    ("/api/login", "/account/settings/login"),
    ("/api/letters", "/account/settings/letters"),
    (export::DOWNLOAD, "/account/settings/export"),
    ("/api/delete", "/account/settings/delete"),
    ("/api/keep", "/account/settings/delete"),
    (saved_codes::SCREEN, saved_codes::SCREEN),
    (saved_codes::FILE, saved_codes::SCREEN),
    ("/api/end_session", "/account/devices"),
    ("/api/end_other_sessions", "/account/devices"),
    ("/api/object", "/letter"),
    ("/api/qr_new", "/sign-in/qr"),
    ("/api/qr_collect", "/sign-in/qr"),
    ("/api/qr_type", "/qr"),
    ("/api/qr_answer", "/qr"),
    ("/api/qr_other_account", "/qr"),
    (support::BEGIN, "/support"),
    (support::SEND, "/support"),
    ("/api/support_end", "/support"),
    ("/api/support_leave", "/support"),
    ("/api/support_typing", "/support"),
    ("/api/support_seen", "/support"),
    ("/api/support_email", "/support/email"),
    ("/api/support_email_resend", "/support/email/code"),
    ("/api/support_email_code", "/support/email/code"),
    ("/api/support_email_off", "/support"),
    ("/api/operator_typing", "/operator"),
    ("/api/operator_take", "/operator"),
    ("/api/operator_hand_over", "/operator"),
    ("/api/operator_close", "/operator"),
    ("/api/operator_reopen", "/operator"),
    ("/api/operator_look", "/operator"),
    ("/api/operator_claim", "/operator"),
    ("/api/operator_answer", "/operator"),
    ("/api/operator_note", "/operator"),
    ("/api/operator_duty", "/operator"),
    ("/api/operator_keys", "/operator"),
    ("/api/operator_canned", "/operator/answers"),
    ("/api/operator_canned_remove", "/operator/answers"),
    ("/api/operator_canned_starters", "/operator/answers"),
    ("/api/assisted_open", "/operator/assisted"),
    ("/api/assisted_approve", "/operator/assisted"),
    ("/api/assisted_refuse", "/operator/assisted"),
    ("/api/assisted_email", "/recover/assisted"),
    ("/api/assisted_resend", "/recover/assisted/code"),
    ("/api/assisted_code", "/recover/assisted/code"),
    ("/api/assisted_stop", "/recover/assisted/stop"),
    ("/api/assisted_stop_own", "/recover/assisted/stop"),
    ("/api/staff_role", "/operator/staff"),
];

/// The screen of the form that is posted to this address.
#[must_use]
pub fn screen_of(address: &str) -> Option<&'static str> {
    FORMS.iter().find(|(posted, _)| *posted == address).map(|(_, screen)| *screen)
}
