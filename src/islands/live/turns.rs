//! Turns of the windows of one browser. Over HTTP/1.1 a browser opens six connections to a host, and a stream occupies
//! one permanently: a seventh window with a stream would wait for ever, and every page load with it.

use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast as _, JsValue, prelude::Closure},
    web_sys::js_sys::{Array, Function, JSON, Promise, Reflect},
};

/// The locks (W3C Web Locks) of visible windows. Together with the one below they leave a connection for pages.
const SEEN: [&str; 4] = ["live-1", "live-2", "live-3", "live-4"];
/// The lock of hidden windows that listen anyway.
const UNSEEN: &str = "live-unseen";

/// A window's turn to have a stream. Dropping it passes the turn on.
pub(super) struct Turn {
    is_seen: bool,
    /// Its lock, and the function that releases it; `None` where a browser has no locks.
    lock: Option<(&'static str, Function)>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some((_, end)) = &self.lock {
            let _ = end.call0(&JsValue::UNDEFINED);
        }
    }
}

impl Turn {
    /// Waits until it is this window's turn; does not wait where a browser has no locks, or grants none.
    pub(super) async fn take(is_seen: bool) -> Self {
        let name = if is_seen { least().await } else { Some(UNSEEN) };
        let lock = match name {
            Some(name) => request(name).await.map(|end| (name, end)),
            None => None,
        };
        Self { is_seen, lock }
    }

    /// Returns whether it is the turn of a visible window.
    pub(super) const fn is_seen(&self) -> bool {
        self.is_seen
    }

    /// Returns the name of its lock.
    pub(super) fn lock(&self) -> Option<&'static str> {
        self.lock.as_ref().map(|(name, _)| *name)
    }
}

/// Returns whether another window is waiting for this lock.
pub(super) async fn is_awaited(lock: &str) -> bool {
    // One match is the holder, the others are waiting.
    all().await.is_some_and(|all| all.matches(lock).count() > 1)
}

/// Returns the lock for visible windows with the fewest holders and waiters.
async fn least() -> Option<&'static str> {
    let all = all().await?;
    SEEN.into_iter().min_by_key(|lock| all.matches(lock).count())
}

/// Returns the lock manager and its method of this name. The bindings do not include them, because the API is not
/// stable there yet.
fn method(name: &str) -> Option<(JsValue, Function)> {
    let locks = Reflect::get(&window().navigator(), &"locks".into()).ok()?;
    let method = Reflect::get(&locks, &name.into()).ok()?.dyn_into().ok()?;
    Some((locks, method))
}

/// Returns the names of all locks that are held or waited for, as a text in which each holder and waiter appears once.
async fn all() -> Option<String> {
    let (locks, query) = method("query")?;
    let all: Promise = query.call0(&locks).ok()?.dyn_into().ok()?;
    JSON::stringify(&all.await.ok()?).ok()?.as_string()
}

/// Waits for a lock; returns the function that releases it.
async fn request(lock: &str) -> Option<Function> {
    let (locks, request) = method("request")?;
    let (mut grant, mut end) = (None, None);
    let granted = Promise::new(&mut |done, _| grant = Some(done));
    let kept = Promise::new(&mut |done, _| end = Some(done));
    let grant = grant?;
    let on_grant = Closure::once_into_js(move |_: JsValue| {
        let _ = grant.call0(&JsValue::UNDEFINED);
        JsValue::from(kept)
    });
    let denied: Promise = request.call2(&locks, &lock.into(), &on_grant).ok()?.dyn_into().ok()?;
    // The lock is held until it is released, or the request fails at once.
    Promise::race(&Array::of2(&granted, &denied)).await.ok()?;
    end
}
