//! How typed names are normalised and compared: invisible characters dropped, letter case ignored, look-alikes found.

use icu_casemap::CaseMapper;
use icu_properties::{CodePointSetData, props::DefaultIgnorableCodePoint};
use unicode_normalization::UnicodeNormalization as _;
use unicode_security::confusable_detection::skeleton;

/// Returns whether a character joins letters or prevents joining: invisible itself, but changes how some scripts look.
pub(super) const fn joins(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Normalises a typed identifier: removes invisible characters (white space around it; soft hyphens, zero-width spaces,
/// direction marks, which copied text often contains) and uses the plain at sign. Joiners inside the text are kept: the
/// caller decides about them.
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

/// Returns the text without invisible characters (Unicode's `Default_Ignorable_Code_Point`) and without white space
/// around it.
pub(super) fn without_invisible(typed: &str) -> String {
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let text: String = typed.chars().filter(|c| !ignorable.contains(*c)).collect();
    text.trim().to_owned()
}

/// Applies full case folding over NFKC, for logins: `STRASSE` equals `straße`. Of `İ` only the letter counts, not the
/// dot, which `i` already has: in Turkish `İpek` is the capital form of `ipek`.
pub(super) fn login(text: &str) -> String {
    settle(text, |text| {
        let wide: String = text.nfkc().collect();
        let folded: String = CaseMapper::new().fold_string(&wide).nfkc().collect();
        // NFKC turns a standalone accent (`¨`) into a space with an accent, and the user did not type a space.
        tidy(&undotted(&folded))
    })
}

/// Applies simple case folding over NFC (Unicode's `CaseFolding`, C and S), for the part before the `@`: letter case is
/// ignored, but letters stay distinct. `straße@` and `strasse@` are two mailboxes.
pub(super) fn local_part(text: &str) -> String {
    settle(text, |text| {
        let mapper = CaseMapper::new();
        text.nfc().map(|c| mapper.simple_fold(c)).nfc().collect()
    })
}

/// Repeats `step` until nothing changes, so that folding is idempotent.
fn settle(text: &str, step: impl Fn(&str) -> String) -> String {
    let mut last = step(text);
    // With today's Unicode data two rounds are enough; the bound covers data to come.
    for _ in 0..4 {
        let next = step(&last);
        if next == last {
            break;
        }
        last = next;
    }
    last
}

/// Removes a combining dot above after `i`, `j`, `ı` and `ȷ`, where it is not recognised as one (UTS #39 §5.4).
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

/// The appearance of a login: its skeletons (UTS #39 §4) as spelled and as compared. Two logins that share one can be
/// mistaken for each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looks {
    /// The skeleton of the key, which is in lower case.
    pub key: String,
    /// The skeleton of the spelling, if it differs.
    pub spelling: Option<String>,
}

impl Looks {
    /// Returns the appearance of a login with this spelling and key.
    #[must_use]
    pub fn of(spelling: &str, key: &str) -> Self {
        let key: String = skeleton(key).collect();
        let spelling: String = skeleton(spelling).collect();
        Self { spelling: (spelling != key).then_some(spelling), key }
    }

    /// Returns all skeletons.
    pub fn each(&self) -> impl Iterator<Item = &str> {
        [Some(self.key.as_str()), self.spelling.as_deref()].into_iter().flatten()
    }
}
