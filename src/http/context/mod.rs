//! What a request carries, read once.

mod flash;
mod provide;
mod who;

use std::sync::{Arc, Mutex, PoisonError};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures::future::BoxFuture;
use http::HeaderValue;
use leptos::prelude::use_context;

use self::provide::brings_none;
pub(super) use self::provide::remember_locale;
pub(crate) use self::{
    provide::{Provider, provide},
    who::Staff,
};
use super::{
    cookies::{CookieName, Cookies, is_called},
    redirect::Outcome,
};
pub(crate) use crate::domain::session::SignedIn;
use crate::{
    clock::{Duration, days},
    domain::{
        client::Client,
        format::Zone,
        ids::AccountId,
        known_browser::DeviceTokens,
        session,
        user_agent::UserAgent,
        verification::flows::{self, Flow, FlowKind},
    },
    error::{AppError, InternalError, RequestProblem},
    i18n::Locale,
    security::{MacFor, Token},
    state::AppState,
};

/// Maximum number of session cookies that are looked up.
const SESSIONS_TRIED: usize = 4;
/// Marks the address to which a form that was posted without cookies is sent back.
pub(super) const NO_COOKIES: &str = "no-cookies";
/// Adds to the context what pages show besides their own content.
pub(crate) type PageHook = fn(RequestContext) -> BoxFuture<'static, RequestContext>;

/// The context of one request.
#[derive(Clone)]
pub(crate) struct RequestContext {
    /// The application.
    pub state: AppState,
    /// Who sends the request.
    pub client: Client,
    /// The language of the response.
    pub locale: Locale,
    /// Whether the address itself named the language (`?lang=`).
    named_locale: bool,
    /// Whether the response may be a page or a redirect; otherwise it is JSON and a status.
    pub accepts_html: bool,
    /// Whether the response is for a form that was posted in place ([`crate::islands::Answer`]).
    pub is_in_place: bool,
    /// Whether this is a HEAD request, which must have no effects.
    pub is_head: bool,
    /// Path and query as requested.
    pub path_and_query: String,
    agent: UserAgent,
    cookies: Cookies,
    /// The cookies to send, by full name: the last value of each.
    set_cookies: Arc<Mutex<Vec<(String, HeaderValue)>>>,
    /// Whether the browser comes from a page of ours, which gave it [`CookieName::Browser`], and sends no cookie.
    keeps_no_cookies: bool,
    /// Who is signed in, once that was looked up.
    signed_in: Option<Option<SignedIn>>,
    /// What is added for pages.
    extensions: http::Extensions,
    /// Adds it, once, when the handler of a page extracts the context.
    page_hook: Option<PageHook>,
    /// The outcome of a server function; see [`super::post_redirect_get`].
    outcome: Arc<Mutex<Option<Outcome>>>,
}

impl RequestContext {
    /// Returns the context, for server functions.
    ///
    /// # Errors
    /// When there is none: the function was not called by a request.
    pub(crate) fn of_request() -> Result<Self, AppError> {
        use_context::<Self>().ok_or_else(|| AppError::new(RequestProblem::Malformed))
    }

