//! Finds text that looks like a code, by its form alone: in the chat, where codes are hidden, and in a field into which
//! more than the code was pasted.

use std::ops::Range;

use super::{
    code_text::{BACKUP, LONG, SHORT},
    digits::{decimal, is_unseen},
};

/// Text that looks like a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeLike {
    /// Its position, in bytes.
    pub range: Range<usize>,
    /// Which kind of code it looks like.
    pub form: CodeForm,
}

/// The kinds of codes that a text can contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeForm {
    /// Six digits; an order number may have the same form.
    Short,
    /// Letters and digits, as emailed while under attack.
    Long,
    /// Letters and digits, as a backup code.
    Saved,
}

/// A run of letters and digits.
struct Word {
    range: Range<usize>,
    chars: usize,
    digits: bool,
    /// Whether all its characters may occur in codes.
    codelike: bool,
    lower: bool,
    any_digit: bool,
    any_letter: bool,
    /// The separator from the previous word, if it is a single space or dash.
    joint: Option<Joint>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    Space,
    Dash,
}

const fn joint(c: char) -> Option<Joint> {
    match c {
        ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}' => Some(Joint::Space),
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' => Some(Joint::Dash),
        _ => None,
    }
}

/// The kind of a character within a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Digit,
    /// An ASCII letter, as codes use.
    Ascii,
    Other,
}

fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let (mut gap, mut gap_chars) = (None, 0);
    let mut before = None;
    for (at, c) in text.char_indices().filter(|(_, c)| !is_unseen(*c)) {
        if !c.is_alphanumeric() {
            gap = if before.is_some() { joint(c) } else { None };
            gap_chars = if before.is_some() { 1 } else { gap_chars + 1 };
            before = None;
            continue;
        }
        let sort = match decimal(c) {
            Some(_) => Sort::Digit,
            None if c.is_ascii() => Sort::Ascii,
            None => Sort::Other,
        };
        // Some scripts write no spaces around numbers.
        let parted = matches!(
            (before, sort),
            (Some(Sort::Digit), Sort::Other) | (Some(Sort::Other), Sort::Digit)
        );
        if before.is_none() || parted {
            words.push(Word {
                range: at..at,
                chars: 0,
                digits: true,
                codelike: true,
                lower: false,
                any_digit: false,
                any_letter: false,
                joint: gap.filter(|_| gap_chars == 1 && !parted),
            });
        }
        before = Some(sort);
        if let Some(word) = words.last_mut() {
            let digit = sort == Sort::Digit;
            word.range.end = at + c.len_utf8();
            word.chars += 1;
            word.digits &= digit;
            word.codelike &= digit || (sort == Sort::Ascii && !matches!(c, 'u' | 'U'));
            word.lower |= c.is_ascii_lowercase();
            word.any_digit |= digit;
            word.any_letter |= !digit;
        }
    }
    words
}

/// Returns what looks like a code in a text, in order.
#[must_use]
pub fn codes_in(text: &str) -> Vec<CodeLike> {
    let words = words(text);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
        let (taken, code) = groups(rest, 4, CodeForm::Saved)
            .or_else(|| groups(rest, 3, CodeForm::Long))
            .or_else(|| digits(words.get(..at).unwrap_or_default(), rest))
            .or_else(|| single(rest))
            .map_or((1, None), |(taken, code)| (taken, Some(code)));
        found.extend(code);
        at += taken;
    }
    found
}

/// Matches `count` groups of four characters.
fn groups(rest: &[Word], count: usize, form: CodeForm) -> Option<(usize, CodeLike)> {
    let (some, first) = (rest.get(..count)?, rest.first()?);
    let joints: Vec<Joint> = some.iter().skip(1).filter_map(|word| word.joint).collect();
    let alike = joints.len() + 1 == count && joints.windows(2).all(|two| two.first() == two.last());
    if !alike || !some.iter().all(|word| word.chars == 4 && word.codelike) {
        return None;
    }
    // A row of four-letter words is not a code.
    let dashed = joints.first() == Some(&Joint::Dash);
    let sure =
        dashed || (some.iter().all(|word| !word.lower) && some.iter().any(|word| word.any_digit));
    let range = first.range.start..some.last()?.range.end;
    sure.then_some((count, CodeLike { range, form }))
}

/// Matches six digits on their own, in one or several groups: `123456`, `123 456`, `12-34-56`.
fn digits(before: &[Word], rest: &[Word]) -> Option<(usize, CodeLike)> {
    let first = rest.first().filter(|word| word.digits)?;
    let more = rest.iter().skip(1).take_while(|word| word.digits && word.joint.is_some());
    let run: Vec<&Word> = std::iter::once(first).chain(more).collect();
    let goes_on = first.joint.is_some() && before.last().is_some_and(|word| word.digits);
    let whole = !goes_on && run.iter().map(|word| word.chars).sum::<usize>() == SHORT;
    let (taken, last) = if whole {
        (run.len(), run.last()?)
    } else {
        // A group of six in a longer row counts, unless a dash joins it to its neighbours.
        let bound = goes_on && first.joint == Some(Joint::Dash)
            || run.get(1).is_some_and(|next| next.joint == Some(Joint::Dash));
        if first.chars != SHORT || bound {
            return None;
        }
        (1, run.first()?)
    };
    let range = first.range.start..last.range.end;
    Some((taken, CodeLike { range, form: CodeForm::Short }))
}

/// Matches a long code or a backup code without dashes.
fn single(rest: &[Word]) -> Option<(usize, CodeLike)> {
    let word = rest.first().filter(|word| word.codelike && word.any_digit && word.any_letter)?;
    let form = match word.chars {
        BACKUP => CodeForm::Saved,
        LONG => CodeForm::Long,
        _ => return None,
    };
    Some((1, CodeLike { range: word.range.clone(), form }))
}
