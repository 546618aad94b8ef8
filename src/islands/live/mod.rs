//! Live updates of a page: typed events over server-sent events (WHATWG HTML §9.2).

mod notification;
mod turns;

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use leptos::{
    prelude::*,
    serde_json,
    task::spawn_local,
    wasm_bindgen::{JsCast as _, prelude::Closure},
    web_sys::{
        EventSource, MessageEvent,
        js_sys::{Math, encode_uri_component},
    },
};
use serde::de::DeserializeOwned;

use super::{are_awake, post::tell};
use notification::notify;
use turns::Turn;

/// The delay before a stream that the browser gave up is tried again: about this long, then twice as long, …
const AGAIN_MS: u32 = 2_000;
/// … up to this.
const AGAIN_MAX_MS: u32 = 30_000;
/// How long the user must look before events count as seen; events in quick succession are reported once.
const SEEN: Duration = Duration::from_millis(500);
/// How long a hidden window keeps its stream: a user who only looks something up elsewhere is soon back.
const HIDDEN: Duration = Duration::from_secs(10);
/// How often a window checks whether another one is waiting for its turn.
const TURN: Duration = Duration::from_secs(5);
/// The events of a source. `update` carries an event of the page as JSON, `go` redirects to another page of this site,
/// `notify` shows a desktop notification if notifications are allowed and the window is hidden.
const EVENTS: [&str; 5] = ["open", "error", "update", "go", "notify"];

/// How a page listens.
#[derive(Clone, Debug, Default)]
pub(super) struct LiveOptions {
    /// Whether it also listens while the window is hidden, as long as no other such window of the browser does.
    pub listens_hidden: bool,
    /// The address to which the cursor of the last event seen is posted, as `last`.
    pub seen: Option<String>,
}

/// The stream of a page.
#[derive(Clone, Copy)]
pub(super) struct Live {
    /// Whether there is no connection.
    pub is_lost: RwSignal<bool>,
    is_over: RwSignal<bool>,
}

impl Live {
    /// Stops listening.
    pub fn close(self) {
        self.is_over.set(true);
    }
}

/// Listens at `address`, starting at the cursor `last`, for as long as the page exists; only in the browser.
///
/// A stream that breaks is resumed from the cursor of the last event. A hidden window gives up its stream after a
/// while, and resumes from the cursor when it is visible again: a browser has few connections ([`turns`]). What arrives
/// in a hidden window does not count as seen; it is reported once the window is visible.
pub(super) fn use_live<E: DeserializeOwned + 'static>(
    address: impl Fn() -> String + 'static,
    last: String,
    options: LiveOptions,
    on_event: impl Fn(E) + 'static,
) -> Live {
    let live = Live { is_lost: RwSignal::new(false), is_over: RwSignal::new(false) };
    if cfg!(feature = "hydrate") {
        let on_update = move |data: &str| serde_json::from_str(data).map(&on_event).is_ok();
        listen(live, Box::new(address), last, options, Box::new(on_update));
    }
    live
}

/// Does the work of [`use_live`], compiled once for all event types.
fn listen(
    live: Live,
    address: Box<dyn Fn() -> String>,
    last: String,
    options: LiveOptions,
    on_update: Box<dyn Fn(&str) -> bool>,
) {
    let stream = StreamRef(StoredValue::new_local(Stream {
        address,
        options,
        on_update,
        is_lost: live.is_lost,
        // The page itself counts as seen.
        told: RefCell::new(last.clone()),
        is_telling: Cell::new(false),
        last: RefCell::new(last),
        turn: RefCell::new(None),
        asked: Cell::new(None),
        source: RefCell::new(None),
        is_over: Cell::new(false),
        listener: RefCell::new(None),
        again: Cell::new(AGAIN_MS),
        is_waiting: Cell::new(false),
    }));
    // An island that is not hydrated yet would miss events.
    let are_awake = are_awake();
    Effect::new(move |_| {
        if are_awake.get() {
            untrack(|| stream.start());
        }
    });
    Effect::new(move |_| {
        if live.is_over.get() {
            stream.with(Stream::close);
        }
    });
}

type Listener = Closure<dyn Fn(MessageEvent)>;

