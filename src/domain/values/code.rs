//! Emailed codes as users type them.

use secrecy::{ExposeSecret as _, SecretString};

use super::{
    code_text::{self, MOST, only, tidy},
    codes_in_text::{CodeForm, codes_in},
    digits::{is_unseen, runs},
};

/// A code as typed, normalised: only letters and digits are kept, letters become upper case, digits of other scripts
/// and look-alike letters become the characters that codes use.
#[derive(Clone)]
pub struct Code(SecretString);

impl Code {
    /// Number of digits of a short code.
    pub const SHORT: usize = code_text::SHORT;
    /// Number of letters and digits of a long code.
    pub const LONG: usize = code_text::LONG;
    /// Characters of long codes: no I, L, O, U (Crockford base 32), 5 bits each.
    pub const ALPHABET: &'static [u8; 32] = code_text::ALPHABET;

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
            .map(|code| Self(code.into()))
    }

    /// Wraps a code that was just generated.
    #[must_use]
    pub(crate) fn made(code: String) -> Self {
        Self(code.into())
    }

    /// Returns whether it is a long code.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.expose_secret().len() == Self::LONG
    }

    /// Returns the characters without separators.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }

    /// Returns the code as shown in an email: `123456`, or `XXXX-XXXX-XXXX`.
    #[must_use]
    pub fn display(&self) -> String {
        if self.is_long() {
            let groups: Vec<&str> = [0..4, 4..8, 8..12]
                .into_iter()
                .filter_map(|r| self.expose_secret().get(r))
                .collect();
            groups.join("-")
        } else {
            self.expose_secret().to_owned()
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
