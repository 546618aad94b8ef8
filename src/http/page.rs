//! Turns pages into responses.

use std::sync::Arc;

use axum::{
    Extension,
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderValue, StatusCode, header};
use leptos::{prelude::*, reactive::owner::Owner};

use super::{context::RequestContext, flash::Flash};
use crate::{
    components::{
        error_page::ErrorPage,
        layout::{Document, DocumentContext, is_watched},
    },
    error::{AppError, InternalError, RequestProblem},
    http::{reauthentication, return_to},
    i18n::Texts,
};

/// Why a page is not shown.
#[derive(Clone)]
pub enum PageError {
    /// Another page comes first.
    To(String),
    /// No user is signed in.
    SignIn,
    /// The user must reauthenticate first.
    Confirm,
    /// It cannot be shown.
    Error(AppError),
}

impl From<InternalError> for PageError {
    fn from(fault: InternalError) -> Self {
        Self::Error(fault.into())
    }
}

impl From<sqlx::Error> for PageError {
    fn from(error: sqlx::Error) -> Self {
        Self::Error(error.into())
    }
}

/// The layer `page_errors` turns it into a response: choosing the language takes the request.
impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Responds for handlers that returned a [`PageError`].
pub(super) async fn page_errors(
    Extension(context): Extension<RequestContext>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<PageError>() {
        Some(error) => {
            if matches!(error, PageError::SignIn | PageError::Confirm | PageError::Error(_)) {
                context.restore_flash();
            }
            answer_error(&context, error)
        }
        None => response,
    }
}

/// Responds with a page component, which finds request, texts and flash in its context.
pub async fn page<V: IntoView + 'static>(
    mut context: RequestContext,
    flash: Flash,
    view: impl FnOnce() -> V + Send + 'static,
) -> Response {
    if let Err(error) = context.look_for_recovery().await {
        tracing::warn!(%error, "whether the account is being recovered was not read");
    }
    document(&context, flash, view)
}

/// As [`page`], with what is known already.
fn document<V: IntoView + 'static>(
    context: &RequestContext,
    flash: Flash,
    view: impl FnOnce() -> V + Send + 'static,
) -> Response {
    // Sets the browser cookie: a browser that comes back without any cookie keeps none.
    let _ = context.browser_token();
    let nonce = URL_SAFE_NO_PAD.encode(context.state.random.bytes::<16>());
    let shared = hydration_context::SsrSharedContext::new_islands();
    let owner = Owner::new_root(Some(Arc::new(shared)));
    let html = owner.with(|| {
        provide_context(DocumentContext::of(context, &nonce));
        provide_context(Texts(context.locale));
        provide_context(Arc::new(context.clone()));
        provide_context(flash);
        view! { <Document>{view()}</Document> }.to_html()
    });
    owner.unset_with_forced_cleanup();
    with_policy(context, &nonce, html.into_response())
}

fn answer_error(context: &RequestContext, error: PageError) -> Response {
    match error {
        PageError::To(path) => Redirect::to(&path).into_response(),
        PageError::SignIn if context.accepts_html => {
            found(&return_to::with("/sign-in", Some(&context.path_and_query)))
        }
        PageError::SignIn => error_response(context, &AppError::new(RequestProblem::SignedOut)),
        PageError::Confirm if context.accepts_html => {
            found(&return_to::with(reauthentication::SCREEN, Some(&context.path_and_query)))
        }
        PageError::Confirm => error_response(context, &AppError::new(RequestProblem::ProofNeeded)),
        PageError::Error(error) => error_response(context, &error),
    }
}

fn found(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/sign-in"));
    (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
}

/// Renders an error as its own page, or as JSON for callers that do not accept HTML.
#[must_use]
pub fn error_response(context: &RequestContext, error: &AppError) -> Response {
    let mut response = if context.accepts_html {
        let shown = error.clone();
        document(context, Flash::default(), move || view! { <ErrorPage error=shown/> })
    } else {
        axum::Json(error).into_response()
    };
    *response.status_mut() = error.status();
    if let Some(seconds) = error.seconds {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn with_policy(context: &RequestContext, nonce: &str, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::from_str(&content_security_policy(context, nonce)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Returns the policy: only our own files, only our own scripts; forms lead to us and, through `next`, to the
/// listed origins (Chromium applies `form-action` to the redirect after a post, too).
fn content_security_policy(context: &RequestContext, nonce: &str) -> String {
    let origins = context.state.config.return_origins.join(" ");
    let watch = if is_watched() { " ws:" } else { "" };
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data:; connect-src 'self'{watch}; form-action 'self' {origins}; manifest-src 'self'; \
         object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
}