struct Stream {
    address: Box<dyn Fn() -> String>,
    options: LiveOptions,
    /// Handles an event; returns whether it was understood.
    on_update: Box<dyn Fn(&str) -> bool>,
    is_lost: RwSignal<bool>,
    last: RefCell<String>,
    /// The last cursor that was reported to the server as seen.
    told: RefCell<String>,
    is_telling: Cell<bool>,
    /// The window's turn, while it has one.
    turn: RefCell<Option<Turn>>,
    /// The kind of turn that is being waited for: true for a visible window, false for a hidden one.
    asked: Cell<Option<bool>>,
    source: RefCell<Option<EventSource>>,
    is_over: Cell<bool>,
    /// The listener that all sources use in turn, so that a closed source leaves nothing behind.
    listener: RefCell<Option<Listener>>,
    /// The next delay.
    again: Cell<u32>,
    /// Whether the browser gave up and the stream is waiting to be tried again.
    is_waiting: Cell<bool>,
}

impl Stream {
    /// Returns whether it wants a turn (`Some`), and whether as a visible window.
    fn wants(&self) -> Option<bool> {
        let is_seen = !document().hidden();
        let listens = is_seen || self.options.listens_hidden;
        (listens && !self.is_over.get()).then_some(is_seen)
    }

    /// Stops listening for now, and passes the turn on.
    fn leave(&self) {
        if let Some(source) = self.source.take() {
            source.close();
        }
        self.turn.take();
    }

    /// Stops listening for good.
    fn close(&self) {
        self.is_over.set(true);
        self.leave();
    }

    /// Returns whether the browser gave up.
    fn is_closed(&self) -> bool {
        let source = self.source.borrow();
        source.as_ref().is_none_or(|source| source.ready_state() == EventSource::CLOSED)
    }

    /// Gives up a turn that no longer matches the window's visibility; returns the kind of turn to request, if any.
    fn changes_turn(&self) -> Option<bool> {
        let wanted = self.wants();
        if self.turn.borrow().as_ref().map(Turn::is_seen) == wanted {
            return None;
        }
        self.leave();
        let wanted = wanted.filter(|_| self.asked.get() != wanted)?;
        self.asked.set(Some(wanted));
        Some(wanted)
    }

    fn connect(&self) {
        let mut address = (self.address)();
        let last = self.last.borrow();
        if !last.is_empty() {
            address.push_str(if address.contains('?') { "&last=" } else { "?last=" });
            address.extend(encode_uri_component(&last).as_string());
        }
        let (Ok(source), Some(listener)) = (EventSource::new(&address), &*self.listener.borrow())
        else {
            return;
        };
        for event in EVENTS {
            let listener = listener.as_ref().unchecked_ref();
            let _ = source.add_event_listener_with_callback(event, listener);
        }
        *self.source.borrow_mut() = Some(source);
    }

    fn update(&self, event: &MessageEvent) {
        self.again.set(AGAIN_MS);
        if !(self.on_update)(&text(event)) {
            // The server sends an event that this page does not know: the server was updated in the meantime.
            self.is_lost.set(true);
            return self.close();
        }
        let id = event.last_event_id();
        if !id.is_empty() {
            *self.last.borrow_mut() = id;
        }
    }
}

/// The stream, accessible to listeners and timers for as long as it exists.
#[derive(Clone, Copy)]
struct StreamRef(StoredValue<Stream, LocalStorage>);

impl StreamRef {
    fn with<T>(self, with: impl FnOnce(&Stream) -> T) -> Option<T> {
        self.0.try_with_value(with)
    }

    fn start(self) {
        let listener = Closure::new(move |event: MessageEvent| self.receive(&event));
        self.with(|stream| *stream.listener.borrow_mut() = Some(listener));
        // A window that was left and is restored by "Back" reloads everything.
        let left = window_event_listener_untyped("pagehide", move |_| {
            self.with(Stream::close);
        });
        let back = window_event_listener_untyped("pageshow", move |_| {
            if self.with(|stream| stream.is_over.get()) == Some(true) {
                let _ = window().location().reload();
            }
        });
        let looked = window_event_listener_untyped("visibilitychange", move |_| {
            if document().hidden() {
                set_timeout(move || self.settle(), HIDDEN);
            } else {
                self.settle();
                self.see();
            }
        });
        let turns = set_interval_with_handle(move || self.share(), TURN);
        on_cleanup(move || {
            self.with(Stream::close);
            for listener in [left, back, looked] {
                listener.remove();
            }
            if let Ok(turns) = turns {
                turns.clear();
            }
        });
        self.settle();
    }

