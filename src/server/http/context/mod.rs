//! What a request brings with it, read once.

mod who;

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    extract::{self, ConnectInfo, Request},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderValue, header};
use leptos::prelude::use_context;

use super::{cookies::Cookies, draft::Draft};
use crate::{
    error::{AppError, Kind},
    i18n::Locale,
    server::{
        Fault, accounts,
        agent::Agent,
        app::App,
        assisted::Assisted,
        client::Client,
        clock::Millis,
        flows::{self, Flow, Purpose},
        secret::Token,
        session::{self, DeviceTokens},
        when::Zone,
    },
};
pub use who::{SignedIn, Staff};

/// The context of one request.
#[derive(Clone)]
pub struct Cx {
    /// The application.
    pub app: App,
    /// Who asks.
    pub client: Client,
    /// The language of the answer.
    pub locale: Locale,
    /// Whether the address itself named the language (`?lang=`).
    named_locale: bool,
    /// Whether the answer may be a page or a redirect; else it is JSON and a status.
    pub accepts_html: bool,
    /// Path and query as asked for.
    pub path_and_query: String,
    agent: Agent,
    cookies: Cookies,
    set_cookies: Arc<Mutex<Vec<HeaderValue>>>,
    /// Who is signed in, once that was asked.
    signed_in: Option<Option<SignedIn>>,
    /// What whoever is signed in must see on every screen: somebody is recovering the account with help.
    recovering: Option<Assisted>,
}

impl Cx {
    /// The context that the server functions find.
    ///
    /// # Errors
    /// When there is none: the function was not called by a request.
    pub fn of_request() -> Result<Self, AppError> {
        use_context::<Self>().ok_or_else(|| AppError::new(Kind::Malformed))
    }

    /// The value of a query parameter.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.path_and_query.split_once('?')?;
        url::form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// Path and query of this screen without `lang`: where the language switch leads back.
    #[must_use]
    pub fn screen(&self) -> String {
        let Some((path, query)) = self.path_and_query.split_once('?') else {
            return self.path_and_query.clone();
        };
        let kept = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "lang");
        let query: String =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// `next` of the address, if it may be followed.
    #[must_use]
    pub fn next(&self) -> Option<String> {
        crate::server::next::allowed(&self.app.config, &self.query("next")?)
    }

    /// The value of a cookie that is no secret.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name)
    }

    /// The token in a cookie, if it has the shape of one.
    #[must_use]
    pub fn token(&self, cookie: &str) -> Option<Token> {
        Token::parse(self.cookies.get(cookie)?)
    }

    /// Sends a cookie along; `age` is `None` for one that ends with the browser.
    pub fn set_cookie(&self, name: &'static str, value: &str, age: Option<Millis>) {
        let cookie = Cookies::set(self.app.config.is_https(), name, value, age);
        self.set_cookies.lock().unwrap_or_else(PoisonError::into_inner).extend(cookie);
    }

    /// Takes a cookie back.
    pub fn clear_cookie(&self, name: &'static str) {
        self.set_cookie(name, "", Some(0));
    }

    /// What the last post to this screen left for it; it is read once.
    #[must_use]
    pub fn take_draft(&self, screen: &str) -> Draft {
        let Some(draft) =
            self.cookies.get("draft").and_then(|sealed| Draft::open(&self.app, screen, sealed))
        else {
            return Draft::default();
        };
        self.clear_cookie("draft");
        draft
    }

    /// Leaves something for a screen.
    pub fn leave_draft(&self, screen: &str, draft: &Draft) {
        if let Some(sealed) = draft.seal(&self.app, screen) {
            self.set_cookie("draft", &sealed, Some(super::draft::LIFETIME));
        }
    }

    /// The time zone in which times are told: that of whoever is signed in.
    #[must_use]
    pub fn zone(&self) -> Zone {
        self.signed_in
            .as_ref()
            .and_then(Option::as_ref)
            .map(|s| s.account.zone())
            .unwrap_or_default()
    }

    /// The browser that asks, as far as it says.
    #[must_use]
    pub fn agent(&self) -> Agent {
        self.agent
    }

    /// The flow that this browser is in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn flow(&self, purpose: Purpose) -> Result<Option<Flow>, Fault> {
        Ok(self.any_flow(purpose).await?.filter(|flow| !flow.is_over(self.app.clock.now())))
    }

    /// As [`Cx::flow`], and one that is over, too: what was typed then is shown again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn any_flow(&self, purpose: Purpose) -> Result<Option<Flow>, Fault> {
        let Some(token) = self.token("flow") else { return Ok(None) };
        Ok(flows::find(&self.app.db, &token, purpose).await?)
    }

    /// Gives this browser a session.
    pub fn give_session(&self, token: &Token, persistent: bool) {
        self.set_cookie("session", &token.expose(), session::cookie_age(persistent));
    }

    /// What this browser is known by.
    #[must_use]
    pub fn devices(&self) -> DeviceTokens {
        self.cookies.get("device").map(DeviceTokens::parse).unwrap_or_default()
    }

    /// Gives this browser the cookie by which it is known from now on.
    pub fn give_devices(&self, devices: &DeviceTokens) {
        const AGE: Millis = 400 * crate::server::clock::DAY;
        self.set_cookie("device", &devices.expose(), Some(AGE));
    }

    /// The browser's token for a challenge: made and sent along when it has none yet.
    #[must_use]
    pub fn browser_token(&self) -> Token {
        self.token("flow").unwrap_or_else(|| {
            let token = Token::new(&self.app.random);
            self.set_cookie("flow", &token.expose(), None);
            token
        })
    }
}

