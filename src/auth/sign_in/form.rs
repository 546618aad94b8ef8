//! What the sign-in form posts.

use crate::{
    auth::sign_in_context::SignInContext, domain::values::SecretText, i18n::Locale, security::Token,
};

/// What was posted.
pub(super) struct SignInForm<'a> {
    pub login: &'a str,
    pub password: &'a SecretText,
    pub persistent: bool,
    pub browser: SignInContext<'a>,
    /// The browser's current flow: that of a staff member who enters the password again continues.
    pub flow: Option<Token>,
    pub next: Option<&'a str>,
    pub locale: Locale,
}
