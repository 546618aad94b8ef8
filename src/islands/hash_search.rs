//! The work behind the slider: the `altcha` protocol, SHA-256, cost 1. The `altcha` crate can solve it too, but
//! includes its own JSON parser and is too large for this page.

use sha2::{Digest as _, Sha256};

/// A search for the counter whose hash has the prefix of the challenge.
pub(super) struct Search {
    /// `salt ‖ nonce ‖ counter`; the counter is overwritten for each try.
    input: Vec<u8>,
    prefix: Vec<u8>,
    counter: u32,
}

impl Search {
    /// Creates a search from the hex strings of the challenge; returns `None` if they are invalid.
    pub(super) fn new(nonce: &str, salt: &str, prefix: &str) -> Option<Self> {
        let mut input = unhex(salt)?;
        input.extend(unhex(nonce)?);
        input.extend([0; 4]);
        Some(Self { input, prefix: unhex(prefix)?, counter: 0 })
    }

    /// Tries the next `tries` counters; returns the solution as JSON if it is among them.
    pub(super) fn go_on(&mut self, tries: u32) -> Option<String> {
        for _ in 0..tries {
            let at = self.input.len() - 4;
            if let Some(place) = self.input.get_mut(at..) {
                place.copy_from_slice(&self.counter.to_be_bytes());
            }
            let hash = Sha256::digest(&self.input);
            if hash.starts_with(&self.prefix) {
                let counter = self.counter.to_string();
                return Some(
                    ["{\"counter\":", &counter, ",\"derivedKey\":\"", &hex(&hash), "\"}"].concat(),
                );
            }
            self.counter = self.counter.wrapping_add(1);
        }
        None
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
    digits?
        .chunks(2)
        .map(|pair| u8::try_from(pair.iter().fold(0, |byte, digit| byte * 16 + digit)).ok())
        .collect()
}