    /// Adds a value for the page, one of each type: for a [`PageHook`].
    pub(crate) fn insert<T: Clone + Send + Sync + 'static>(&mut self, value: T) {
        self.extensions.insert(value);
    }

    /// Returns the value of a type that a [`PageHook`] added.
    #[must_use]
    pub(crate) fn get<T: Clone + Send + Sync + 'static>(&self) -> Option<&T> {
        self.extensions.get()
    }

    /// Returns the value of a query parameter. One with NUL in it counts as missing.
    #[must_use]
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.path_and_query.split_once('?')?;
        url::form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .filter(|value| !value.contains('\0'))
    }

    /// Returns path and query of this page without `lang` and what concerns this visit only: where the language switch
    /// leads back.
    #[must_use]
    pub(crate) fn address(&self) -> String {
        let Some((path, query)) = self.path_and_query.split_once('?') else {
            return self.path_and_query.clone();
        };
        let kept = url::form_urlencoded::parse(query.as_bytes())
            .filter(|(name, _)| name != "lang" && name != NO_COOKIES);
        let query: String =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// Returns the parameter `next` of the address, if it may be followed.
    #[must_use]
    pub(crate) fn next(&self) -> Option<String> {
        crate::http::return_to::allowed(&self.state.config, &self.query("next")?)
    }

    /// Returns the value of a cookie that is not a secret.
    #[must_use]
    pub(crate) fn cookie(&self, name: CookieName) -> Option<&str> {
        self.cookies.get(name)
    }

    /// Returns the token in a cookie: the first value that has the form of one.
    #[must_use]
    pub(crate) fn token(&self, cookie: CookieName) -> Option<Token> {
        self.cookies.all(cookie).find_map(Token::parse)
    }

    /// Chooses from several session cookies, which only plain http on localhost can have, the first that opens a
    /// session.
    async fn settle_session(&mut self) {
        let tokens =
            || self.cookies.all(CookieName::Session).filter_map(Token::parse).take(SESSIONS_TRIED);
        if tokens().nth(1).is_none() {
            return;
        }
        let mut known = None;
        for token in tokens().collect::<Vec<_>>() {
            let found = session::find_unseen(&self.state.db, &token, self.state.clock.now()).await;
            // A database failure is reported by the page.
            if matches!(found, Ok(Some(_))) {
                known = Some(token.expose_secret());
                break;
            }
        }
        if let Some(known) = known {
            self.cookies.settle(CookieName::Session, &known);
        }
    }

    /// Sets a cookie; `age` is `None` for one that ends with the browser.
    pub(crate) fn set_cookie(&self, name: CookieName, value: &str, age: Option<Duration>) {
        for (name, header) in Cookies::set(self.state.config.is_https(), name, value, age) {
            self.send_cookie(name, header);
        }
    }

    /// Sets a cookie from a header that was made before.
    pub(super) fn send_cookie(&self, name: String, header: HeaderValue) {
        let mut all = self.set_cookies.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(theirs, _)| *theirs != name);
        all.push((name, header));
    }

    /// Sends none of the cookies that are set so far: the answer that they belong to is discarded.
    pub(super) fn discard_cookies(&self) {
        self.set_cookies.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Returns the full names and the headers of all cookies that are set so far.
    pub(super) fn cookies_to_send(&self) -> Vec<(String, String)> {
        let all = self.set_cookies.lock().unwrap_or_else(PoisonError::into_inner);
        let text = |(name, header): &(String, HeaderValue)| {
            Some((name.clone(), header.to_str().ok()?.to_owned()))
        };
        all.iter().filter_map(text).collect()
    }

    /// Returns the same request with a list of cookies of its own: for work that continues after the browser
    /// disconnects.
    pub(super) fn apart(&self) -> Self {
        Self { set_cookies: Arc::default(), ..self.clone() }
    }

    /// Sets the cookies that the result of [`RequestContext::apart`] collected.
    pub(super) fn send_cookies_of(&self, apart: &Self) {
        let theirs: Vec<_> =
            apart.set_cookies.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (name, header) in theirs {
            self.send_cookie(name, header);
        }
    }

    /// Returns whether the response goes to a browser: as a page or a redirect, or to a form that was posted in place.
    #[must_use]
    pub(crate) const fn is_browser(&self) -> bool {
        self.accepts_html || self.is_in_place
    }

    /// Records the outcome of a server function.
    pub(super) fn set_outcome(&self, outcome: Outcome) {
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
    }

    /// Takes the outcome of the server function, if it recorded one.
    pub(crate) fn take_outcome(&self) -> Option<Outcome> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Returns whether this browser was given cookies and sends none: it cannot continue what it begins.
    #[must_use]
    pub(crate) const fn keeps_no_cookies(&self) -> bool {
        self.keeps_no_cookies
    }

    /// Returns whether it sends none of the cookies that nearly every browser has after one page.
    #[must_use]
    pub(super) fn brings_no_cookie(&self) -> bool {
        brings_none(&self.cookies)
    }

    /// Deletes a cookie.
    pub(crate) fn clear_cookie(&self, name: CookieName) {
        self.set_cookie(name, "", Some(Duration::ZERO));
    }

    /// Remembers whose pages this browser is shown.
    pub(super) fn note_owner(&self) {
        let Some(Some(SignedIn { account, .. })) = &self.signed_in else { return };
        let owner = self.owner(&account.id);
        if self.cookies.get(CookieName::Owner) != Some(owner.as_str()) {
            self.set_cookie(CookieName::Owner, &owner, None);
        }
    }

    fn owner(&self, account_id: &AccountId) -> String {
        URL_SAFE_NO_PAD.encode(self.state.keys.mac(MacFor::Owner, &[account_id]))
    }

    /// Returns the time zone in which times are shown: that of the signed-in user.
    #[must_use]
    pub(crate) fn zone(&self) -> Zone {
        self.signed_in
            .as_ref()
            .and_then(Option::as_ref)
            .map(|s| s.account.zone())
            .unwrap_or_default()
    }

    /// Returns the browser that sent the request, as far as it tells.
    #[must_use]
    pub(crate) fn agent(&self) -> UserAgent {
        self.agent
    }

    /// Returns the flow that this browser is in.
    pub(crate) async fn flow(&self, purpose: FlowKind) -> Result<Option<Flow>, InternalError> {
        Ok(self.any_flow(purpose).await?.filter(|flow| !flow.is_over(self.state.clock.now())))
    }

    /// As [`RequestContext::flow`], including one that is over: what was typed then is shown again.
    pub(crate) async fn any_flow(&self, purpose: FlowKind) -> Result<Option<Flow>, InternalError> {
        let Some(token) = self.flow_token(purpose) else { return Ok(None) };
        Ok(flows::find(&self.state.db, &token, purpose).await?)
    }

    /// Returns the token of the flow of a purpose that this browser is in.
    #[must_use]
    pub(crate) fn flow_token(&self, purpose: FlowKind) -> Option<Token> {
        self.token(CookieName::Flow(purpose))
    }

    /// Sets the cookie with the token of a flow.
    pub(crate) fn give_flow(&self, purpose: FlowKind, token: &Token) {
        self.set_cookie(CookieName::Flow(purpose), &token.expose_secret(), None);
    }

    /// Deletes the token of a flow: the flow has ended.
    pub(crate) fn end_flow(&self, purpose: FlowKind) {
        self.clear_cookie(CookieName::Flow(purpose));
    }

    /// Sets the session cookie.
    pub(crate) fn give_session(&self, token: &Token, persistent: bool) {
        self.set_cookie(
            CookieName::Session,
            &token.expose_secret(),
            session::cookie_age(persistent),
        );
    }

    /// Returns the tokens by which this browser is recognized.
    #[must_use]
    pub(crate) fn devices(&self) -> DeviceTokens {
        self.cookies.get(CookieName::Device).map(DeviceTokens::parse).unwrap_or_default()
    }

    /// Sets the cookie by which this browser is recognized from now on.
    pub(crate) fn give_devices(&self, devices: &DeviceTokens) {
        const AGE: Duration = days(400);
        self.set_cookie(CookieName::Device, &devices.expose_secret(), Some(AGE));
    }

    /// Returns the browser's own token: made and sent when it has none yet.
    #[must_use]
    pub(crate) fn browser_token(&self) -> Token {
        self.token(CookieName::Browser)
            .or_else(|| self.token_to_send(CookieName::Browser))
            .unwrap_or_else(|| {
                let token = Token::new(&self.state.random);
                self.set_cookie(CookieName::Browser, &token.expose_secret(), None);
                token
            })
    }

    fn token_to_send(&self, cookie: CookieName) -> Option<Token> {
        let all = self.set_cookies.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, header) = all.iter().find(|(name, _)| is_called(name, cookie))?;
        let (_, value) = header.to_str().ok()?.split(';').next()?.split_once('=')?;
        Token::parse(value)
    }
}
