//! `/metrics` in the OpenMetrics text format, on an address of its own: which requests were answered, how long that
//! took, and what waits. Routes are counted, never addresses: those may carry tokens.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::header,
    middleware::Next,
    response::{IntoResponse as _, Response},
    routing::get,
};
use http::{Method, StatusCode};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};
use tokio::time::{Instant, timeout};

use crate::{app, state::AppState};

/// How long the database has for its figure.
const DATABASE: Duration = Duration::from_secs(2);
/// What a gauge shows whose figure could not be read.
const UNKNOWN: i64 = -1;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

/// What is counted.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    requests: Family<Answered, Counter>,
    durations: Family<Route, Histogram>,
    emails: Gauge,
    hashes: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("latchkey");
        let requests = Family::<Answered, Counter>::default();
        registry.register("http_requests", "Answered requests", requests.clone());
        // From 1 ms to 16 s.
        let durations = Family::<Route, Histogram>::new_with_constructor(|| {
            Histogram::new(exponential_buckets(0.001, 2.0, 15))
        });
        let help = "Time until the answer begins";
        registry.register_with_unit(
            "http_request_duration",
            help,
            Unit::Seconds,
            durations.clone(),
        );
        let (emails, hashes) = (Gauge::default(), Gauge::default());
        let help =
            "Emails of all instances that wait to be sent; -1 if the database does not answer";
        registry.register("emails_waiting", help, emails.clone());
        let help = "Passwords that wait to be hashed or verified, abandoned requests included";
        registry.register("password_hashes_waiting", help, hashes.clone());
        Self { registry: Arc::new(registry), requests, durations, emails, hashes }
    }
}

impl Metrics {
    /// Returns the route of the admin address.
    pub fn router(self, state: AppState) -> Router {
        Router::new().route("/metrics", get(show)).with_state((self, state))
    }
}

/// Counts a request; a layer around all routes.
pub async fn count(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let (method, route) = (method(request.method()), route(&request).to_owned());
    let response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), begun.elapsed().as_secs_f64());
    metrics.durations.get_or_create(&Route { route: route.clone() }).observe(took);
    metrics.requests.get_or_create(&Answered { method, route, status }).inc();
    response
}

/// Returns the route of a request: the pattern, or the address that a form of ours posts to.
fn route(request: &Request) -> &str {
    let form = app::FORMS.iter().find(|(posted, _)| *posted == request.uri().path());
    let pattern = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str);
    form.map_or(pattern, |(posted, _)| posted)
}

/// Returns the name of a method. Unknown ones have one name: a client could send any number of them.
fn method(method: &Method) -> String {
    let known = [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS];
    if known.contains(method) { method.to_string() } else { "other".to_owned() }
}

async fn show(State((metrics, state)): State<(Metrics, AppState)>) -> Response {
    metrics.hashes.set(i64::try_from(state.hasher.waiting()).unwrap_or(i64::MAX));
    // Without the database the rest is told all the same.
    let waiting = timeout(DATABASE, state.outbox.waiting()).await;
    metrics.emails.set(waiting.ok().and_then(Result::ok).unwrap_or(UNKNOWN));
    let mut text = String::new();
    if encode(&mut text, &metrics.registry).is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
