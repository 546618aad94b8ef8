//! Emailed codes as users type them.

use super::{
    codes_in_text::{CodeForm, codes_in},
    digits::{decimal, is_unseen, runs},
};

/// Maximum length of pasted text: nobody pastes more than this around a code.
const MOST: usize = 1024;

/// A code as typed, normalised: only letters and digits are kept, letters become upper case, digits of other scripts
/// and look-alike letters become the characters that codes use.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// Number of digits of a short code.
    pub const SHORT: usize = 6;
    /// Number of letters and digits of a long code.
    pub const LONG: usize = 12;
    /// Characters of long codes: no I, L, O, U (Crockford base 32), 5 bits each.
    pub const ALPHABET: &'static [u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// Parses what was typed or pasted; returns `None` if it cannot be a code. Accepts a single run of six digits with
    /// any text around it, or a long code.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        if typed.len() > MOST {
            return None;
        }
        let whole = || tidy(typed).filter(|code| is_short(code) || is_long(code));
        // Six digits inside a long code that was typed in groups are not a code of their own.
        let grouped = typed.chars().any(char::is_alphabetic) && is_even(typed);
        whole()
            .filter(|code| grouped && is_long(code))
            .or_else(|| alone(typed, CodeForm::Short))
            .or_else(whole)
            .or_else(|| alone(typed, CodeForm::Long))
            .or_else(|| only(runs(typed).into_iter().filter(|run| is_short(run))))
            .map(Self)
    }

    /// Wraps a code that was just generated.
    #[must_use]
    pub(crate) const fn made(code: String) -> Self {
        Self(code)
    }

    /// Returns whether it is a long code.
    #[must_use]
    pub const fn is_long(&self) -> bool {
        self.0.len() == Self::LONG
    }

    /// Returns the characters without separators.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0
    }

    /// Returns the code as shown in an email: `123456`, or `XXXX-XXXX-XXXX`.
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

fn is_short(code: &str) -> bool {
    code.len() == Code::SHORT && code.bytes().all(|b| b.is_ascii_digit())
}

fn is_long(code: &str) -> bool {
    code.len() == Code::LONG && code.bytes().all(|b| Code::ALPHABET.contains(&b))
}

/// Returns whether all groups of a text have the same length.
fn is_even(text: &str) -> bool {
    let seen: String = text.chars().filter(|c| !is_unseen(*c)).collect();
    let mut groups = seen.split(|c: char| !c.is_alphanumeric()).filter(|group| !group.is_empty());
    let first = groups.next().map_or(0, |group| group.chars().count());
    groups.all(|group| group.chars().count() == first)
}

/// Returns the only code of this form in a text.
fn alone(text: &str, form: CodeForm) -> Option<String> {
    let found = codes_in(text).into_iter().filter(|code| code.form == form);
    only(found.filter_map(|code| tidy(text.get(code.range)?)))
}

/// Returns the common value of all items; `None` if they differ, since it is not known which one is meant.
pub(super) fn only(mut all: impl Iterator<Item = String>) -> Option<String> {
    let first = all.next()?;
    all.all(|other| other == first).then_some(first)
}

/// Returns the normalised text if it fits, otherwise the only part of it between white space that does.
pub(super) fn pick(typed: &str, fits: impl Fn(&str) -> bool) -> Option<String> {
    let parts = || typed.split_whitespace().filter_map(tidy).filter(|part| fits(part));
    tidy(typed).filter(|whole| fits(whole)).or_else(|| only(parts()))
}

/// Normalises what was typed or pasted (see [`Code`]); returns `None` if it is too long.
pub(super) fn tidy(typed: &str) -> Option<String> {
    if typed.len() > MOST {
        return None;
    }
    // Drops spaces, dashes, quotes, full stops, direction marks and any other invisible characters.
    let tidied = typed.chars().filter(|c| c.is_alphanumeric()).map(|c| {
        let digit = decimal(c).and_then(|value| char::from_digit(value, 10));
        digit.unwrap_or_else(|| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        })
    });
    Some(tidied.collect())
}
