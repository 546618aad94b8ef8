//! Turns page components, and errors, into responses.

use std::sync::Arc;

use axum::{
    Extension,
    extract::Request,
    middleware::Next,
    response::{IntoResponse as _, Redirect, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderValue, StatusCode, header};
use leptos::{prelude::*, reactive::owner::Owner};

use super::{
    error_page::ErrorPage,
    layout::{Document, DocumentContext, is_watched},
};
use crate::{
    error::{AppError, RequestProblem},
    http::{
        context::RequestContext,
        flash::Flash,
        page_error::{PageError, Unrendered},
        reauthentication, return_to,
    },
    i18n::Texts,
};

/// Renders the response of a handler or a layer that returned a [`PageError`]. The headers that it has already stay.
pub(crate) async fn render_errors(
    Extension(context): Extension<RequestContext>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let Some(Unrendered { error, status }) = response.extensions_mut().remove() else {
        return response;
    };
    if matches!(error, PageError::SignIn | PageError::Confirm | PageError::Error(_)) {
        context.restore_flash();
    }
    let mut rendered = answer_error(&context, error);
    if let Some(status) = status {
        *rendered.status_mut() = status;
    }
    for (name, value) in response.headers() {
        if *name != header::CONTENT_LENGTH && !rendered.headers().contains_key(name) {
            rendered.headers_mut().append(name, value.clone());
        }
    }
    rendered
}

/// Responds with a page component, which finds request, texts and flash in its context.
pub(crate) fn page<V: IntoView + 'static>(
    context: RequestContext,
    flash: Flash,
    view: impl FnOnce() -> V + Send + 'static,
) -> Response {
    // Sets the browser cookie: a browser that comes back without any cookie keeps none.
    let _ = context.browser_token();
    let nonce = URL_SAFE_NO_PAD.encode(context.state.random.bytes::<16>());
    let context = Arc::new(context);
    let shared = hydration_context::SsrSharedContext::new_islands();
    let owner = Owner::new_root(Some(Arc::new(shared)));
    let html = owner.with(|| {
        provide_context(DocumentContext::of(&context, &nonce));
        provide_context(Texts(context.locale));
        provide_context(Arc::clone(&context));
        provide_context(flash);
        view! { <Document>{view()}</Document> }.to_html()
    });
    owner.unset_with_forced_cleanup();
    with_policy(&context, &nonce, html.into_response())
}

fn answer_error(context: &RequestContext, error: PageError) -> Response {
    match error {
        PageError::To(path) => Redirect::to(&path).into_response(),
        PageError::SignIn if context.accepts_html => {
            found(&return_to::with("/sign-in", Some(&context.path_and_query)))
        }
        PageError::SignIn => error_response(context, &AppError::new(RequestProblem::SignedOut)),
        PageError::Confirm if context.accepts_html => {
            found(&return_to::with(reauthentication::PAGE, Some(&context.path_and_query)))
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
fn error_response(context: &RequestContext, error: &AppError) -> Response {
    let mut response = if context.accepts_html {
        let shown = error.clone();
        page(context.clone(), Flash::default(), move || view! { <ErrorPage error=shown/> })
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