/// Reads the context, and sends along the cookies that were set meanwhile.
pub async fn provide(
    extract::State(app): extract::State<App>,
    mut request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let peer =
        request.extensions().get::<ConnectInfo<std::net::SocketAddr>>().map(|info| info.0.ip());
    let peer = peer.unwrap_or(std::net::Ipv4Addr::LOCALHOST.into());
    let cookies = Cookies::read(app.config.is_https(), headers);
    let path_and_query =
        request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let mut cx = Cx {
        client: Client::of(peer, headers, &app.config.trusted_proxies),
        locale: Locale::default(),
        named_locale: false,
        accepts_html: accepts_html(headers),
        path_and_query,
        agent: Agent::of(headers),
        cookies,
        set_cookies: Arc::default(),
        signed_in: None,
        recovering: None,
        app,
    };
    let named = cx.query("lang").and_then(|tag| Locale::parse(&tag));
    let negotiated = || Locale::negotiate(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?);
    cx.locale = named
        .or_else(|| Locale::parse(cx.cookies.get("lang")?))
        .or_else(negotiated)
        .unwrap_or_default();
    cx.named_locale = named.is_some();
    if let Some(locale) = named {
        // A link on somebody else's page may show a language, not change an account's.
        let own = headers.get("sec-fetch-site").is_none_or(|site| site != "cross-site");
        remember_locale(&mut cx, locale, own).await;
    }
    let set_cookies = Arc::clone(&cx.set_cookies);
    request.extensions_mut().insert(cx);
    let mut response = next.run(request).await;
    for cookie in set_cookies.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Writes the language down: in the cookie and, signed in, in the account.
pub(super) async fn remember_locale(cx: &mut Cx, locale: Locale, in_account: bool) {
    const YEAR: Millis = 365 * crate::server::clock::DAY;
    cx.set_cookie("lang", locale.tag(), Some(YEAR));
    if !in_account || cx.token("session").is_none() {
        return;
    }
    let save = async {
        if let Some(SignedIn { account, .. }) = cx.signed_in().await?
            && account.locale() != locale
        {
            let mut tx = cx.app.db.begin().await?;
            accounts::set_locale(&mut tx, &account.id, locale).await?;
            tx.commit().await?;
        }
        Ok::<(), Fault>(())
    };
    // The screen is shown in the language all the same.
    if let Err(error) = save.await {
        tracing::warn!(%error, "the account's language was not saved");
    }
    cx.locale = locale;
}

fn accepts_html(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}
