//! Malformed requests: refused like any invalid input, or ignored.

mod addresses;
mod fields;
mod headers;

use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, SocketAddr},
};

use axum::{body::Body, extract::ConnectInfo};
use http::{Method, Request};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::harness::TestApp;

/// Sends one request whose headers may hold any bytes.
async fn ask(
    t: &TestApp,
    method: Method,
    path: &str,
    headers: &[(&str, &[u8])],
    body: &'static str,
) -> http::Response<String> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::from(body)).expect("a request");
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 4711))));
    let (parts, body) = t.router.clone().oneshot(request).await.expect("an answer").into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    http::Response::from_parts(parts, String::from_utf8_lossy(&body).into_owned())
}

async fn get(t: &TestApp, path: &str, headers: &[(&str, &[u8])]) -> http::Response<String> {
    ask(t, Method::GET, path, headers, "").await
}

fn said<'a>(answer: &'a http::Response<String>, name: &str) -> &'a str {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

const HTML: (&str, &[u8]) = ("accept", b"text/html");

/// Returns the addresses in the table of pages, without those with a parameter.
fn literals(beginning: &str) -> BTreeSet<String> {
    let table = include_str!("../../app.rs");
    let quoted = table.split('"').skip(1).step_by(2).map(str::to_owned);
    quoted.filter(|text| text.starts_with(beginning) && !text.contains('{')).collect()
}
