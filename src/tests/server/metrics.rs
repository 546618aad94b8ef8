//! `/metrics`: what it counts, and that it is on no public address.

use axum::{Router, body::Body, middleware};
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::super::harness::db_test;
use crate::server::metrics::{Metrics, count};

async fn answer(router: &Router, path: &str) -> (StatusCode, String) {
    let request = Request::get(path).header("host", "localhost").body(Body::empty());
    let answer = router.clone().oneshot(request.expect("a request")).await.expect("an answer");
    let status = answer.status();
    let body = answer.into_body().collect().await.expect("a body").to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

db_test!(metrics_name_routes_and_what_waits_but_no_addresses_and_no_public_one, |t| {
    let metrics = Metrics::default();
    let admin = metrics.clone().router(t.state.clone());
    let public = t.router.clone().layer(middleware::from_fn_with_state(metrics, count));
    t.account("anna").await;
    t.browser().ask_for_code("anna").await;
    assert_eq!(answer(&public, "/sign-in").await.0, StatusCode::OK);
    assert_eq!(answer(&public, "/sign-in").await.0, StatusCode::OK);
    assert_eq!(answer(&public, "/qr/canary").await.0, StatusCode::NOT_FOUND);
    assert_eq!(answer(&public, "/metrics").await.0, StatusCode::NOT_FOUND);
    let (status, text) = answer(&admin, "/metrics").await;
    assert_eq!(status, StatusCode::OK);
    let requests =
        "latchkey_http_requests_total{method=\"GET\",route=\"/sign-in\",status=\"200\"} 2";
    assert!(text.contains(requests), "{text}");
    let form = Request::post("/api/sign_in")
        .header("host", "localhost")
        .header("origin", "https://elsewhere.example")
        .body(Body::empty());
    let answer_to_form = public.clone().oneshot(form.expect("a request")).await;
    assert_eq!(answer_to_form.expect("an answer").status(), StatusCode::FORBIDDEN);
    let (_, text) = answer(&admin, "/metrics").await;
    assert!(text.contains("{method=\"POST\",route=\"/api/sign_in\",status=\"403\"} 1"), "{text}");
    let durations = "latchkey_http_request_duration_seconds_count{route=\"/sign-in\"} 2";
    assert!(text.contains(durations), "{text}");
    assert!(text.contains("latchkey_emails_waiting 1\n"), "{text}");
    assert!(text.contains("latchkey_password_hashes_waiting 0\n"), "{text}");
    assert!(!text.contains("canary") && text.ends_with("# EOF\n"), "{text}");
    assert_eq!(answer(&admin, "/sign-in").await.0, StatusCode::NOT_FOUND);
});
