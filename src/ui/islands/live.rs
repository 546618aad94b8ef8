//! A screen that hears at once what changed: the server sends HTML, which takes its place.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::{
    prelude::*,
    wasm_bindgen::JsCast as _,
    web_sys::{
        Element, Event, EventSource, HtmlElement, HtmlFormElement, HtmlTemplateElement,
        MessageEvent, Notification, NotificationPermission, js_sys::Function,
    },
};

use super::{dom, turns::Turn};

/// Until a stream that the browser gave up is tried again: about this much, then twice as much, …
const AGAIN_MS: i32 = 2_000;
/// … up to this.
const AGAIN_MAX_MS: i32 = 30_000;
/// Somebody looks for so long before it counts as seen; what comes close together is told once.
const SEEN_MS: i32 = 500;
/// A window that nobody looks at any more keeps its stream for so long: who only looks something up elsewhere is back.
const HIDDEN_MS: i32 = 10_000;
/// A stream that another window waits for is given up within this.
const TURN_MS: i32 = 5_000;
/// How near the end of a list one has to be for it to follow what is added.
const NEAR_END_PX: i32 = 120;

/// Enhances an element `[data-live=ADDRESS]`: listens there to server-sent events.
///
/// - `patch`: each element of the HTML replaces the one with its id, or is put at the end of the element that its
///   `data-into` names.
/// - `go`: on to another screen of ours.
/// - `notify`: a desktop notification, where they are allowed and nobody looks at this window.
///
/// A form `[data-post-now]` that came is posted at once, as if its button had been pressed. When the element itself was
/// replaced by one that does not listen, nothing more is heard.
///
/// The cursor of the last event goes along when it has to begin anew; `data-live-last` is the first one. While there is
/// no connection the elements `[data-live-lost]` are shown.
///
/// A window that nobody looks at gives its stream up after a while, and goes on from the cursor when somebody does:
/// a browser has few connections ([`super::turns`]). With `data-live-hidden` it goes on listening, as long as no other
/// such window of the same browser does.
///
/// What arrives in a window that nobody looks at was not seen yet: `data-live-seen=ADDRESS` is told the cursor of the
/// last event, as `last`, as soon as the window is on somebody's screen.
#[island]
pub fn Live() -> impl IntoView {
    dom::enhance("data-live", |place| {
        let last = dom::data(&place, "data-live-last");
        let stream = Rc::new(Stream {
            place: RefCell::new(place),
            // The page itself was seen.
            told: RefCell::new(last.clone()),
            telling: Cell::new(false),
            last: RefCell::new(last),
            turn: RefCell::new(None),
            asked: Cell::new(None),
            source: RefCell::new(None),
            over: Cell::new(false),
            hear: RefCell::new(None),
            again: Cell::new(AGAIN_MS),
            waiting: Cell::new(false),
        });
        let mine = Rc::clone(&stream);
        *stream.hear.borrow_mut() =
            Some(dom::listener(move |event: MessageEvent| hear(&mine, &event)));
        // A window that is left, and found again by "Back", listens again.
        let mine = Rc::clone(&stream);
        dom::listen(&window(), "pagehide", move |_: Event| mine.close());
        let mine = Rc::clone(&stream);
        dom::listen(&window(), "pageshow", move |_: Event| {
            if mine.over.get() {
                let _ = window().location().reload();
            }
        });
        let mine = Rc::clone(&stream);
        dom::listen(&document(), "visibilitychange", move |_: Event| {
            if document().hidden() {
                let mine = Rc::clone(&mine);
                dom::after(HIDDEN_MS, move || settle(&mine));
            } else {
                settle(&mine);
                see(&mine);
            }
        });
        settle(&stream);
        take_turns(stream);
    });
}

/// The events of a source.
const EVENTS: [&str; 5] = ["open", "error", "patch", "go", "notify"];

