//! From a screen to an answer.

use std::{future::Future, sync::Arc};

use axum::{
    Extension,
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
    routing::{MethodRouter, get},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderValue, StatusCode, header};
use leptos::{prelude::*, reactive::owner::Owner};

use super::{context::Cx, draft::Draft};
use crate::{
    components::{
        error_page::ErrorPage,
        layout::{CardLayout, Document, DocumentContext, Title, Width, is_watched, use_document},
    },
    error::{AppError, Kind},
    i18n::Texts,
    server::{Fault, next},
};

/// A screen, ready to be shown.
pub struct Page {
    /// The title of the window, without the shop's name.
    pub title: String,
    /// How wide its column is.
    pub width: Width,
    /// Whether it holds a form with id [`crate::ui::layout::FORM`].
    pub form: bool,
    /// Whether it offers the other languages: not where what is shown once would be lost by that.
    pub languages: bool,
    /// 200, or what the error says.
    pub status: StatusCode,
    /// Seconds after which the browser asks again.
    pub refresh: Option<i64>,
    /// The same, but only where no script runs: with script an island hears what changes.
    pub refresh_without_script: Option<i64>,
    /// What it shows.
    pub view: Box<dyn FnOnce() -> AnyView + Send>,
}

impl Page {
    /// A screen with one card in the middle.
    pub fn new(title: impl Into<String>, view: impl FnOnce() -> AnyView + Send + 'static) -> Self {
        Self {
            title: title.into(),
            width: Width::default(),
            form: true,
            languages: true,
            status: StatusCode::OK,
            refresh: None,
            refresh_without_script: None,
            view: Box::new(view),
        }
    }
}

/// Why a page is not shown.
#[derive(Clone)]
pub enum PageError {
    /// Something else comes first.
    To(String),
    /// Nobody is signed in.
    SignIn,
    /// Whoever is signed in has to prove it again first.
    Confirm,
    /// It cannot be shown.
    Error(AppError),
}

impl From<Fault> for PageError {
    fn from(fault: Fault) -> Self {
        Self::Error(fault.into())
    }
}

impl From<sqlx::Error> for PageError {
    fn from(error: sqlx::Error) -> Self {
        Self::Error(error.into())
    }
}

/// The layer [`page_errors`] makes an answer of it: it takes the request to say it in the right language.
impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Answers for handlers that returned why they do not.
pub(super) async fn page_errors(
    Extension(cx): Extension<Cx>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<PageError>() {
        Some(error) => {
            if matches!(error, PageError::SignIn | PageError::Confirm | PageError::Error(_)) {
                cx.give_drafts_back();
            }
            answer_error(&cx, error)
        }
        None => response,
    }
}

/// Answers with a page component, which finds request, texts and draft in its context.
pub async fn page<V: IntoView + 'static>(
    mut cx: Cx,
    draft: Draft,
    view: impl FnOnce() -> V + Send + 'static,
) -> Response {
    if let Err(error) = cx.look_for_recovery().await {
        tracing::warn!(%error, "whether the account is being recovered was not read");
    }
    document(&cx, draft, view)
}

/// As [`page`], of what is known already.
fn document<V: IntoView + 'static>(
    cx: &Cx,
    draft: Draft,
    view: impl FnOnce() -> V + Send + 'static,
) -> Response {
    // From now on a browser that brings none keeps no cookies.
    let _ = cx.browser_token();
    let nonce = URL_SAFE_NO_PAD.encode(cx.app.random.bytes::<16>());
    let html = fragment(|| {
        provide_context(DocumentContext::of(cx, &nonce));
        provide_context(Texts(cx.locale));
        provide_context(cx.clone());
        provide_context(draft);
        view! { <Document>{view()}</Document> }
    });
    with_policy(cx, &nonce, html.into_response())
}

/// The route of a screen.
pub fn screen<F, Fut, S>(show: F) -> MethodRouter<S>
where
    F: Fn(Cx) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Page, PageError>> + Send,
    S: Clone + Send + Sync + 'static,
{
    get(move |Extension(mut cx): Extension<Cx>| async move {
        // The account's language comes before the cookie's, on every screen. A database that
        // is away is the screen's to report.
        let _ = cx.signed_in().await;
        cx.note_owner();
        match show(cx.clone()).await {
            Ok(page) => {
                if let Err(error) = cx.look_for_recovery().await {
                    tracing::warn!(%error, "whether the account is being recovered was not read");
                }
                render(&cx, page)
            }
            Err(error) => {
                if matches!(error, PageError::SignIn | PageError::Confirm | PageError::Error(_)) {
                    cx.give_drafts_back();
                }
                answer_error(&cx, error)
            }
        }
    })
}

fn answer_error(cx: &Cx, error: PageError) -> Response {
    match error {
        PageError::To(path) => Redirect::to(&path).into_response(),
        PageError::SignIn if cx.accepts_html => {
            found(&next::with("/sign-in", Some(&cx.path_and_query)))
        }
        PageError::SignIn => error_response(cx, &AppError::new(Kind::SignedOut)),
        PageError::Confirm if cx.accepts_html => {
            found(&next::with("/account/confirm", Some(&cx.path_and_query)))
        }
        PageError::Confirm => error_response(cx, &AppError::new(Kind::ProofNeeded)),
        PageError::Error(error) => error_response(cx, &error),
    }
}

fn found(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/sign-in"));
    (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
}

/// An error as its own page, or as JSON for callers that do not accept html.
#[must_use]
pub fn error_response(cx: &Cx, error: &AppError) -> Response {
    let mut response = if cx.accepts_html {
        let shown = error.clone();
        document(cx, Draft::default(), move || view! { <ErrorPage error=shown/> })
    } else {
        axum::Json(error).into_response()
    };
    *response.status_mut() = error.status();
    if let Some(seconds) = error.seconds {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The HTML of a screen, with the policy that fits it.
#[must_use]
pub fn render(cx: &Cx, page: Page) -> Response {
    let Page { title, width, form, languages, status, refresh, refresh_without_script, view } =
        page;
    let mut response = document(cx, Draft::default(), move || {
        let document = use_document();
        if form {
            document.has_form();
        }
        if let Some(seconds) = refresh {
            document.refresh_after(seconds);
        }
        if let Some(seconds) = refresh_without_script {
            document.refresh_without_script_after(seconds);
        }
        view! {
            <Title text=title/>
            <CardLayout width languages>{view()}</CardLayout>
        }
    });
    *response.status_mut() = status;
    response
}

fn with_policy(cx: &Cx, nonce: &str, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::from_str(&content_security_policy(cx, nonce)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// A part of a screen as HTML, for [`super::sse`].
#[must_use]
pub fn fragment<V: RenderHtml>(view: impl FnOnce() -> V) -> String {
    let shared: Arc<dyn hydration_context::SharedContext + Send + Sync> =
        Arc::new(hydration_context::SsrSharedContext::new_islands());
    let owner = Owner::new_root(Some(shared));
    let html = owner.with(|| view().to_html());
    owner.unset_with_forced_cleanup();
    html
}

/// Only our own files, only our own scripts; forms lead to us and, through `next`, to the
/// listed origins (Chromium applies `form-action` to the redirect after a post, too).
fn content_security_policy(cx: &Cx, nonce: &str) -> String {
    let origins = cx.app.config.return_origins.join(" ");
    let watch = if is_watched() { " ws:" } else { "" };
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data:; connect-src 'self'{watch}; form-action 'self' {origins}; manifest-src 'self'; \
         object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
}
