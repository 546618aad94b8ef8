//! All routes of the application, with all layers around them.

use std::time::Duration;

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, Request},
    middleware as layer,
    response::{IntoResponse as _, Redirect, Response},
    routing::{get, post},
};
use http::{HeaderValue, Method, StatusCode, Uri, header};
use leptos::prelude::provide_context;
use leptos_axum::handle_server_fns_with_context;
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    csrf::{ConfigError, CsrfLayer},
    limit::RequestBodyLimitLayer,
    request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer},
    services::{ServeDir, ServeFile},
    set_header::SetResponseHeaderLayer,
    timeout::TimeoutLayer,
    trace::TraceLayer,
};

use super::dev_mail;
use crate::{
    app,
    components::page::render_errors,
    error::{AppError, RequestProblem},
    http::{
        context::{self, Provider, RequestContext},
        health, language, manifest,
        middleware::{self, FormPages},
        post_redirect_get, return_to, trace,
    },
    mailer::Mailer,
    recovery::assisted::add_banner,
    state::AppState,
};

/// Maximum body of a post.
const BODY_MAX: usize = 64 * 1024;
/// Maximum body of a form with a picture: more than a picture may have, so that a phone's photo that is too large is
/// reported at its field.
const UPLOAD_MAX: usize = 32 * 1024 * 1024;
/// Maximum duration of a request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// … and of one that uploads a picture over a slow line.
const UPLOAD_PATIENCE: Duration = Duration::from_secs(120);

/// Files of the site folder that are served at the root, besides [`manifest::ICONS`].
const FILES: [&str; 3] = ["favicon.ico", "favicon.svg", "robots.txt"];

/// Builds all routes of the application, with all layers around them.
///
/// # Errors
/// When the base URL is not an origin that browsers send.
pub fn router(state: &AppState) -> Result<Router, ConfigError> {
    // Bodies are limited route by route: one form uploads a picture.
    let pages = pages(state)
        .layer(layer::from_fn_with_state(FormPages(app::page_of), middleware::only_forms))
        .layer(RequestBodyLimitLayer::new(BODY_MAX))
        .layer(within(REQUEST_TIMEOUT));
    let uploads = app::uploads()
        .layer(DefaultBodyLimit::disable())
        .layer(layer::from_fn(middleware::only_forms_and_files))
        .layer(RequestBodyLimitLayer::new(UPLOAD_MAX))
        .layer(within(UPLOAD_PATIENCE));
    // Apart from the routes that take forms: these services decide themselves which methods they accept.
    let files = files(state).layer(within(REQUEST_TIMEOUT));
    let routes = pages.merge(files).merge(uploads);
    let csrf = CsrfLayer::new().add_trusted_origin(state.config.origin())?;
    Ok(routes
        .fallback(not_found)
        .method_not_allowed_fallback(not_allowed)
        .layer(
            ServiceBuilder::new()
                .layer(layer::map_request(middleware::without_request_id))
                .layer(SetRequestIdLayer::x_request_id(Ids(state.clone())))
                .layer(PropagateRequestIdLayer::x_request_id())
                .layer(
                    TraceLayer::new_for_http()
                        .make_span_with(trace::span)
                        .on_request(())
                        .on_response(trace::answered)
                        .on_body_chunk(())
                        .on_eos(())
                        .on_failure(()),
                )
                .layer(layer::from_fn_with_state(state.clone(), middleware::security_headers))
                .layer(layer::from_fn_with_state(
                    Provider::new(state, add_banner),
                    context::provide,
                ))
                .layer(layer::from_fn(render_errors))
                .layer(layer::from_fn(middleware::explain))
                .layer(layer::from_fn(middleware::settled))
                .layer(CatchPanicLayer::custom(middleware::panicked))
                .layer(within(UPLOAD_PATIENCE))
                .layer(layer::from_fn_with_state(state.clone(), middleware::own_origin))
                .layer(csrf)
                .layer(layer::from_fn(middleware::possible_addresses)),
        )
        .with_state(state.clone()))
}

