//! A queue in which networks take turns.

use std::collections::{HashMap, VecDeque};

/// What waits, shared out by network: first come, first served within one, and a turn each between them. So whoever
/// fills the queue from one network waits behind himself: while others wait he has at most every second turn, and less
/// the more networks there are.
pub(crate) struct Queue<T> {
    /// The networks in which somebody waits, the one whose turn is next first.
    turns: VecDeque<String>,
    waiting: HashMap<String, VecDeque<T>>,
    len: usize,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self { turns: VecDeque::new(), waiting: HashMap::new(), len: 0 }
    }
}

impl<T> Queue<T> {
    /// Whether nobody waits.
    pub(crate) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many wait, or did and went.
    #[cfg(test)]
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Lets one more wait.
    pub(crate) fn push(&mut self, network: String, item: T) {
        self.len += 1;
        if let Some(theirs) = self.waiting.get_mut(&network) {
            theirs.push_back(item);
            return;
        }
        self.turns.push_back(network.clone());
        self.waiting.insert(network, VecDeque::from([item]));
    }

    /// The next whose turn it is, of those that still want it; the others are forgotten on the way.
    pub(crate) fn pop(&mut self, wants: impl Fn(&T) -> bool) -> Option<T> {
        while let Some(network) = self.turns.pop_front() {
            let Some(theirs) = self.waiting.get_mut(&network) else { continue };
            let mut found = None;
            while let Some(item) = theirs.pop_front() {
                self.len -= 1;
                if wants(&item) {
                    found = Some(item);
                    break;
                }
            }
            if theirs.is_empty() {
                self.waiting.remove(&network);
            } else {
                self.turns.push_back(network);
            }
            if found.is_some() {
                return found;
            }
        }
        None
    }
}
