//! Server-sent events (WHATWG HTML §9.2): how a page learns at once what changed.

use std::{convert::Infallible, future::Future, time::Duration};

use axum::response::{
    IntoResponse as _, Response,
    sse::{Event, KeepAlive, Sse},
};
use futures::stream;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use tokio::sync::mpsc;
use tracing::Instrument as _;

/// How often a silent stream sends a keep-alive: proxies cut what is silent for a minute.
const SIGN_OF_LIFE: Duration = Duration::from_secs(20);
/// How many events may wait for a slow browser.
const BACKLOG: usize = 16;

/// The browser disconnected.
#[derive(Debug)]
pub(crate) struct Gone;

/// The sending end of a stream.
pub(crate) struct Outlet(mpsc::Sender<Event>);

impl Outlet {
    /// Sends a change to the page's island, as JSON. `id` is the cursor with which the browser reconnects.
    ///
    /// # Errors
    /// [`Gone`].
    pub(crate) async fn send<E: Serialize>(&self, id: Option<&str>, event: &E) -> Result<(), Gone> {
        match serde_json::to_string(event) {
            Ok(json) => self.write("update", id, &json).await,
            Err(error) => {
                tracing::error!(%error, "an event was not written as JSON");
                Err(Gone)
            }
        }
    }

    /// Sends the browser to another of our pages.
    ///
    /// # Errors
    /// [`Gone`].
    pub(crate) async fn go(&self, path: &str) -> Result<(), Gone> {
        self.write("go", None, path).await
    }

    /// Asks the browser to show a notification, if the user allowed that and is not looking at the page.
    ///
    /// # Errors
    /// [`Gone`].
    pub(crate) async fn notify(&self, words: &str) -> Result<(), Gone> {
        self.write("notify", None, words).await
    }

    async fn write(&self, name: &str, id: Option<&str>, data: &str) -> Result<(), Gone> {
        // A carriage return would end a line of the protocol.
        let event = Event::default().event(name).data(data.replace('\r', ""));
        let event = match id {
            // A character that ends a line would cause a panic.
            Some(id) if !id.chars().any(char::is_control) => event.id(id),
            _ => event,
        };
        self.0.send(event).await.map_err(|_| Gone)
    }
}

/// Opens a stream that `work` fills. It ends when `work` does, and `work` ends when the browser disconnects. For a HEAD
/// request, `work` is not started.
pub(crate) fn open<F, Fut>(is_head: bool, work: F) -> Response
where
    F: FnOnce(Outlet) -> Fut + Send + 'static,
    Fut: Future<Output = Result<(), Gone>> + Send,
{
    let (sender, receiver) = mpsc::channel(BACKLOG);
    if !is_head {
        let working = async move {
            let gone = sender.clone();
            tokio::select! {
                _ = work(Outlet(sender)) => {}
                () = gone.closed() => {}
            }
        };
        tokio::spawn(working.in_current_span());
    }
    let events = stream::unfold(receiver, |mut receiver| async move {
        let event = receiver.recv().await?;
        Some((Ok::<_, Infallible>(event), receiver))
    });
    let mut response =
        Sse::new(events).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE)).into_response();
    // Proxies that buffer responses would deliver the events late.
    let name = HeaderName::from_static("x-accel-buffering");
    response.headers_mut().insert(name, HeaderValue::from_static("no"));
    response
}

/// Returns where a reconnecting browser was: from the standard header or, for an island that had to start anew, from
/// the parameter `last`. A value that is not a single line cannot be an id of ours and is ignored.
#[must_use]
pub(crate) fn last_id(headers: &HeaderMap, query: Option<String>) -> Option<String> {
    let header = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let id = header.map(str::to_owned).or(query);
    id.filter(|id| !id.is_empty() && !id.chars().any(char::is_control))
}
