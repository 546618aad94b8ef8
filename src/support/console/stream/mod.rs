//! The console's stream: one for each window, whatever is open in it, because browsers allow few connections.
//!
//! The id of an event says how far each open conversation was sent (`ID:seq,ID:seq`): a browser that reconnects
//! receives what it missed, and nothing twice.

mod news;

use std::{collections::HashMap, mem::Discriminant, time::Duration};

use axum::{
    Extension,
    response::{IntoResponse as _, Response},
};
use futures::{
    StreamExt as _,
    stream::{self, BoxStream, SelectAll},
};
use http::HeaderMap;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout_at},
};

use super::{console_view::ConsoleView, cursor::Cursor, store, view::Reader};
use crate::{
    db::DbError,
    domain::ids::ConversationId,
    error::{AppError, InternalError, RequestProblem},
    http::{
        context::RequestContext,
        sse::{self, Gone, Outlet},
    },
    i18n::Texts,
    islands::{ConsoleEvent, PanePart},
    realtime::{Change, Event, Listener},
    support::conversation::{self, QUEUE, Translated},
};

/// Minimum time between two updates of the queue.
const QUEUE_EVERY: Duration = Duration::from_secs(1);
/// How long a window waits for other windows at most, so that one with an unresponsive database does not block the rest
/// forever.
const TURN: Duration = Duration::from_secs(5);
/// How often permission is checked again and waiting times are updated.
const TICK: Duration = Duration::from_secs(30);
/// How long a user counts as typing after the last sign of it.
const TYPING: Duration = Duration::from_secs(5);

/// `GET /operator/stream`
pub(crate) async fn listen(
    Extension(request): Extension<RequestContext>,
    headers: HeaderMap,
) -> Response {
    let staff = match request.staff_listening().await {
        Ok(staff) => staff,
        Err(error) => return error.into_response(),
    };
    let (t, zone) = (Texts(staff.account.locale()), staff.account.zone());
    let reader = Reader { state: request.state.clone(), staff, t, zone };
    let last = sse::last_id(&headers, request.query("last")).unwrap_or_default();
    let console = ConsoleView::of(&request);
    sse::open(request.is_head, move |outlet| async move {
        let window = Window {
            request,
            reader,
            cursor: Cursor::parse(&last),
            sent: HashMap::new(),
            queue_sent: None,
            duty_sent: None,
            waiting: None,
            typing: HashMap::new(),
            console,
            outlet,
        };
        window.run().await
    })
}

/// Why a stream ends.
enum End {
    /// The browser disconnected, the server stops, or the database failed: the browser reconnects by itself.
    Away,
    /// The listener is no longer permitted.
    Over,
}

impl From<Gone> for End {
    fn from(_: Gone) -> Self {
        Self::Away
    }
}

impl From<DbError> for End {
    fn from(error: DbError) -> Self {
        tracing::warn!(%error, "a stream of the console ends");
        Self::Away
    }
}

impl From<InternalError> for End {
    fn from(error: InternalError) -> Self {
        tracing::warn!(%error, "a stream of the console ends");
        Self::Away
    }
}

struct Window {
    request: RequestContext,
    reader: Reader,
    console: ConsoleView,
    cursor: Cursor,
    /// Hashes of the parts that the browser shows, by kind and conversation: a part is sent again only when it differs.
    sent: HashMap<(Discriminant<PanePart>, ConversationId), u64>,
    /// The same for the queue, and for who is on duty.
    queue_sent: Option<u64>,
    duty_sent: Option<u64>,
    /// Who waited when the queue was last read, with the number of the last message then.
    waiting: Option<HashMap<ConversationId, i64>>,
    /// Who is typing, and until when.
    typing: HashMap<ConversationId, Instant>,
    outlet: Outlet,
}

type Heard = (Option<ConversationId>, Event);

/// Turns the events of one topic into a stream.
fn heard(of: Option<&ConversationId>, listener: Listener) -> BoxStream<'static, Heard> {
    let of = of.cloned();
    stream::unfold(listener, move |mut listener| {
        let of = of.clone();
        async move {
            let signal = listener.next().await;
            Some(((of, signal), listener))
        }
    })
    .boxed()
}

impl Window {
    async fn run(mut self) -> Result<(), Gone> {
        match self.listen().await {
            Err(End::Over) => {
                // That page first asks the user to sign in.
                let path = self.console.path();
                self.outlet.go(&path).await
            }
            _ => Ok(()),
        }
    }

