//! A queue in which networks take turns.

use std::collections::{HashMap, VecDeque};

/// Waiting items, shared fairly by network: first come, first served within one network, and one turn each between
/// networks. So an attacker who fills the queue from one network mostly delays that network: while others wait it gets
/// at most every second turn, and fewer the more networks there are.
pub(crate) struct Queue<T> {
    /// The networks with waiting items, the next one first.
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
    /// Returns whether the queue is empty.
    pub(crate) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns how many items wait, including abandoned ones.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Adds an item.
    pub(crate) fn push(&mut self, network: String, item: T) {
        self.len += 1;
        if let Some(theirs) = self.waiting.get_mut(&network) {
            theirs.push_back(item);
            return;
        }
        self.turns.push_back(network.clone());
        self.waiting.insert(network, VecDeque::from([item]));
    }

    /// Returns the next item that is still wanted, in turn; drops unwanted ones on the way.
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
