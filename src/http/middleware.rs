//! The small layers around every request.

use std::any::Any;

use axum::{
    Extension,
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};

use super::{
    context::RequestContext,
    fields,
    page_error::{self, PageError},
    post_redirect_get::{self, FormFields},
};
use crate::{
    db,
    error::{AppError, RequestProblem},
    state::AppState,
};

/// Answers once everything that the answer is based on is on the disk (see [`db::settled`]).
pub(crate) async fn settled(
    Extension(context): Extension<RequestContext>,
    request: Request,
    next: Next,
) -> Response {
    match db::settled(next.run(request)).await {
        Ok(response) => response,
        Err(error) => {
            context.discard_cookies();
            PageError::from(error).into_response()
        }
    }
}

/// Removes the caller's request id: ids are ours, and one from outside would put any text into our log.
pub(crate) async fn without_request_id(mut request: Request) -> Request {
    request.headers_mut().remove("x-request-id");
    request
}

/// Adds the headers that every response has (ASVS 3.4).
pub(crate) async fn security_headers(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut default = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    default(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    );
    default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(header::REFERRER_POLICY, "same-origin");
    default(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    default(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    default(
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=()",
    );
    default(header::X_FRAME_OPTIONS, "DENY");
    default(header::CACHE_CONTROL, "no-store");
    // Pages differ by language and by user; static files declare what else they vary by.
    default(header::VARY, "accept, accept-language, cookie");
    if state.config.is_https() {
        default(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000");
    }
    response
}

/// Rewrites errors that an inner layer answered in its own words; keeps the status of client errors, and the headers
/// that belong to it.
pub(crate) async fn explain(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    if page_error::is_unrendered(&response)
        || (!status.is_client_error() && !status.is_server_error())
    {
        return response;
    }
    let kind = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    // Already ours: pages, and the JSON of server functions and health checks.
    if kind.starts_with("text/html") || kind.starts_with("application/json") {
        return response;
    }
    let error = AppError::new(match status {
        StatusCode::PAYLOAD_TOO_LARGE => RequestProblem::TooLarge,
        StatusCode::FORBIDDEN => RequestProblem::Forbidden,
        StatusCode::NOT_FOUND => RequestProblem::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => RequestProblem::MethodNotAllowed,
        status if status.is_client_error() => RequestProblem::Malformed,
        _ => RequestProblem::Unavailable,
    });
    let mut explained = if status.is_client_error() {
        page_error::with_status(error, status)
    } else {
        error.into_response()
    };
    let about_the_body = [
        header::CACHE_CONTROL,
        header::CONTENT_ENCODING,
        header::CONTENT_LENGTH,
        header::CONTENT_TYPE,
        header::ETAG,
        header::LAST_MODIFIED,
    ];
    // Headers that belong to the status (`Allow`, `Content-Range`) stay; those about the body are dropped with it.
    for (name, value) in response.headers() {
        if !about_the_body.contains(name) && !explained.headers().contains_key(name) {
            explained.headers_mut().append(name, value.clone());
        }
    }
    explained
}

/// Responds to a panic, which is a bug; its message stays in the log (ASVS 16.5).
pub(crate) fn panicked(panic: Box<dyn Any + Send + 'static>) -> http::Response<Body> {
    let words = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = words.unwrap_or("no words"), "a request panicked");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// Finds the page of the form that posts to an address.
#[derive(Clone, Copy)]
pub(crate) struct FormPages(pub fn(&str) -> Option<&'static str>);

/// Accepts only forms as posts: what a cross-site page can send as `text/plain`, or as JSON in disguise, is not read at
/// all (ASVS 3.5).
pub(crate) async fn only_forms(
    State(FormPages(page_of)): State<FormPages>,
    Extension(context): Extension<RequestContext>,
    request: Request,
    next: Next,
) -> Response {
    if is_safe(request.method()) {
        return next.run(request).await;
    }
    if !comes_as(&["application/x-www-form-urlencoded"], &request) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let (mut head, body) = request.into_parts();
    // Its length is limited by an outer layer.
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(&body).into_owned().collect();
    if let Err(error) = fields::judge(&fields) {
        let Some(page) = page_of(head.uri.path()) else {
            return error.into_response();
        };
        let fields = fields.into_iter().filter(|(_, value)| !value.contains('\0'));
        return post_redirect_get::answer_form(
            &context,
            page,
            &FormFields(fields.collect()),
            Err(error),
        );
    }
    head.extensions.insert(FormFields(fields));
    next.run(Request::from_parts(head, Body::from(body))).await
}

/// As [`only_forms`], and accepts forms with files.
pub(crate) async fn only_forms_and_files(request: Request, next: Next) -> Response {
    let kinds = ["application/x-www-form-urlencoded", "multipart/form-data"];
    if !is_safe(request.method()) && !comes_as(&kinds, &request) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    next.run(request).await
}

/// Returns whether a method changes nothing (RFC 9110 §9.2.1).
fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Accepts posts of our own site only: where `Origin` is all that tells the source, it must be ours including the
/// scheme. tower-http's layer, which checks everything else, also accepts an `Origin` whose host is that of the
/// request, and with it the http page that an attacker on the network put in the place of ours.
pub(crate) async fn own_origin(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let is_told_otherwise = headers.contains_key("sec-fetch-site");
    if !is_safe(request.method())
        && !is_told_otherwise
        && origins.any(|origin| origin.as_bytes() != state.config.origin().as_bytes())
    {
        return StatusCode::FORBIDDEN.into_response();
    }
    next.run(request).await
}

/// Responds with 404 to an address with NUL in it: no page has one.
pub(crate) async fn possible_addresses(request: Request, next: Next) -> Response {
    if request.uri().path().contains("%00") {
        return StatusCode::NOT_FOUND.into_response();
    }
    next.run(request).await
}

fn comes_as(kinds: &[&str], request: &Request) -> bool {
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kinds.iter().any(|known| kind.eq_ignore_ascii_case(known))
}
