//! Usernames.

use icu_properties::{CodePointMapData, props::GeneralCategory};
use strum::{AsRefStr, VariantArray};
use unicode_normalization::UnicodeNormalization as _;
use unicode_script::{Script, ScriptExtension};
use unicode_security::{
    GeneralSecurityProfile as _, general_security_profile::IdentifierType,
    mixed_script::AugmentedScriptSet,
};

use super::{
    fold::{self, Looks},
    limits::{LOGIN_MAX, LOGIN_MIN},
};
use crate::{
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
};

/// Most consecutive nonspacing marks (UTS #39 §5.4).
const MARKS_MAX: usize = 4;

/// A username: 3–32 letters with their marks, digits, `_` or `-`, of scripts that are written together (UTS #39 §5.2,
/// "highly restrictive"): `田中さくら` is Japanese, but `аdmin` with a Cyrillic `а` must not pass for `admin`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

/// Why a username is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(prefix = "login_", serialize_all = "snake_case")]
pub enum UsernameProblem {
    /// The field is empty.
    Missing,
    /// Fewer than [`LOGIN_MIN`] characters.
    TooShort,
    /// More than [`LOGIN_MAX`] characters.
    TooLong,
    /// A character other than a letter, a digit, `_` or `-`.
    Characters,
    /// Letters of scripts, or digits, that are not written together.
    MixedScripts,
}

impl FormError for UsernameProblem {
    fn text(&self, locale: Locale, _: &AppError) -> String {
        let text = match self {
            Self::Missing => t::login_missing(locale),
            Self::TooShort => t::login_too_short(locale),
            Self::TooLong => t::login_too_long(locale),
            Self::Characters => t::login_characters(locale),
            Self::MixedScripts => t::login_mixed_scripts(locale),
        };
        text.to_owned()
    }
}

impl Username {
    /// Parses and validates `typed`; invisible characters are dropped.
    ///
    /// # Errors
    /// The first problem found.
    pub fn parse(typed: &str) -> Result<Self, UsernameProblem> {
        let typed = fold::without_invisible(&fold::tidy(typed));
        let name = fold::undotted(&typed.nfkc().collect::<String>());
        let length = name.chars().count();
        if length == 0 {
            return Err(UsernameProblem::Missing);
        }
        if !name.chars().all(is_usual) || !has_marks_in_place(&name) {
            return Err(UsernameProblem::Characters);
        }
        if length < LOGIN_MIN {
            return Err(UsernameProblem::TooShort);
        }
        if length > LOGIN_MAX {
            return Err(UsernameProblem::TooLong);
        }
        if !is_written_together(&name) || has_mixed_digits(&name) {
            return Err(UsernameProblem::MixedScripts);
        }
        // NFKC decomposes these two vowels, and fonts do not always recompose them (UAX #31 §5.1).
        let name = name.replace("\u{e4d}\u{e32}", "\u{e33}").replace("\u{ecd}\u{eb2}", "\u{eb3}");
        Ok(Self(name))
    }

    /// Returns the login as its owner spells it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the key by which logins are compared.
    #[must_use]
    pub fn key(&self) -> String {
        key(&self.0)
    }

    /// Returns its appearance.
    #[must_use]
    pub fn looks(&self) -> Looks {
        Looks::of(&self.0, &self.key())
    }
}

/// Returns the key: NFKC, case-folded (Unicode §3.13.3, toNFKC_Casefold).
pub(super) fn key(tidied: &str) -> String {
    fold::login(&fold::without_invisible(tidied))
}

/// Returns whether a character is allowed: letters, digits and marks of scripts in use (UTS #39 §3.1), `_` and `-`.
/// Letters may be of limited use, uncommon or obsolete: look-alikes among them are detected separately.
fn is_usual(c: char) -> bool {
    use IdentifierType::{Limited_Use, Obsolete, Uncommon_Use};
    let written = || match c.identifier_type() {
        Some(Limited_Use) => true,
        Some(Uncommon_Use | Obsolete) => c.is_alphanumeric(),
        _ => c.identifier_allowed(),
    };
    matches!(c, '_' | '-') || ((c.is_alphanumeric() || is_mark(c)) && written())
}

fn category(c: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(c)
}

fn is_mark(c: char) -> bool {
    matches!(category(c), GeneralCategory::NonspacingMark | GeneralCategory::SpacingMark)
}

/// Returns whether each mark follows a letter, without an invisible stack or repetition of marks.
fn has_marks_in_place(name: &str) -> bool {
    let (mut on_letter, mut last, mut row) = (false, None, 0);
    // Decomposed, because otherwise the first mark would be hidden in its letter.
    for c in name.nfd() {
        if is_mark(c) {
            row = if category(c) == GeneralCategory::NonspacingMark { row + 1 } else { 0 };
            if !on_letter || row > MARKS_MAX || (row > 1 && last == Some(c)) {
                return false;
            }
        } else {
            (on_letter, row) = (c.is_alphabetic(), 0);
        }
        last = Some(c);
    }
    true
}

/// Returns whether the letters belong to one script, or to the scripts of one language, to which Latin letters may be
/// added.
fn is_written_together(name: &str) -> bool {
    if !AugmentedScriptSet::for_str(name).is_empty() {
        return true;
    }
    let latin = |c: &char| ScriptExtension::from(*c).contains_script(Script::Latin);
    let others: String = name.chars().filter(|c| !latin(c)).collect();
    let set = AugmentedScriptSet::for_str(&others);
    set.jpan || set.hanb || set.kore
}

/// Returns whether digits of two numbering systems are mixed (UTS #39 §5.3).
fn has_mixed_digits(name: &str) -> bool {
    // An aligned block of sixteen code points never contains digits of two systems.
    let mut systems = name
        .chars()
        .filter(|c| category(*c) == GeneralCategory::DecimalNumber)
        .map(|c| u32::from(c) / 16);
    let first = systems.next();
    systems.any(|system| Some(system) != first)
}
