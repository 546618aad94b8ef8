//! Mailed codes as people type them.

use super::{
    codes_in_text::{CodeForm, codes_in},
    digits::{decimal, is_unseen, runs},
};

/// Longer than that nobody pastes around a code.
const MOST: usize = 1024;

/// A code as typed, tidied: whatever is neither letter nor digit dropped, letters in upper case,
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

    /// Reads what was typed or pasted; `None` if it can be no code at all. What is wanted is one run of six digits,
    /// whatever stands around it; or a long code.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        if typed.len() > MOST {
            return None;
        }
        let whole = || tidy(typed).filter(|code| is_short(code) || is_long(code));
        // Six digits within a long code that was typed in groups are none of their own.
        let grouped = typed.chars().any(char::is_alphabetic) && is_even(typed);
        whole()
            .filter(|code| grouped && is_long(code))
            .or_else(|| alone(typed, CodeForm::Short))
            .or_else(whole)
            .or_else(|| alone(typed, CodeForm::Long))
            .or_else(|| only(runs(typed).into_iter().filter(|run| is_short(run))))
            .map(Self)
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
    pub fn expose_secret(&self) -> &str {
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

fn is_short(code: &str) -> bool {
    code.len() == Code::SHORT && code.bytes().all(|b| b.is_ascii_digit())
}

fn is_long(code: &str) -> bool {
    code.len() == Code::LONG && code.bytes().all(|b| Code::ALPHABET.contains(&b))
}

/// Whether all groups of a text are equally long.
fn is_even(text: &str) -> bool {
    let seen: String = text.chars().filter(|c| !is_unseen(*c)).collect();
    let mut groups = seen.split(|c: char| !c.is_alphanumeric()).filter(|group| !group.is_empty());
    let first = groups.next().map_or(0, |group| group.chars().count());
    groups.all(|group| group.chars().count() == first)
}

/// The one code of this form that stands in a text among other things.
fn alone(text: &str, form: CodeForm) -> Option<String> {
    let found = codes_in(text).into_iter().filter(|code| code.form == form);
    only(found.filter_map(|code| tidy(text.get(code.range)?)))
}

/// What all of them are: of two different ones nobody knows which is meant.
pub(super) fn only(mut all: impl Iterator<Item = String>) -> Option<String> {
    let first = all.next()?;
    all.all(|other| other == first).then_some(first)
}

/// The one part of a text between white space that `fits` once it is tidied, if the whole does not.
pub(super) fn pick(typed: &str, fits: impl Fn(&str) -> bool) -> Option<String> {
    let parts = || typed.split_whitespace().filter_map(tidy).filter(|part| fits(part));
    tidy(typed).filter(|whole| fits(whole)).or_else(|| only(parts()))
}

/// What was typed or pasted, as codes are written (see [`Code`]); `None` if it is endless.
pub(super) fn tidy(typed: &str) -> Option<String> {
    if typed.len() > MOST {
        return None;
    }
    // Spaces, dashes, quotes and full stops; direction marks, and whatever else came along unseen.
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
