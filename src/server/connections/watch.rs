//! The activity of one connection.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::{sync::Notify, time::Instant};

use super::Limits;

/// What a connection is doing, and since when.
pub(super) struct Watch {
    state: Mutex<State>,
    changed: Notify,
}

struct State {
    phase: Phase,
    since: Instant,
    /// Since when the client has read nothing of a response.
    stalled: Option<Instant>,
    /// Its place was given to another connection.
    leaves: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Waiting for or receiving a request's head.
    Head,
    /// A request was received and is not completely answered.
    Busy,
    /// Kept alive for another request.
    Idle,
}

impl Watch {
    pub fn new() -> Self {
        let state =
            State { phase: Phase::Head, since: Instant::now(), stalled: None, leaves: false };
        Self { state: Mutex::new(state), changed: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn_to(&self, phase: Phase) {
        let mut state = self.state();
        state.phase = phase;
        state.since = Instant::now();
        self.changed.notify_one();
    }

    /// Records that data came in.
    pub fn heard(&self) {
        if self.state().phase == Phase::Idle {
            self.turn_to(Phase::Head);
        }
    }

    /// Records whether data that was to be sent was sent.
    pub fn said(&self, went: bool) {
        let mut state = self.state();
        if went {
            state.stalled = None;
        } else if state.stalled.is_none() {
            state.stalled = Some(Instant::now());
            self.changed.notify_one();
        }
    }

    /// Returns since when it has had no request, if it has none.
    pub fn spare_since(&self) -> Option<Instant> {
        let state = self.state();
        (state.phase != Phase::Busy).then_some(state.since)
    }

    /// Makes the connection close.
    pub fn leave(&self) {
        self.state().leaves = true;
        self.changed.notify_one();
    }

    /// Resolves when the activity changes.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Returns when it has to end if nothing changes.
    pub fn due(&self, limits: &Limits) -> Option<Instant> {
        let state = self.state();
        let phase = match state.phase {
            Phase::Head => Some(state.since + limits.head),
            Phase::Idle => Some(state.since + limits.idle),
            Phase::Busy => None,
        };
        let stalled = state.stalled.map(|since| since + limits.stall);
        [phase, stalled].into_iter().flatten().min()
    }

    /// Returns whether it has to end. A connection that had to make room but has received a request since still gets
    /// its response.
    pub fn is_over(&self, limits: &Limits) -> bool {
        let made_room = {
            let state = self.state();
            state.leaves && state.phase != Phase::Busy
        };
        made_room || self.due(limits).is_some_and(|due| due <= Instant::now())
    }
}

/// A request that is being answered.
pub(super) struct Busy(Arc<Watch>);

impl Busy {
    pub fn begin(watch: Arc<Watch>) -> Self {
        watch.turn_to(Phase::Busy);
        Self(watch)
    }

    /// Wraps the response body; the request counts as answered at its end.
    pub fn until_the_end_of(self, body: Body) -> Answer {
        Answer { body, busy: Some(self) }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.turn_to(Phase::Idle);
    }
}

/// The body of a response.
pub(super) struct Answer {
    body: Body,
    busy: Option<Busy>,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        request: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(request);
        if matches!(frame, Poll::Ready(None | Some(Err(_)))) {
            self.busy = None;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
