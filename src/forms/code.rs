//! Mailed codes as people type them.

/// A code as typed, tidied: white space and dashes dropped, letters in upper case,
/// digits of other scripts and look-alike letters turned into those that codes use.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// Digits of a short code.
    pub const SHORT: usize = 6;
    /// Letters and digits of a long code.
    pub const LONG: usize = 12;
    /// What long codes are made of: no I, L, O, U (Crockford base 32), 5 bits a character.
    pub const ALPHABET: &'static [u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// Reads what was typed or pasted; `None` if it can be no code at all.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let code = tidy(typed)?;
        let short = code.len() == Self::SHORT && code.bytes().all(|b| b.is_ascii_digit());
        let long = code.len() == Self::LONG && code.bytes().all(|b| Self::ALPHABET.contains(&b));
        (short || long).then_some(Self(code))
    }

    /// A code that was just made.
    #[must_use]
    pub(crate) const fn made(code: String) -> Self {
        Self(code)
    }

    /// Whether it is of the long kind.
    #[must_use]
    pub const fn is_long(&self) -> bool {
        self.0.len() == Self::LONG
    }

    /// The bare characters.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// As it stands in a letter: `123456`, or `XXXX-XXXX-XXXX`.
    #[must_use]
    pub fn display(&self) -> String {
        if self.is_long() {
            let groups: Vec<&str> =
                [0..4, 4..8, 8..12].into_iter().filter_map(|r| self.0.get(r)).collect();
            groups.join("-")
        } else {
            self.0.clone()
        }
    }
}

/// What was typed or pasted, as codes are written (see [`Code`]); `None` if it is endless.
pub(super) fn tidy(typed: &str) -> Option<String> {
    if typed.len() > 256 {
        return None;
    }
    let tidied = typed
        .chars()
        .filter(|c| {
            !c.is_whitespace()
                && !matches!(c, '-' | '–' | '—' | '\u{200b}'..='\u{200f}' | '\u{feff}')
        })
        .map(|c| match c {
            '０'..='９' => {
                char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c)
            }
            '٠'..='٩' => {
                char::from_u32(u32::from(c) - u32::from('٠') + u32::from('0')).unwrap_or(c)
            }
            c => match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                c => c,
            },
        });
    Some(tidied.collect())
}
