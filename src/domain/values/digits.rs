//! Digits of any script.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

/// Returns the value of a decimal digit of any script.
#[must_use]
pub fn decimal(c: char) -> Option<u32> {
    if c.is_ascii() {
        return c.to_digit(10);
    }
    if !is_decimal(c) {
        return None;
    }
    // Unicode encodes the ten digits of each script in a row, from zero; adjacent sets are always complete.
    let before = (0..u32::from(c)).rev().map_while(char::from_u32).take_while(|c| is_decimal(*c));
    u32::try_from(before.count() % 10).ok()
}

fn is_decimal(c: char) -> bool {
    c.general_category() == GeneralCategory::DecimalNumber
}

/// Returns whether a character is invisible: direction marks, joiners, soft hyphens, the frame of a keycap emoji.
#[must_use]
pub fn is_unseen(c: char) -> bool {
    !c.is_ascii()
        && (matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{34f}')
            || matches!(
                c.general_category(),
                GeneralCategory::Format | GeneralCategory::EnclosingMark
            ))
}

/// Returns the runs of digits in a text, as ASCII; invisible characters do not separate them.
pub(super) fn runs(text: &str) -> Vec<String> {
    let mut runs = Vec::new();
    let mut run = String::new();
    for c in text.chars().filter(|c| !is_unseen(*c)).chain(std::iter::once(' ')) {
        match decimal(c).and_then(|value| char::from_digit(value, 10)) {
            Some(digit) => run.push(digit),
            None if run.is_empty() => {}
            None => runs.push(std::mem::take(&mut run)),
        }
    }
    runs
}
