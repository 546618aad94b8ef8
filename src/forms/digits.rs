//! Digits as people type them, in whatever script.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

/// The value of a decimal digit of any script.
#[must_use]
pub fn decimal(c: char) -> Option<u32> {
    if c.is_ascii() {
        return c.to_digit(10);
    }
    if !is_decimal(c) {
        return None;
    }
    // Unicode keeps each script's ten in a row, from zero on; where sets follow each other their number is whole.
    let before = (0..u32::from(c)).rev().map_while(char::from_u32).take_while(|c| is_decimal(*c));
    u32::try_from(before.count() % 10).ok()
}

fn is_decimal(c: char) -> bool {
    c.general_category() == GeneralCategory::DecimalNumber
}

/// What is not seen: direction marks, joiners, soft hyphens, the frame of an emoji's digit.
#[must_use]
pub fn is_unseen(c: char) -> bool {
    !c.is_ascii()
        && (matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{34f}')
            || matches!(
                c.general_category(),
                GeneralCategory::Format | GeneralCategory::EnclosingMark
            ))
}

/// The runs of digits in a text, as ASCII; what is not seen does not part them.
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
