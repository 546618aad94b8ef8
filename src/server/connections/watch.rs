//! What one connection is doing.

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
    /// Since when nothing of an answer has been taken.
    stalled: Option<Instant>,
    /// Its place was given to somebody else.
    leaves: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// A request's head is on its way, or should be.
    Head,
    /// Something was asked, and is not answered to its end.
    Busy,
    /// Kept, in case there is something else.
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

    /// Something came in.
    pub fn heard(&self) {
        if self.state().phase == Phase::Idle {
            self.turn_to(Phase::Head);
        }
    }

    /// Whether something that was to go out went.
    pub fn said(&self, went: bool) {
        let mut state = self.state();
        if went {
            state.stalled = None;
        } else if state.stalled.is_none() {
            state.stalled = Some(Instant::now());
            self.changed.notify_one();
        }
    }

    /// Since when it has been asking nothing, if so.
    pub fn spare_since(&self) -> Option<Instant> {
        let state = self.state();
        (state.phase != Phase::Busy).then_some(state.since)
    }

    /// Has it leave.
    pub fn leave(&self) {
        self.state().leaves = true;
        self.changed.notify_one();
    }

    /// Resolves when it does something else than before.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// When it has to end, if it goes on like this.
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

    /// Whether it has to end. One that had to make room and has asked for something since gets its answer.
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

    /// The answer's body, at whose end it is answered.
    pub fn until_the_end_of(self, body: Body) -> Answer {
        Answer { body, busy: Some(self) }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.turn_to(Phase::Idle);
    }
}

/// The body of an answer.
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
