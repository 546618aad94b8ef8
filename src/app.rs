//! The table of all pages.

use axum::{Router, routing::post};

use crate::{
    account::{
        self,
        deletion::DeletionProblem,
        devices::DeviceProblem,
        email::EmailChangeProblem,
        export,
        profile::{self, ProfileProblem},
        username::UsernameChangeProblem,
    },
    auth::{self, qr_sign_in::QrProblem, sign_in::SignInProblem},
    domain::{
        accounts::IdentifierProblem,
        backup_codes::BackupCodeProblem,
        email_link::LinkProblem,
        passwords::EnteredPasswordProblem,
        values::{EmailProblem, LanguageProblem, MessageProblem, PasswordProblem, UsernameProblem},
        verification::{captcha::CaptchaProblem, codes::CodeProblem, flows::FlowProblem},
    },
    error::{Problems, RequestProblem},
    images::PictureProblem,
    mailer::MailProblem,
    recovery::{self, assisted::process::AssistedProblem, backup_codes},
    state::AppState,
    support::{
        self, chat, console::ConsoleProblem, conversation::ConversationProblem, staff::RoleProblem,
    },
};

/// Returns the routes of all pages: browsers, scripts and shops rely on these addresses. Forms post to the server
/// functions below `/api`.
pub(crate) fn pages() -> Router<AppState> {
    Router::new()
        .merge(auth::routes())
        .merge(recovery::routes())
        .merge(account::routes())
        .merge(support::routes())
}

/// Returns the problems that a form may report, by name.
pub(crate) fn problems() -> Problems {
    Problems::default()
        .with::<AssistedProblem>()
        .with::<CaptchaProblem>()
        .with::<CodeProblem>()
        .with::<ConsoleProblem>()
        .with::<ConversationProblem>()
        .with::<DeletionProblem>()
        .with::<DeviceProblem>()
        .with::<EmailChangeProblem>()
        .with::<EmailProblem>()
        .with::<EnteredPasswordProblem>()
        .with::<FlowProblem>()
        .with::<IdentifierProblem>()
        .with::<LanguageProblem>()
        .with::<LinkProblem>()
        .with::<UsernameChangeProblem>()
        .with::<UsernameProblem>()
        .with::<MailProblem>()
        .with::<MessageProblem>()
        .with::<PasswordProblem>()
        .with::<PictureProblem>()
        .with::<ProfileProblem>()
        .with::<QrProblem>()
        .with::<RequestProblem>()
        .with::<RoleProblem>()
        .with::<BackupCodeProblem>()
        .with::<SignInProblem>()
}

/// Returns the routes of the forms that may upload a file: no others may.
pub(crate) fn uploads() -> Router<AppState> {
    Router::new().route(profile::SAVE, post(profile::save)).merge(chat::uploads())
}

/// Address that a form posts to → page that shows the form. A form that cannot be read is sent back there, and so is a
/// browser that opens the posting address as a page.
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
    ("/api/check_registration_field", "/register"),
    ("/api/recover", "/recover"),
    ("/api/recover_email", "/recover/code"),
    ("/api/recover_code", "/recover/code"),
    ("/api/recover_arranged", "/recover/code"),
    ("/api/recover_arranged_again", "/recover/code"),
    ("/api/recover_password", "/recover/password"),
    ("/api/recover_saved_code", backup_codes::RECOVER),
    ("/api/find_login", "/recover/login"),
    ("/api/confirm", "/account/confirm"),
    ("/api/confirm_email", "/account/confirm"),
    ("/api/confirm_code", "/account/confirm"),
    (profile::SAVE, "/account/profile"),
    ("/api/change_password", "/account/profile/password"),
    ("/api/settings_password_email", "/account/settings/password/code"),
    ("/api/settings_password_code", "/account/settings/password/code"),
    ("/api/settings_password", "/account/settings/password/new"),
    ("/api/email", "/account/settings/email"),
    ("/api/email_resend", "/account/settings/email/code"),
    ("/api/email_code", "/account/settings/email/code"),
    ("/api/login", "/account/settings/login"),
    ("/api/letters", "/account/settings/letters"),
    ("/api/letter_switch", "/account/settings/letters"),
    (export::DOWNLOAD, "/account/settings/export"),
    ("/api/delete", "/account/settings/delete"),
    ("/api/keep", "/account/settings/delete"),
    (backup_codes::PAGE, backup_codes::PAGE),
    (backup_codes::FILE, backup_codes::PAGE),
    ("/api/end_session", "/account/devices"),
    ("/api/end_other_sessions", "/account/devices"),
    ("/api/name_session", "/account/devices"),
    ("/api/object", "/letter"),
    ("/api/qr_new", "/sign-in/qr"),
    ("/api/qr_collect", "/sign-in/qr"),
    ("/api/qr_type", "/qr"),
    ("/api/qr_answer", "/qr"),
    ("/api/qr_other_account", "/qr"),
    (chat::BEGIN, "/support"),
    (chat::SEND, "/support"),
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

/// Returns the page of the form that posts to this address.
#[must_use]
pub(crate) fn page_of(address: &str) -> Option<&'static str> {
    FORMS.iter().find(|(posted, _)| *posted == address).map(|(_, page)| *page)
}
