//! HTTP: what every request goes through before it reaches a room.

pub mod assets;
pub mod context;
mod cookies;
mod dev_mail;
pub mod draft;
pub mod form;
mod health;
mod language;
pub mod manifest;
mod middleware;
pub mod page;
pub mod press;
pub mod sse;
pub mod upload;

use std::time::Duration;

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, Request},
    middleware as layer,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use http::{HeaderValue, StatusCode, header};
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
};

use self::context::Cx;
use crate::{
    error::{AppError, Kind},
    server::{app::App, outbox::Mailer},
};

/// Largest body of a post.
const BODY_MAX: usize = 64 * 1024;
/// Largest body of a form with a picture: more than a picture may have, so that a phone's photo that is too
/// large is told so at its field.
const UPLOAD_MAX: usize = 32 * 1024 * 1024;
/// Longest that a request may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// … and one that brings a picture over a slow line.
const UPLOAD_PATIENCE: Duration = Duration::from_secs(120);

/// All routes of the application, with everything around them.
///
/// # Errors
/// When the base URL is no origin that browsers send.
pub fn router(app: &App) -> Result<Router, ConfigError> {
    let site = &app.config.site_root;
    // Without hashes in their names (`make dev`) the files change under their address.
    let hashed = app.assets.hashed;
    let immutable = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    let immutable = HeaderValue::from_static(immutable);
    let built = ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, immutable))
        .service(ServeDir::new(site.join("pkg")).precompressed_br().precompressed_gzip());
    let for_a_day = || {
        SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=86400"),
        )
    };
    let icon =
        ServiceBuilder::new().layer(for_a_day()).service(ServeFile::new(site.join("favicon.svg")));
    let robots =
        ServiceBuilder::new().layer(for_a_day()).service(ServeFile::new(site.join("robots.txt")));

    let mut routes = manifest::ICONS.iter().fold(crate::app::screens(), |routes, name| {
        let file =
            ServiceBuilder::new().layer(for_a_day()).service(ServeFile::new(site.join(name)));
        routes.route_service(&format!("/{name}"), file)
    });
    routes = routes
        .route("/api/language", post(language::switch))
        .route("/api/{*function}", post(server_function))
        .route("/manifest.webmanifest", get(manifest::show))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .nest_service("/pkg", built)
        .route_service("/favicon.svg", icon)
        .route_service("/robots.txt", robots);
    if matches!(app.mailer, Mailer::Folder(_)) {
        routes = routes
            .route("/dev/mail", get(dev_mail::list))
            .route("/dev/mail.json", get(dev_mail::json))
            .route("/dev/mail/{id}", get(dev_mail::letter));
    }
    // Bodies are judged route by route: one form brings a picture.
    let within =
        |patience| TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, patience);
    let routes = routes
        .layer(layer::from_fn(middleware::only_forms))
        .layer(RequestBodyLimitLayer::new(BODY_MAX))
        .layer(within(PATIENCE));
    let routes = routes.merge(
        crate::app::uploads()
            .layer(DefaultBodyLimit::disable())
            .layer(layer::from_fn(middleware::only_forms_and_files))
            .layer(RequestBodyLimitLayer::new(UPLOAD_MAX))
            .layer(within(UPLOAD_PATIENCE)),
    );
    let csrf = CsrfLayer::new().add_trusted_origin(app.config.origin())?;
    Ok(routes
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .layer(
            ServiceBuilder::new()
                .layer(layer::map_request(middleware::without_request_id))
                .layer(SetRequestIdLayer::x_request_id(Ids(app.clone())))
                .layer(PropagateRequestIdLayer::x_request_id())
                .layer(layer::from_fn_with_state(app.clone(), middleware::log))
                .layer(layer::from_fn_with_state(app.clone(), middleware::security_headers))
                .layer(layer::from_fn_with_state(app.clone(), context::provide))
                .layer(layer::from_fn(middleware::explain))
                .layer(CatchPanicLayer::custom(middleware::panicked))
                .layer(within(UPLOAD_PATIENCE))
                .layer(csrf),
        )
        .with_state(app.clone()))
}

/// Runs the server function that a form was posted to.
async fn server_function(Extension(cx): Extension<Cx>, request: Request) -> Response {
    let context = cx.clone();
    let mut response =
        handle_server_fns_with_context(move || provide_context(context.clone()), request)
            .await
            .into_response();
    // What the framework itself refuses is the caller's mistake, not ours.
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    response
}

async fn not_found(Extension(cx): Extension<Cx>) -> Response {
    page::error_response(&cx, &AppError::new(Kind::NotFound))
}

#[derive(Clone)]
struct Ids(App);

impl MakeRequestId for Ids {
    fn make_request_id<B>(&mut self, _: &http::Request<B>) -> Option<RequestId> {
        HeaderValue::from_str(&self.0.random.id(self.0.clock.now())).ok().map(RequestId::new)
    }
}
