//! Notifies the computer at once of what became of its request.

use axum::{
    Extension,
    response::{IntoResponse as _, Response},
};
use http::HeaderMap;

use super::pages::status;
use crate::{
    auth::qr_sign_in::requests::{self, State},
    clock::{Duration, MILLISECOND, MINUTE},
    error::{AppError, RequestProblem},
    http::{context::RequestContext, cookies::CookieName, page_error::PageError, sse},
    realtime::Event,
};

/// How long the stream waits for an event at most before it reads the request again.
const LOOK_AGAIN: Duration = MINUTE;

/// `/sign-in/qr/stream`: only for the browser that created the request. The cursor is the state that it shows.
pub(crate) async fn open(
    Extension(request): Extension<RequestContext>,
    headers: HeaderMap,
) -> Response {
    let nothing = || AppError::new(RequestProblem::NotFound).into_response();
    let Some(browser) = request.token(CookieName::Qr) else { return nothing() };
    let attempt = match requests::find_by_browser(&request.state.db, &browser).await {
        Ok(Some(attempt)) => attempt,
        Ok(None) => return nothing(),
        Err(error) => return PageError::Error(error.into()).into_response(),
    };
    let network = request.state.config.limits.then_some(request.client.network.as_str());
    let Some(mut listener) =
        request.state.realtime.listen_as_guest(&requests::topic(&attempt.id), network)
    else {
        return AppError::new(RequestProblem::Busy).into_response();
    };
    let mut last = sse::last_id(&headers, request.query("last"));
    let next = request.next();
    sse::open(request.is_head, move |outlet| async move {
        loop {
            // Not the `attempt` from above: it is read again each time, now that the listener is registered.
            let found = match requests::find_by_browser(&request.state.db, &browser).await {
                Ok(found) => found,
                Err(error) => {
                    // The browser reconnects by itself.
                    tracing::warn!(%error, "a QR request was not read");
                    return Ok(());
                }
            };
            let now = request.state.clock.now();
            let state = found.as_ref().map_or(State::Expired, |attempt| attempt.state(now));
            if state == State::Collected {
                // Collected in another tab: the sign-in page knows where to continue.
                return outlet.go(&crate::http::return_to::with("/sign-in", next.as_deref())).await;
            }
            if last.as_deref() != Some(state.as_str()) {
                outlet
                    .send(Some(state.as_str()), &status(&request, &browser, found.as_ref()))
                    .await?;
                last = Some(state.as_str().to_owned());
            }
            let Some(attempt) = found.filter(|_| state.is_open()) else { return Ok(()) };
            let wait = (attempt.expires_at - now).clamp(MILLISECOND, LOOK_AGAIN).unsigned_abs();
            tokio::select! {
                signal = listener.next() => {
                    if signal == Event::Stop {
                        return Ok(());
                    }
                }
                () = tokio::time::sleep(wait) => {}
            }
        }
    })
}
