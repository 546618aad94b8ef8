use std::time::Duration;

use leptos::{prelude::*, web_sys::js_sys::Date};

use crate::islands::hash_search::Search;

/// Number of hashes between two checks of the clock.
const TRIES: u32 = 500;
/// The duration of a slice of the work, during which the page is blocked.
const SLICE_MS: f64 = 10.0;

/// A challenge that the server set.
struct Challenge {
    /// As signed JSON.
    signed: String,
    /// Nonce, salt and prefix in hex.
    parts: (String, String, String),
}

/// The proof of work. It starts with the first touch, while the handle is still being moved.
#[derive(Clone, Copy)]
pub(super) struct Work {
    pub solution: RwSignal<Option<String>>,
    /// `None` once the work has begun.
    challenge: StoredValue<Option<Challenge>>,
}

impl Work {
    pub fn new(solved: Option<String>, signed: String, parts: (String, String, String)) -> Self {
        let challenge = solved.is_none().then_some(Challenge { signed, parts });
        Self { solution: RwSignal::new(solved), challenge: StoredValue::new(challenge) }
    }

    pub fn is_done(self) -> bool {
        self.solution.read().is_some()
    }

    /// Begins the work, unless it has begun.
    pub fn begin(self) {
        let challenge = self.challenge.try_update_value(Option::take).flatten();
        if let Some(Challenge { signed, parts: (nonce, salt, prefix) }) = challenge
            && let Some(search) = Search::new(&nonce, &salt, &prefix)
        {
            search_on(search, signed, self.solution);
        }
    }
}

/// Works for one slice, then yields to the page.
fn search_on(mut search: Search, challenge: String, solution: RwSignal<Option<String>>) {
    let until = Date::now() + SLICE_MS;
    loop {
        if let Some(found) = search.go_on(TRIES) {
            let payload = ["{\"challenge\":", &challenge, ",\"solution\":", &found, "}"].concat();
            solution.set(window().btoa(&payload).ok());
            return;
        }
        if Date::now() >= until {
            break;
        }
    }
    set_timeout(move || search_on(search, challenge, solution), Duration::ZERO);
}
