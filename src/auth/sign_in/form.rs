//! What the sign-in form posts.

use crate::{
    domain::{client::Client, known_browser::DeviceTokens, values::SecretText},
    i18n::Locale,
    security::Token,
};

/// What was posted.
pub(super) struct SignInForm<'a> {
    pub login: &'a str,
    pub password: &'a SecretText,
    pub persistent: bool,
    pub client: &'a Client,
    pub devices: DeviceTokens,
    /// The browser's previous session, planted by an attacker or not: it ends.
    pub old_session: Option<Token>,
    /// The browser's current flow: that of a staff member who enters the password again continues.
    pub flow: Option<Token>,
    pub next: Option<&'a str>,
    pub locale: Locale,
}
