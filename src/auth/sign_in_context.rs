//! The browser in which a user signs in, registers or collects a sign-in.

use crate::{
    domain::{client::Client, known_browser::DeviceTokens},
    http::{context::RequestContext, cookies::CookieName},
    security::Token,
};

/// The browser in which a user signs in.
pub(crate) struct SignInContext<'a> {
    /// Where the request comes from.
    pub client: &'a Client,
    /// The device tokens of the browser.
    pub devices: DeviceTokens,
    /// The session that the browser had, planted or not: it is ended.
    pub old_session: Option<Token>,
}

impl<'a> SignInContext<'a> {
    /// Returns the browser that sent a request.
    #[must_use]
    pub(crate) fn of(request: &'a RequestContext) -> Self {
        Self {
            client: &request.client,
            devices: request.devices(),
            old_session: request.token(CookieName::Session),
        }
    }
}
