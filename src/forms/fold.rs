//! How typed names are read and compared: what cannot be seen is dropped, letter case forgotten, look-alikes found.

use icu_casemap::CaseMapper;
use icu_properties::{CodePointSetData, props::DefaultIgnorableCodePoint};
use unicode_normalization::UnicodeNormalization as _;
use unicode_security::confusable_detection::skeleton;

/// What joins letters, or keeps them from joining: cannot be seen by itself, but changes how some scripts look.
pub(super) const fn joins(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// What was typed to name an account, without what cannot be seen (white space around it; soft hyphens, zero-width
/// spaces, marks of direction: copied text is full of them) and with the at sign that addresses are written with.
/// Joiners stay inside the text: whoever reads it decides.
#[must_use]
pub fn tidy(typed: &str) -> String {
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let text: String = typed
        .chars()
        .filter(|c| joins(*c) || !ignorable.contains(*c))
        .map(|c| if matches!(c, '＠' | '﹫') { '@' } else { c })
        .collect();
    text.trim_matches(|c: char| c.is_whitespace() || joins(c)).to_owned()
}

/// What was typed, without anything that cannot be seen (Unicode's `Default_Ignorable_Code_Point`) and without white
/// space around it.
pub(super) fn without_invisible(typed: &str) -> String {
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let text: String = typed.chars().filter(|c| !ignorable.contains(*c)).collect();
    text.trim().to_owned()
}

/// Full case folding over NFKC, for logins: `STRASSE` is `straße`. Of `İ` the letter counts and not the dot, which
/// `i` has already: in Turkish `İpek` is the capital form of `ipek`.
pub(super) fn login(text: &str) -> String {
    settle(text, |text| {
        let wide: String = text.nfkc().collect();
        let folded: String = CaseMapper::new().fold_string(&wide).nfkc().collect();
        // An accent that stands alone (`¨`) is a space with an accent now, which nobody typed.
        tidy(&undotted(&folded))
    })
}

/// Simple case folding over NFC (Unicode's `CaseFolding`, C and S), for what stands before the `@`: letter case is
/// forgotten, and letters remain the letters that they are. `straße@` and `strasse@` are two mailboxes.
pub(super) fn local_part(text: &str) -> String {
    settle(text, |text| {
        let mapper = CaseMapper::new();
        text.nfc().map(|c| mapper.simple_fold(c)).nfc().collect()
    })
}

/// Repeats `step` until it changes nothing: folding twice is folding once.
fn settle(text: &str, step: impl Fn(&str) -> String) -> String {
    let mut last = step(text);
    // Unicode's own data settle after two; a bound is cheaper than an argument about data to come.
    for _ in 0..4 {
        let next = step(&last);
        if next == last {
            break;
        }
        last = next;
    }
    last
}

/// Without dots above letters that have one anyway: nobody can see them (UTS #39 §5.4).
pub(super) fn undotted(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        let dotted = shown.ends_with(['i', 'j', 'ı', 'ȷ']);
        if !(c == '\u{307}' && dotted) {
            shown.push(c);
        }
    }
    shown
}

/// What a login looks like: its skeletons (UTS #39 §4), as it is spelled and as it is compared. Two logins that share
/// one can be taken for each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looks {
    /// Of the key: in small letters.
    pub key: String,
    /// Of the spelling, where it looks otherwise.
    pub spelling: Option<String>,
}

impl Looks {
    /// Of a login that is spelled so and has this key.
    #[must_use]
    pub fn of(spelling: &str, key: &str) -> Self {
        let key: String = skeleton(key).collect();
        let spelling: String = skeleton(spelling).collect();
        Self { spelling: (spelling != key).then_some(spelling), key }
    }

    /// Each of them.
    pub fn each(&self) -> impl Iterator<Item = &str> {
        [Some(self.key.as_str()), self.spelling.as_deref()].into_iter().flatten()
    }
}
