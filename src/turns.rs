//! Turns for scarce resources: re-encoding pictures, estimating passwords. Networks take turns, and within a network
//! its callers, so that a caller with many requests waits behind its own. Also counts how often a network does
//! something in a minute.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time,
};

use tokio::sync::oneshot;

use crate::clock::{Duration, MINUTE, Timestamp};

/// How many may wait: in total, of one network, of one caller.
const WAITING: usize = 64;
const WAITING_OF_NETWORK: usize = 16;
const WAITING_OF_ONE: usize = 4;

/// Turns that are granted fairly.
#[derive(Clone)]
pub struct Turns(Arc<Mutex<State>>);

struct State {
    free: usize,
    waiting: Vec<Waiting>,
    /// When the waiting callers, and their networks, last had a turn: the number of that turn.
    served: HashMap<String, u64>,
    number: u64,
}

struct Waiting {
    network: String,
    who: String,
    go: oneshot::Sender<Turn>,
}

/// A turn, until it is dropped.
#[must_use]
pub struct Turn(Turns);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.give_on();
    }
}

impl Turns {
    /// Creates turns, of which `at_once` run at the same time.
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        Self(Arc::new(Mutex::new(State {
            free: at_once,
            waiting: Vec::new(),
            served: HashMap::new(),
            number: 0,
        })))
    }

    /// Waits for a turn, at most for `patience`; `None` if none came, or too many wait already. `who` is the caller, in
    /// `network`.
    pub async fn take(&self, network: &str, who: &str, patience: time::Duration) -> Option<Turn> {
        let turn = {
            let mut state = self.lock();
            if state.free > 0 {
                state.free -= 1;
                state.note(network, who);
                return Some(Turn(self.clone()));
            }
            state.wait(network, who)?
        };
        // A caller that gives up leaves its place behind: it is skipped.
        tokio::time::timeout(patience, turn).await.ok()?.ok()
    }

    /// Returns how many wait.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    fn give_on(&self) {
        let next = {
            let mut state = self.lock();
            let next = state.next();
            if next.is_none() {
                state.free += 1;
            }
            next
        };
        if let Some(next) = next {
            // If the caller is gone, the turn is dropped and passes to the next.
            drop(next.go.send(Turn(self.clone())));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wait(&mut self, network: &str, who: &str) -> Option<oneshot::Receiver<Turn>> {
        self.waiting.retain(|waiting| !waiting.go.is_closed());
        let of_network = self.waiting.iter().filter(|waiting| waiting.network == network);
        let of_one = of_network.clone().filter(|waiting| waiting.who == who).count();
        if self.waiting.len() >= WAITING
            || of_network.count() >= WAITING_OF_NETWORK
            || of_one >= WAITING_OF_ONE
        {
            return None;
        }
        let (go, turn) = oneshot::channel();
        self.waiting.push(Waiting { network: network.to_owned(), who: who.to_owned(), go });
        Some(turn)
    }

    /// Removes and returns the next caller: of those who wait, the ones whose network had no turn for the longest time;
    /// of these, those who had none themselves; of these, the first that came.
    fn next(&mut self) -> Option<Waiting> {
        self.waiting.retain(|waiting| !waiting.go.is_closed());
        let last = |name: String| self.served.get(&name).copied().unwrap_or_default();
        let rank =
            |w: &Waiting| (last(network_name(&w.network)), last(one_name(&w.network, &w.who)));
        let at = (0..self.waiting.len()).min_by_key(|at| self.waiting.get(*at).map(rank));
        let Some(at) = at else {
            // Nobody waits: the history is cleared.
            self.served.clear();
            return None;
        };
        let next = self.waiting.remove(at);
        self.note(&next.network, &next.who);
        Some(next)
    }

    fn note(&mut self, network: &str, who: &str) {
        self.number += 1;
        self.served.insert(network_name(network), self.number);
        self.served.insert(one_name(network, who), self.number);
    }
}

fn network_name(network: &str) -> String {
    format!("network {network}")
}

fn one_name(network: &str, who: &str) -> String {
    format!("one {network} {who}")
}

/// How often each network did something in this minute. In memory, for actions that otherwise write no row.
#[derive(Default)]
pub struct Pace(Mutex<(i64, HashMap<String, u32>)>);

impl Pace {
    /// Counts one more for a network.
    ///
    /// # Errors
    /// How long the network has to wait, when there were `most` in this minute.
    pub fn at_most(&self, network: &str, most: u32, now: Timestamp) -> Result<(), Duration> {
        let mut paced = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now.number_of(MINUTE);
        if paced.0 != minute {
            *paced = (minute, HashMap::new());
        }
        let count = paced.1.entry(network.to_owned()).or_default();
        *count = count.saturating_add(1);
        if *count > most { Err(Timestamp::of_number(MINUTE, minute + 1) - now) } else { Ok(()) }
    }
}