struct Stream {
    place: RefCell<Element>,
    last: RefCell<String>,
    /// The last cursor of which the server knows that it was seen.
    told: RefCell<String>,
    /// It is being told.
    telling: Cell<bool>,
    /// The window's turn, while it has one.
    turn: RefCell<Option<Turn>>,
    /// The turn for which it waits: of a window that is seen, or of one that is not.
    asked: Cell<Option<bool>>,
    source: RefCell<Option<EventSource>>,
    /// Nothing more is heard.
    over: Cell<bool>,
    /// Hears every source in its turn, so that none leaves anything behind.
    hear: RefCell<Option<Function>>,
    /// How long the next wait is.
    again: Cell<i32>,
    /// The browser gave up, and it is not tried again yet.
    waiting: Cell<bool>,
}

impl Stream {
    /// Whether it wants a turn, and whether as a window that is seen.
    fn wants(&self) -> Option<bool> {
        let seen = !document().hidden();
        let listens = seen || self.place.borrow().has_attribute("data-live-hidden");
        (listens && !self.over.get()).then_some(seen)
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
        self.over.set(true);
        self.leave();
    }

    /// Whether the browser gave it up.
    fn is_closed(&self) -> bool {
        let source = self.source.borrow();
        source.as_ref().is_none_or(|source| source.ready_state() == EventSource::CLOSED)
    }
}

/// Listens or leaves, as the window is seen or not.
fn settle(stream: &Rc<Stream>) {
    let wanted = stream.wants();
    let has = stream.turn.borrow().as_ref().map(Turn::is_seen);
    if has == wanted {
        return;
    }
    stream.leave();
    let Some(seen) = wanted.filter(|_| stream.asked.get() != wanted) else { return };
    stream.asked.set(wanted);
    let mine = Rc::clone(stream);
    Turn::ask(seen, move |turn| {
        // Meanwhile it may have become another kind of window: then this turn is the next one's.
        if mine.asked.get() != Some(seen) {
            return;
        }
        mine.asked.set(None);
        if mine.wants() == Some(seen) && mine.turn.borrow().is_none() {
            *mine.turn.borrow_mut() = Some(turn);
            connect(&mine);
        } else {
            drop(turn);
            settle(&mine);
        }
    });
}

/// Lets other windows have their turn, now and then, where more are seen than may listen at the same time.
fn take_turns(stream: Rc<Stream>) {
    dom::after(TURN_MS, move || {
        if let Some(turn) = stream.turn.borrow().as_ref().filter(|turn| turn.is_seen()) {
            let mine = Rc::clone(&stream);
            turn.if_wanted(move || {
                mine.leave();
                settle(&mine);
            });
        }
        if !stream.over.get() {
            take_turns(stream);
        }
    });
}

fn connect(stream: &Stream) {
    let address = dom::data(&stream.place.borrow(), "data-live");
    let last = stream.last.borrow().clone();
    let address = if last.is_empty() {
        address
    } else {
        let joint = if address.contains('?') { "&last=" } else { "?last=" };
        [&address, joint, &dom::encoded(&last)].concat()
    };
    let (Ok(source), Some(hear)) = (EventSource::new(&address), &*stream.hear.borrow()) else {
        return;
    };
    for event in EVENTS {
        let _ = source.add_event_listener_with_callback(event, hear);
    }
    *stream.source.borrow_mut() = Some(source);
}

fn hear(stream: &Rc<Stream>, event: &MessageEvent) {
    match &*event.type_() {
        "open" => {
            show_lost(stream, false);
            see(stream);
        }
        "error" => {
            show_lost(stream, true);
            // The browser tries again by itself, unless it was refused: then we do.
            if stream.is_closed() && !stream.waiting.replace(true) {
                connect_later(stream);
            }
        }
        "patch" => {
            stream.again.set(AGAIN_MS);
            let id = event.last_event_id();
            if !id.is_empty() {
                *stream.last.borrow_mut() = id;
            }
            patch(&text(event));
            follow(stream);
            see(stream);
        }
        "go" => {
            let _ = window().location().assign(&text(event));
        }
        _ => {
            if dom::has("Notification")
                && document().hidden()
                && Notification::permission() == NotificationPermission::Granted
            {
                let _ = Notification::new(&text(event));
            }
        }
    }
}

