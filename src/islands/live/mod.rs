//! A page that is told at once what changed: typed events over server-sent events (WHATWG HTML §9.2).

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
        EventSource, MessageEvent, Notification, NotificationPermission,
        js_sys::{Math, Reflect, encode_uri_component},
    },
};
use serde::de::DeserializeOwned;

use super::{are_awake, post::tell};
use turns::Turn;

/// Until a stream that the browser gave up is tried again: about this much, then twice as much, …
const AGAIN_MS: u32 = 2_000;
/// … up to this.
const AGAIN_MAX_MS: u32 = 30_000;
/// The user looks for so long before it counts as seen; what comes close together is told once.
const SEEN: Duration = Duration::from_millis(500);
/// A window that nobody looks at any more keeps its stream for so long: who only looks something up elsewhere is back.
const HIDDEN: Duration = Duration::from_secs(10);
/// A stream that another window waits for is given up within this.
const TURN: Duration = Duration::from_secs(5);
/// The events of a source. `update` brings an event of the page as JSON, `go` leads to another page of ours, `notify`
/// asks for a desktop notification, where they are allowed and nobody looks at this window.
const EVENTS: [&str; 5] = ["open", "error", "update", "go", "notify"];

/// How a page listens.
#[derive(Clone, Debug, Default)]
pub(super) struct LiveOptions {
    /// Whether it does so, too, while nobody looks at the window, as long as no other such window of the browser does.
    pub listens_hidden: bool,
    /// Where it is posted what was seen: the cursor of the last event, as `last`.
    pub seen: Option<String>,
}

/// A page's stream.
#[derive(Clone, Copy)]
pub(super) struct Live {
    /// Whether there is no connection.
    pub is_lost: RwSignal<bool>,
    is_over: RwSignal<bool>,
}

impl Live {
    /// Listens no more.
    pub fn close(self) {
        self.is_over.set(true);
    }
}

/// Listens at `address`, from the cursor `last` on, for as long as the page is there; only in the browser.
///
/// A stream that breaks begins anew, from the cursor of the last event. A window that nobody looks at gives its stream
/// up after a while, and continues from the cursor when it is looked at again: a browser has few connections ([`turns`]). What
/// arrives in such a window was not seen yet; it is told as soon as the window is looked at.
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

/// As [`use_live`], once for all kinds of events.
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
        // The page itself was seen.
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
    // An island that is still being loaded would not receive what comes.
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
    /// Whether the event was understood.
    on_update: Box<dyn Fn(&str) -> bool>,
    is_lost: RwSignal<bool>,
    last: RefCell<String>,
    /// The last cursor of which the server knows that it was seen.
    told: RefCell<String>,
    is_telling: Cell<bool>,
    /// The window's turn, while it has one.
    turn: RefCell<Option<Turn>>,
    /// The turn for which it waits: of a window that is seen, or of one that is not.
    asked: Cell<Option<bool>>,
    source: RefCell<Option<EventSource>>,
    is_over: Cell<bool>,
    /// Receives the events of every source in its turn, so that none leaves anything behind.
    listener: RefCell<Option<Listener>>,
    /// How long the next wait is.
    again: Cell<u32>,
    /// The browser gave up, and it is not tried again yet.
    is_waiting: Cell<bool>,
}

impl Stream {
    /// Whether it wants a turn, and whether as a window that is seen.
    fn wants(&self) -> Option<bool> {
        let is_seen = !document().hidden();
        let listens = is_seen || self.options.listens_hidden;
        (listens && !self.is_over.get()).then_some(is_seen)
    }

    /// Stops listening for now, and lets the next one have the turn.
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

    /// Whether the browser gave it up.
    fn is_closed(&self) -> bool {
        let source = self.source.borrow();
        source.as_ref().is_none_or(|source| source.ready_state() == EventSource::CLOSED)
    }

    /// Has a turn for a kind of window; leaves if it is to be another, which is returned if it is to be asked for.
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
            // The server speaks of what this page does not know yet: it was renewed meanwhile.
            self.is_lost.set(true);
            return self.close();
        }
        let id = event.last_event_id();
        if !id.is_empty() {
            *self.last.borrow_mut() = id;
        }
    }
}

/// The stream, where listeners and timers find it as long as it is there.
#[derive(Clone, Copy)]
struct StreamRef(StoredValue<Stream, LocalStorage>);

impl StreamRef {
    fn with<T>(self, with: impl FnOnce(&Stream) -> T) -> Option<T> {
        self.0.try_with_value(with)
    }

    fn start(self) {
        let listener = Closure::new(move |event: MessageEvent| self.receive(&event));
        self.with(|stream| *stream.listener.borrow_mut() = Some(listener));
        // A window that is left, and found again by "Back", is told everything anew.
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

    /// Listens or leaves, as the window is seen or not.
    fn settle(self) {
        if let Some(is_seen) = self.with(Stream::changes_turn).flatten() {
            spawn_local(async move { self.take(is_seen, Turn::take(is_seen).await) });
        }
    }

    fn take(self, is_seen: bool, turn: Turn) {
        let is_settled = self.with(|stream| {
            // Meanwhile it may have become another kind of window: then this turn is the next one's.
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

    /// Lets another window have its turn, where more are seen than may listen at the same time.
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
                // The browser tries again by itself, unless it was refused: then we do.
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

    /// A server that is overloaded is not helped by everybody who comes back at once.
    fn connect_later(self) {
        let again = self.with(|stream| {
            let again = stream.again.get();
            stream.again.set((again * 2).min(AGAIN_MAX_MS));
            again
        });
        let connect = move || {
            self.with(|stream| {
                stream.is_waiting.set(false);
                // It may have left meanwhile, and come back.
                if stream.turn.borrow().is_some() && stream.is_closed() {
                    stream.connect();
                }
            });
        };
        set_timeout(connect, about(again.unwrap_or(AGAIN_MS)));
    }

    /// Tells what was seen, while the window is looked at. What did not get through is told with the next event, or connection.
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

/// So long, or up to half as much again: so that not everybody does something at the same time.
fn about(millis: u32) -> Duration {
    let more = Math::random() * f64::from(millis) / 2.0;
    Duration::from_millis(u64::from(millis) + more as u64)
}

fn text(event: &MessageEvent) -> String {
    event.data().as_string().unwrap_or_default()
}

fn notify(words: &str) {
    // Not every browser has them.
    if Reflect::has(&window(), &"Notification".into()) == Ok(true)
        && document().hidden()
        && Notification::permission() == NotificationPermission::Granted
    {
        let _ = Notification::new(words);
    }
}
