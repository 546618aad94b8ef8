//! Reads the context of a request, and sends the cookies that were set meanwhile.

use super::{NO_COOKIES, PageHook, RequestContext, SignedIn};
use crate::{
    clock::{Duration, days},
    db,
    domain::{accounts, client::Client, user_agent::UserAgent},
    error::{AppError, InternalError, RequestProblem},
    http::{
        accept,
        cookies::{CookieName, Cookies},
        page_error::PageError,
    },
    i18n::Locale,
    state::AppState,
};
use axum::{
    extract::{self, ConnectInfo, FromRequestParts, Request},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderValue, Method, header, request::Parts};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use url::Url;

/// What [`provide`] needs.
#[derive(Clone)]
pub(crate) struct Provider {
    state: AppState,
    /// Whether it was logged that a proxy forwards something that is not an address.
    told: Arc<AtomicBool>,
    page_hook: PageHook,
}

impl Provider {
    /// Creates the provider of an application.
    #[must_use]
    pub(crate) fn new(state: &AppState, page_hook: PageHook) -> Self {
        Self { state: state.clone(), told: Arc::default(), page_hook }
    }

    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Client {
        let (client, understood) = Client::of(peer, headers, &self.state.config.trusted_proxies);
        // Without the value: it may be an address.
        if !understood && !self.told.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "a trusted proxy's X-Forwarded-For holds something that is no address: all who come like this count as the proxy's own network"
            );
        }
        client
    }
}

/// Reads the context, and sends the cookies that were set meanwhile.
pub(crate) async fn provide(
    extract::State(provider): extract::State<Provider>,
    mut request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let state = provider.state.clone();
    let peer = peer(&request);
    let cookies = Cookies::read(state.config.is_https(), headers);
    let path_and_query =
        request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let brings_none = brings_none(&cookies);
    let came_from_us = comes_from_us(&state, headers);
    let mut context = RequestContext {
        keeps_no_cookies: false,
        client: provider.client(peer, headers),
        locale: Locale::default(),
        named_locale: false,
        accepts_html: accept::html(headers),
        is_in_place: accept::answer(headers),
        is_head: request.method() == Method::HEAD,
        path_and_query,
        agent: UserAgent::of(headers),
        cookies,
        set_cookies: Arc::default(),
        signed_in: None,
        extensions: http::Extensions::new(),
        page_hook: Some(provider.page_hook),
        outcome: Arc::default(),
        state,
    };
    context.settle_session().await;
    let named = context.query("lang").and_then(|tag| Locale::parse(&tag));
    context.locale = named
        .or_else(|| context.cookies.all(CookieName::Locale).find_map(Locale::parse))
        .or_else(|| Locale::negotiate(&accept::text(headers, &header::ACCEPT_LANGUAGE)))
        .unwrap_or_default();
    context.named_locale = named.is_some();
    context.keeps_no_cookies = brings_none && (came_from_us || context.query(NO_COOKIES).is_some());
    if let Some(locale) = named {
        // A link on another site may choose the language of a page, but not change an account's; a browser that does
        // not send `Sec-Fetch-Site` may come from one.
        let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
        let own = matches!(site, Some(b"same-origin" | b"none")) && !context.is_head;
        remember_locale(&mut context, locale, own).await;
    }
    if context.is_head {
        // Answered as a GET, without lasting effects: neither rows nor cookies (RFC 9110 §9.3.2).
        request.extensions_mut().insert(context);
        return db::dry(next.run(request)).await;
    }
    let set_cookies = Arc::clone(&context.set_cookies);
    request.extensions_mut().insert(context);
    let mut response = next.run(request).await;
    for (_, cookie) in set_cookies.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Returns the address of the connection; in tests without one it is the local one.
fn peer(request: &Request) -> IpAddr {
    let info = request.extensions().get::<ConnectInfo<SocketAddr>>();
    info.map_or(Ipv4Addr::LOCALHOST.into(), |info| info.0.ip())
}

/// Stores the language: in the cookie and, for a signed-in user, in the account.
pub(in crate::http) async fn remember_locale(
    context: &mut RequestContext,
    locale: Locale,
    in_account: bool,
) {
    const YEAR: Duration = days(365);
    context.set_cookie(CookieName::Locale, locale.tag(), Some(YEAR));
    if !in_account || context.token(CookieName::Session).is_none() {
        return;
    }
    let save = async {
        if let Some(SignedIn { account, .. }) = context.signed_in().await?
            && account.locale() != locale
        {
            let mut tx = context.state.db.begin().await?;
            accounts::set_locale(&mut tx, &account.id, locale).await?;
            tx.commit().await?;
        }
        Ok::<(), InternalError>(())
    };
    // The page is shown in that language all the same.
    if let Err(error) = save.await {
        tracing::warn!(%error, "the account's language was not saved");
    }
    context.locale = locale;
}

pub(super) fn brings_none(cookies: &Cookies) -> bool {
    [
        CookieName::Browser,
        CookieName::Session,
        CookieName::Device,
        CookieName::Locale,
        CookieName::Flash,
    ]
    .into_iter()
    .all(|name| cookies.get(name).is_none())
}

/// Returns whether the user followed a link, or posted a form, on a page of ours. For browsers that do not send
/// `Sec-Fetch-Site` the referrer decides.
fn comes_from_us(state: &AppState, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => {
            site == "same-origin" && text("sec-fetch-mode").is_none_or(|m| m == "navigate")
        }
        None => text("referer")
            .and_then(|referer| Url::parse(referer).ok())
            .is_some_and(|referer| referer.origin() == state.config.base_url.origin()),
    }
}

/// Every handler of a page extracts it: the account's language takes precedence over the cookie's, and the browser
/// remembers whose pages it is shown.
impl FromRequestParts<AppState> for RequestContext {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, PageError> {
        let context = parts.extensions.get::<Self>().cloned();
        let mut context =
            context.ok_or_else(|| PageError::Error(AppError::new(RequestProblem::Unavailable)))?;
        // A database failure is reported by the page.
        let _ = context.signed_in().await;
        context.note_owner();
        if let Some(hook) = context.page_hook.take() {
            context = hook(context).await;
        }
        parts.extensions.insert(context.clone());
        Ok(context)
    }
}