/// Returns the routes that take no uploads: pages, streams, and the server functions that forms post to.
fn pages(state: &AppState) -> Router<AppState> {
    let routes = app::pages()
        .route("/api/language", post(language::switch))
        .route("/api/{*function}", post(server_function))
        .route("/manifest.webmanifest", get(manifest::show))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz));
    if !matches!(state.mailer, Mailer::Folder(_)) {
        return routes;
    }
    routes
        .route("/dev/mail", get(dev_mail::list))
        .route("/dev/mail.json", get(dev_mail::json))
        .route("/dev/mail/{id}", get(dev_mail::email))
}

/// Returns the routes of the site folder's files.
fn files(state: &AppState) -> Router<AppState> {
    let site = &state.config.site_root;
    // Without hashes in their names (`make dev`) the files change under the same address.
    let hashed = state.assets.hashed;
    let immutable = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    let cached = |how| {
        let how = HeaderValue::from_static(how);
        ServiceBuilder::new().layer(SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, how))
    };
    let built = cached(immutable)
        .service(ServeDir::new(site.join("pkg")).precompressed_br().precompressed_gzip());
    let files = Router::new().nest_service("/pkg", built);
    FILES.iter().chain(&manifest::ICONS).fold(files, |files, name| {
        let file = cached("public, max-age=86400").service(ServeFile::new(site.join(name)));
        files.route_service(&format!("/{name}"), file)
    })
}

/// Answers 503 after this time.
fn within(time: Duration) -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, time)
}

/// Runs the server function that a form was posted to.
async fn server_function(
    Extension(context): Extension<RequestContext>,
    mut request: Request,
) -> Response {
    let Some(page) = app::page_of(request.uri().path()) else {
        return AppError::new(RequestProblem::NotFound).into_response();
    };
    // How a browser is answered is decided here ([`post_redirect_get`]). The framework would send it back to the
    // referring page, with the error in the address.
    let posted = request.extensions_mut().remove().unwrap_or_default();
    request.headers_mut().remove(header::REFERER);
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let provided = context.clone();
    let mut response =
        handle_server_fns_with_context(move || provide_context(provided.clone()), request)
            .await
            .into_response();
    // A refusal by the framework itself is the caller's mistake, not ours.
    let is_refused = response.status() == StatusCode::INTERNAL_SERVER_ERROR;
    let malformed = || is_refused.then(|| Err(AppError::new(RequestProblem::Malformed)));
    if let Some(outcome) = context.take_outcome().or_else(malformed) {
        return post_redirect_get::answer_form(&context, page, &posted, outcome);
    }
    // The framework marks every error with this header.
    response.headers_mut().remove("serverfnerror");
    response
}

/// Responds with 404, or redirects an address with a trailing slash to the one without.
async fn not_found(Extension(context): Extension<RequestContext>, uri: Uri) -> Response {
    let bare = uri.path().trim_end_matches('/');
    if bare.len() < uri.path().len() && !bare.is_empty() {
        let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        // Never to another site, which a leading `//` would be.
        if let Some(to) = return_to::allowed(&context.state.config, &format!("{bare}{query}")) {
            return Redirect::permanent(&to).into_response();
        }
    }
    AppError::new(RequestProblem::NotFound).into_response()
}

/// Responds to a method that the address does not take. axum adds those that it does (`Allow`).
async fn not_allowed(
    Extension(context): Extension<RequestContext>,
    method: Method,
    uri: Uri,
) -> Response {
    let is_looked_at = context.accepts_html && matches!(method, Method::GET | Method::HEAD);
    let kind = match app::page_of(uri.path()) {
        _ if method == Method::OPTIONS => return StatusCode::NO_CONTENT.into_response(),
        // The response to a form was an error page that is now reloaded, or its address was saved.
        Some(page) if is_looked_at => return Redirect::to(page).into_response(),
        None if uri.path().starts_with("/api/") => RequestProblem::NotFound,
        _ => RequestProblem::MethodNotAllowed,
    };
    AppError::new(kind).into_response()
}

#[derive(Clone)]
struct Ids(AppState);

impl MakeRequestId for Ids {
    fn make_request_id<B>(&mut self, _: &http::Request<B>) -> Option<RequestId> {
        HeaderValue::from_str(&self.0.random.id::<String>(self.0.clock.now()))
            .ok()
            .map(RequestId::new)
    }
}
