//! Turns of the windows of one browser. Over HTTP/1.1 a browser opens six connections to a host, and a stream keeps one
//! for good: a seventh window with a stream would wait for ever, and every screen with it.

use std::{cell::Cell, rc::Rc};

use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast as _, JsValue, prelude::Closure},
    web_sys::js_sys::{Function, JSON, JsString, Promise, Reflect},
};

use super::dom;

/// The locks (W3C Web Locks) of windows that somebody sees. With the one below they leave a connection for screens.
const SEEN: [&str; 4] = ["live-1", "live-2", "live-3", "live-4"];
/// The lock of the windows that nobody sees and that listen all the same.
const UNSEEN: &str = "live-unseen";

/// A window's turn to have a stream. Dropped, it is the next one's.
pub(super) struct Turn {
    lock: &'static str,
    /// Nothing to end where a browser has no locks.
    end: Option<Function>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(end) = &self.end {
            let _ = end.call0(&JsValue::UNDEFINED);
        }
    }
}

impl Turn {
    /// Calls `then` when it is this window's turn: at once where a browser has no locks, or gives none.
    pub(super) fn ask(seen: bool, then: impl FnOnce(Self) + 'static) {
        let then = Rc::new(Cell::new(Some(then)));
        let grant = move |turn| {
            if let Some(then) = then.take() {
                then(turn);
            }
        };
        let without = grant.clone();
        let without = move || without(Self { lock: if seen { "" } else { UNSEEN }, end: None });
        if locks().is_none() {
            without();
        } else if seen {
            let denied = without.clone();
            let choose = move |all: JsString| {
                // Where the fewest are.
                let least = SEEN.into_iter().min_by_key(|lock| all.split(lock).length());
                request(least.unwrap_or(UNSEEN), grant, denied);
            };
            look(choose, without);
        } else {
            request(UNSEEN, grant, without);
        }
    }

    /// Whether it is the turn of a window that somebody sees.
    pub(super) fn is_seen(&self) -> bool {
        self.lock != UNSEEN
    }

    /// Calls `then` if somebody else waits for this turn.
    pub(super) fn if_wanted(&self, then: impl FnOnce() + 'static) {
        let lock = self.lock;
        if self.end.is_some() {
            let count = move |all: JsString| {
                // One has it, the others wait.
                if all.split(lock).length() > 2 {
                    then();
                }
            };
            look(count, || {});
        }
    }
}

/// Not among the bindings: for those it is no standard yet.
fn locks() -> Option<JsValue> {
    let locks = Reflect::get(&window().navigator(), &"locks".into()).ok()?;
    locks.is_object().then_some(locks)
}

fn method(name: &str) -> Option<(JsValue, Function)> {
    let locks = locks()?;
    let method = Reflect::get(&locks, &name.into()).ok()?.dyn_into().ok()?;
    Some((locks, method))
}

/// Calls `then` with the names of all locks that somebody has or waits for, as a text in which each stands once.
fn look(then: impl FnOnce(JsString) + 'static, denied: impl FnOnce() + 'static) {
    let Some((locks, query)) = method("query") else { return denied() };
    let Ok(all) = query.call0(&locks) else { return denied() };
    let known = move |all: JsValue| {
        if let Ok(all) = JSON::stringify(&all) {
            then(all);
        }
    };
    dom::then(all.unchecked_ref(), known, denied);
}

/// Waits for a lock, and keeps it until the turn ends.
fn request(lock: &'static str, then: impl FnOnce(Turn) + 'static, denied: impl FnOnce() + 'static) {
    let Some((locks, request)) = method("request") else { return denied() };
    let granted = Closure::once_into_js(move |_: JsValue| {
        let mut end = None;
        let kept = Promise::new(&mut |done, _| end = Some(done));
        then(Turn { lock, end });
        JsValue::from(kept)
    });
    let Ok(kept) = request.call2(&locks, &lock.into(), &granted) else { return denied() };
    dom::then(kept.unchecked_ref(), |_| {}, denied);
}
