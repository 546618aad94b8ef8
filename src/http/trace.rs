//! The span of a request: whatever is logged while it is answered carries its id, its method and its route. The
//! requested address is never logged, because emails and QR codes carry tokens in theirs (ASVS 14.2.1, 16.2.5).

use std::time::Duration;

use axum::extract::MatchedPath;
use http::{Request, Response};
use tracing::Span;

/// Returns the span of a request. Of the highest level, so that it is there whatever `LATCHKEY_LOG` says.
pub(crate) fn span<B>(request: &Request<B>) -> Span {
    let id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok());
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str);
    tracing::error_span!("request", id, method = %request.method(), route)
}

/// Logs one line per request, when its answer begins.
pub(crate) fn answered<B>(response: &Response<B>, took: Duration, _: &Span) {
    let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(status = response.status().as_u16(), took_ms, "request");
}