    /// Listens or leaves, depending on whether the window is visible.
    fn settle(self) {
        if let Some(is_seen) = self.with(Stream::changes_turn).flatten() {
            spawn_local(async move { self.take(is_seen, Turn::take(is_seen).await) });
        }
    }

    fn take(self, is_seen: bool, turn: Turn) {
        let is_settled = self.with(|stream| {
            // The window's visibility may have changed in the meantime: this turn is then passed on.
            if stream.asked.get() != Some(is_seen) {
                return true;
            }
            stream.asked.set(None);
            let is_wanted = stream.wants() == Some(is_seen) && stream.turn.borrow().is_none();
            if is_wanted {
                *stream.turn.borrow_mut() = Some(turn);
                stream.connect();
            }
            is_wanted
        });
        if is_settled == Some(false) {
            self.settle();
        }
    }

    /// Passes the turn on if more windows are visible than may listen at the same time.
    fn share(self) {
        let lock = self.with(|stream| {
            let turn = stream.turn.borrow();
            turn.as_ref().filter(|turn| turn.is_seen()).and_then(Turn::lock)
        });
        if let Some(lock) = lock.flatten() {
            spawn_local(async move {
                if turns::is_awaited(lock).await {
                    self.with(Stream::leave);
                    self.settle();
                }
            });
        }
    }

    fn receive(self, event: &MessageEvent) {
        match &*event.type_() {
            "open" => {
                self.with(|stream| stream.is_lost.set(false));
                self.see();
            }
            "error" => {
                self.with(|stream| stream.is_lost.set(true));
                // The browser retries by itself, unless the request was refused: then this code does.
                let gave_up = |stream: &Stream| {
                    (stream.is_closed() && !stream.is_over.get())
                        && !stream.is_waiting.replace(true)
                };
                if self.with(gave_up) == Some(true) {
                    self.connect_later();
                }
            }
            "update" => {
                self.with(|stream| stream.update(event));
                self.see();
            }
            "go" => {
                let _ = window().location().assign(&text(event));
            }
            _ => notify(&text(event)),
        }
    }

    /// Reconnects after a random delay: an overloaded server is not helped if all clients return at once.
    fn connect_later(self) {
        let again = self.with(|stream| {
            let again = stream.again.get();
            stream.again.set((again * 2).min(AGAIN_MAX_MS));
            again
        });
        let connect = move || {
            self.with(|stream| {
                stream.is_waiting.set(false);
                // It may have left and reconnected in the meantime.
                if stream.turn.borrow().is_some() && stream.is_closed() {
                    stream.connect();
                }
            });
        };
        set_timeout(connect, about(again.unwrap_or(AGAIN_MS)));
    }

    /// Reports what was seen, while the window is visible. A report that failed is repeated with the next event or
    /// connection.
    fn see(self) {
        let is_to_tell = |stream: &Stream| {
            stream.options.seen.is_some()
                && *stream.told.borrow() != *stream.last.borrow()
                && !document().hidden()
                && !stream.is_telling.replace(true)
        };
        if self.with(is_to_tell) == Some(true) {
            set_timeout(move || self.tell_seen(), SEEN);
        }
    }

    fn tell_seen(self) {
        let seen = self.with(|stream| {
            let is_hidden = document().hidden();
            stream.is_telling.set(!is_hidden);
            let address = stream.options.seen.clone().filter(|_| !is_hidden)?;
            Some((address, stream.last.borrow().clone()))
        });
        let Some((address, last)) = seen.flatten() else { return };
        spawn_local(async move {
            let is_taken = tell(&address, &[("last", &last)]).await;
            self.with(|stream| {
                stream.is_telling.set(false);
                if is_taken {
                    *stream.told.borrow_mut() = last;
                }
            });
            if is_taken {
                self.see();
            }
        });
    }
}

/// Returns this duration, or up to half as much again, so that clients do not act at the same time.
fn about(millis: u32) -> Duration {
    let more = Math::random() * f64::from(millis) / 2.0;
    Duration::from_millis(u64::from(millis) + more as u64)
}

fn text(event: &MessageEvent) -> String {
    event.data().as_string().unwrap_or_default()
}
