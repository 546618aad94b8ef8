//! What emailed codes and backup codes have in common as texts.

use super::digits::decimal;

/// Maximum length of pasted text: nobody pastes more than this around a code.
pub(super) const MOST: usize = 1024;
/// Number of digits of a short code.
pub(super) const SHORT: usize = 6;
/// Number of letters and digits of a long code.
pub(super) const LONG: usize = 12;
/// Number of letters and digits of a backup code.
pub(super) const BACKUP: usize = 16;
/// Characters of long codes and backup codes: no I, L, O, U (Crockford base 32), 5 bits each.
pub(super) const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

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

/// Normalises what was typed or pasted (see [`super::Code`]); returns `None` if it is too long.
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