/// Tells what was seen, while somebody looks. What did not get through is told with the next event, or connection.
fn see(stream: &Rc<Stream>) {
    let address = dom::data(&stream.place.borrow(), "data-live-seen");
    let nothing_new = *stream.told.borrow() == *stream.last.borrow();
    if address.is_empty() || nothing_new || document().hidden() || stream.telling.replace(true) {
        return;
    }
    let stream = Rc::clone(stream);
    dom::after(SEEN_MS, move || {
        stream.telling.set(false);
        if document().hidden() {
            return;
        }
        stream.telling.set(true);
        let last = stream.last.borrow().clone();
        dom::tell(&address, &["last=", &dom::encoded(&last)].concat(), move |taken| {
            stream.telling.set(false);
            if taken {
                *stream.told.borrow_mut() = last;
                see(&stream);
            }
        });
    });
}

/// A server that is overloaded is not helped by everybody who comes back at once.
fn connect_later(stream: &Rc<Stream>) {
    let again = stream.again.get();
    stream.again.set((again * 2).min(AGAIN_MAX_MS));
    let mine = Rc::clone(stream);
    dom::after(dom::about(again), move || {
        mine.waiting.set(false);
        // It may have left meanwhile, and come back.
        if mine.turn.borrow().is_some() && mine.is_closed() {
            connect(&mine);
        }
    });
}

/// Goes on listening for as long as the screen wants to.
fn follow(stream: &Stream) {
    let place = stream.place.borrow().clone();
    if place.is_connected() {
        return;
    }
    let id = place.id();
    match dom::by_id(&id).filter(|fresh| fresh.has_attribute("data-live")) {
        Some(fresh) => {
            let _ = fresh.set_attribute("data-alive", "");
            *stream.place.borrow_mut() = fresh;
        }
        None => stream.close(),
    }
}

/// Posts what need not wait for anybody: natively, because what it answers is a screen of its own.
fn post_now() {
    dom::each("form[data-post-now]", |form| {
        let _ = form.remove_attribute("data-post-now");
        if let Ok(form) = form.dyn_into::<HtmlFormElement>() {
            let _ = form.submit();
        }
    });
}

fn text(event: &MessageEvent) -> String {
    event.data().as_string().unwrap_or_default()
}

fn show_lost(stream: &Stream, lost: bool) {
    dom::toggle(&stream.place.borrow(), "data-lost", lost);
    dom::each("[data-live-lost]", |element| dom::toggle(&element, "hidden", !lost));
}

/// Puts each element of `html` in its place. The server wrote and escaped it, as it does a whole screen.
fn patch(html: &str) {
    let Ok(holder) = document().create_element("template") else { return };
    holder.set_inner_html(html);
    let Some(template) = holder.dyn_ref::<HtmlTemplateElement>() else { return };
    let content = template.content();
    while let Some(fresh) = content.first_element_child() {
        let id = fresh.id();
        if let Some(old) = dom::by_id(&id).filter(|_| !id.is_empty()) {
            // Whoever comes back is sent what he has: that is not read out once more.
            if old.is_equal_node(Some(&fresh)) {
                fresh.remove();
                continue;
            }
            keep_focus(&old, || old.replace_with_with_node_1(&fresh).is_ok());
        } else if let Some(list) = dom::by_id(&dom::data(&fresh, "data-into")) {
            let _ = fresh.remove_attribute("data-into");
            add(&list, &fresh);
        } else {
            fresh.remove();
        }
    }
    super::countdown::wake();
    super::local_time::wake();
    super::send::wake();
    post_now();
}

/// What is replaced must not take the focus away from whoever is in it.
fn keep_focus(old: &Element, replace: impl FnOnce() -> bool) {
    let focused = document().active_element().filter(|focused| old.contains(Some(focused)));
    let id = focused.map(|focused| focused.id()).filter(|id| !id.is_empty());
    if replace()
        && let Some(id) = id
        && let Some(again) = dom::by_id(&id).and_then(|e| e.dyn_into::<HtmlElement>().ok())
    {
        let _ = again.focus();
    }
}

/// Adds to the end of a list, which goes along if its reader was at the end.
fn add(list: &Element, fresh: &Element) {
    let below = list.scroll_height() - list.scroll_top() - list.client_height();
    let _ = list.append_child(fresh);
    if below < NEAR_END_PX {
        list.set_scroll_top(list.scroll_height());
    }
}