    async fn listen(&mut self) -> Result<(), End> {
        // Listening begins before anything is read, so that no change is missed.
        let realtime = &self.reader.state.realtime;
        let mut signals = SelectAll::new();
        signals.push(heard(None, realtime.listen(QUEUE).ok_or(End::Away)?));
        for id in &self.console.open {
            let topic = conversation::topic(id);
            signals.push(heard(Some(id), realtime.listen(&topic).ok_or(End::Away)?));
        }
        // Something may have been translated between the page and the listening.
        self.conversations(Translated::Lately).await?;
        let queues = self.reader.state.queues.clone();
        let mut queue_sent = Instant::now();
        let mut queue_due = Some(queue_sent);
        let mut tick = interval_at(Instant::now() + TICK, TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let typing_over = self.typing.values().min().copied();
            tokio::select! {
                Some((of, signal)) = signals.next() => match (of, signal) {
                    (_, Event::Stop) => return Ok(()),
                    (Some(id), signal) => self.conversation(&id, &signal).await?,
                    (None, signal) => {
                        if signal == Event::Changed(Change::Duty) {
                            // The colleagues to whom a conversation can be handed over change with it.
                            self.duty().await?;
                            self.conversations(Translated::Nothing).await?;
                        }
                        queue_due.get_or_insert(Instant::now().max(queue_sent + QUEUE_EVERY));
                    }
                },
                turn = turn(queue_due, &queues) => {
                    queue_due = None;
                    self.queue(turn).await?;
                    queue_sent = Instant::now();
                }
                () = until(typing_over) => self.still().await?,
                _ = tick.tick() => {
                    self.may_listen().await?;
                    let (now, me) = (self.reader.state.clock.now(), &self.reader.staff.account.id);
                    store::seen(&self.reader.state.db, me, now).await?;
                    self.conversations(Translated::Nothing).await?;
                    queue_due.get_or_insert_with(Instant::now);
                }
            }
        }
    }

    /// Ends the stream of a listener who is no longer signed in as staff.
    async fn may_listen(&mut self) -> Result<(), End> {
        match self.request.staff_listening().await {
            Ok(staff) => {
                self.reader.staff = staff;
                Ok(())
            }
            Err(error) if is_over(&error) => Err(End::Over),
            Err(error) => {
                // Operators must not lose what they are writing because the database was briefly unavailable.
                tracing::warn!(?error, "a stream of the console ends");
                Err(End::Away)
            }
        }
    }

    /// Sends what changed, after checking the permission again: everything was read while the listener still had it.
    async fn send(&mut self, id: Option<&str>, events: &[ConsoleEvent]) -> Result<(), End> {
        self.may_listen().await?;
        Ok(self.outlet.send(id, &events).await?)
    }

    /// Sends what is new in all open conversations.
    async fn conversations(&mut self, translated: Translated) -> Result<(), End> {
        for id in self.console.open.clone() {
            self.update(&id, translated).await?;
        }
        Ok(())
    }

    /// Handles an event of an open conversation.
    async fn conversation(&mut self, id: &ConversationId, signal: &Event) -> Result<(), End> {
        match signal {
            Event::Changed(Change::TypingShopper) => {
                self.typing.insert(id.clone(), Instant::now() + TYPING);
                self.show_typing(id).await
            }
            Event::Changed(Change::TypingOperator) => Ok(()),
            Event::Changed(Change::Looked) => self.facts(id).await,
            signal => self.update(id, Translated::said(signal)).await,
        }
    }

    /// Ends the typing indicator where its time is over.
    async fn still(&mut self) -> Result<(), End> {
        let now = Instant::now();
        let over: Vec<ConversationId> = self
            .typing
            .iter()
            .filter(|(_, until)| **until <= now)
            .map(|(id, _)| id.clone())
            .collect();
        for id in over {
            self.typing.remove(&id);
            self.show_typing(&id).await?;
        }
        Ok(())
    }

    /// Sends whether the user is typing, if the browser shows otherwise.
    async fn show_typing(&mut self, id: &ConversationId) -> Result<(), End> {
        let part = PanePart::Typing(self.typing.contains_key(id));
        if !self.is_news(id, &part) {
            return Ok(());
        }
        self.send(None, &[ConsoleEvent::Pane((id.to_string(), part))]).await
    }
}

/// Returns whether the listener is no longer permitted.
fn is_over(error: &AppError) -> bool {
    error.error.is_one_of(&[RequestProblem::SignedOut, RequestProblem::NotFound])
}

/// Waits until `at`, and then until no other window's queue is being rendered: if all were rendered at once, messages
/// would be delayed. Meanwhile the window receives everything else; dropping this future blocks nobody.
async fn turn(at: Option<Instant>, queues: &Semaphore) -> Option<SemaphorePermit<'_>> {
    until(at).await;
    let last = at? + TURN;
    timeout_at(last, queues.acquire()).await.ok()?.ok()
}

/// Waits until `at`, or forever.
async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
