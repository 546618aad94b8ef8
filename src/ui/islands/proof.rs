//! The work behind the slider: the `altcha` protocol, SHA-256, cost 1. The `altcha`
//! crate can solve, too, but brings its own JSON and weighs more than this screen may.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// A search for the counter whose hash begins as the challenge says.
pub(super) struct Search {
    /// `salt ‖ nonce ‖ counter`; the counter is rewritten for each try.
    input: Vec<u8>,
    prefix: Vec<u8>,
    counter: u32,
}

impl Search {
    /// From the hex texts of the challenge; `None` if they are none.
    pub(super) fn new(nonce: &str, salt: &str, prefix: &str) -> Option<Self> {
        let mut input = unhex(salt)?;
        input.extend(unhex(nonce)?);
        input.extend([0; 4]);
        Some(Self { input, prefix: unhex(prefix)?, counter: 0 })
    }

    /// Tries `tries` counters; gives the solution as JSON when it is among them.
    pub(super) fn go_on(&mut self, tries: u32) -> Option<String> {
        for _ in 0..tries {
            let at = self.input.len() - 4;
            if let Some(place) = self.input.get_mut(at..) {
                place.copy_from_slice(&self.counter.to_be_bytes());
            }
            let hash = Sha256::digest(&self.input);
            if hash.starts_with(&self.prefix) {
                let mut key = String::with_capacity(64);
                for byte in &hash {
                    let _ = write!(key, "{byte:02x}");
                }
                return Some(format!("{{\"counter\":{},\"derivedKey\":\"{key}\"}}", self.counter));
            }
            self.counter = self.counter.wrapping_add(1);
        }
        None
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}
