//! What a request brings with it, read once.

mod who;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    extract::{self, ConnectInfo, Request},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderValue, Method, header};
use leptos::prelude::use_context;

use super::{accept, cookies::Cookies, draft::Draft};
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
        db,
        flows::{self, Flow, Purpose},
        random::is_id,
        secret::Token,
        session,
        when::Zone,
    },
};
pub use who::{SignedIn, Staff};

/// Most session cookies that are looked up.
const SESSIONS_TRIED: usize = 4;

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
    /// Whether only the head of the answer is asked for: nothing may come of it.
    pub is_head: bool,
    /// Path and query as asked for.
    pub path_and_query: String,
    agent: Agent,
    cookies: Cookies,
    /// Name → header: the last word on each.
    set_cookies: Arc<Mutex<BTreeMap<String, HeaderValue>>>,
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

    /// The value of a query parameter. One with NUL in it is as good as none.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.path_and_query.split_once('?')?;
        url::form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .filter(|value| !value.contains('\0'))
    }

    /// The id that a query parameter names, if it has the form of one.
    #[must_use]
    pub fn id(&self, name: &str) -> Option<String> {
        self.query(name).filter(|id| is_id(id))
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

    /// The token in a cookie: the first value that has the shape of one.
    #[must_use]
    pub fn token(&self, cookie: &str) -> Option<Token> {
        self.cookies.all(cookie).find_map(Token::parse)
    }

    /// Of several session cookies, which only plain http on localhost can have, the first that opens a session is meant.
    async fn settle_session(&mut self) {
        let tokens = || self.cookies.all("session").filter_map(Token::parse).take(SESSIONS_TRIED);
        if tokens().nth(1).is_none() {
            return;
        }
        let mut known = None;
        for token in tokens().collect::<Vec<_>>() {
            let found = session::peek(&self.app.db, &token, self.app.clock.now()).await;
            // A database that is away is the screen's to report.
            if matches!(found, Ok(Some(_))) {
                known = Some(token.expose());
                break;
            }
        }
        if let Some(known) = known {
            self.cookies.settle("session", &known);
        }
    }

    /// Sends a cookie along; `age` is `None` for one that ends with the browser.
    pub fn set_cookie(&self, name: &'static str, value: &str, age: Option<Millis>) {
        let cookies = Cookies::set(self.app.config.is_https(), name, value, age);
        self.set_cookies.lock().unwrap_or_else(PoisonError::into_inner).extend(cookies);
    }

    /// Takes a cookie back.
    pub fn clear_cookie(&self, name: &'static str) {
        self.set_cookie(name, "", Some(0));
    }

    /// What the last post to this screen left for it; it is read once.
    #[must_use]
    pub fn take_draft(&self, screen: &str) -> Draft {
        let mut sealed = self.cookies.all("draft");
        let Some(draft) = sealed.find_map(|sealed| Draft::open(&self.app, screen, sealed)) else {
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

    /// Gives this browser the cookie by which it is known from now on.
    pub fn give_device(&self, token: &Token) {
        const AGE: Millis = 400 * crate::server::clock::DAY;
        self.set_cookie("device", &token.expose(), Some(AGE));
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

/// What [`provide`] stands on.
#[derive(Clone)]
pub struct Provider {
    app: App,
    /// Whether it was said that a proxy forwards something that is no address.
    told: Arc<AtomicBool>,
}

impl Provider {
    /// For an application.
    #[must_use]
    pub fn new(app: &App) -> Self {
        Self { app: app.clone(), told: Arc::default() }
    }

    fn client(&self, peer: std::net::IpAddr, headers: &HeaderMap) -> Client {
        let (client, understood) = Client::of(peer, headers, &self.app.config.trusted_proxies);
        // Not what it was: that may be an address.
        if !understood && !self.told.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "a trusted proxy's X-Forwarded-For holds something that is no address: all who come like this count as the proxy's own network"
            );
        }
        client
    }
}

/// Reads the context, and sends along the cookies that were set meanwhile.
pub async fn provide(
    extract::State(provider): extract::State<Provider>,
    mut request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let app = provider.app.clone();
    let peer =
        request.extensions().get::<ConnectInfo<std::net::SocketAddr>>().map(|info| info.0.ip());
    let peer = peer.unwrap_or(std::net::Ipv4Addr::LOCALHOST.into());
    let cookies = Cookies::read(app.config.is_https(), headers);
    let path_and_query =
        request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let mut cx = Cx {
        client: provider.client(peer, headers),
        locale: Locale::default(),
        named_locale: false,
        accepts_html: accept::html(headers),
        is_head: request.method() == Method::HEAD,
        path_and_query,
        agent: Agent::of(headers),
        cookies,
        set_cookies: Arc::default(),
        signed_in: None,
        recovering: None,
        app,
    };
    cx.settle_session().await;
    let named = cx.query("lang").and_then(|tag| Locale::parse(&tag));
    cx.locale = named
        .or_else(|| cx.cookies.all("lang").find_map(Locale::parse))
        .or_else(|| Locale::negotiate(&accept::text(headers, &header::ACCEPT_LANGUAGE)))
        .unwrap_or_default();
    cx.named_locale = named.is_some();
    if let Some(locale) = named {
        // A link on somebody else's page may show a language, not change an account's; a browser that does not say
        // whose page it was may have come from one.
        let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
        let own = matches!(site, Some(b"same-origin" | b"none")) && !cx.is_head;
        remember_locale(&mut cx, locale, own).await;
    }
    if cx.is_head {
        // As a GET would be answered, and nothing of it stays: neither rows nor cookies (RFC 9110 §9.3.2).
        request.extensions_mut().insert(cx);
        return db::dry(next.run(request)).await;
    }
    let set_cookies = Arc::clone(&cx.set_cookies);
    request.extensions_mut().insert(cx);
    let mut response = next.run(request).await;
    let set = std::mem::take(&mut *set_cookies.lock().unwrap_or_else(PoisonError::into_inner));
    for cookie in set.into_values() {
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
