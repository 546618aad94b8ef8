//! Login names.

use unicode_normalization::UnicodeNormalization as _;
use unicode_script::{Script, UnicodeScript as _};

use super::limits::{LOGIN_MAX, LOGIN_MIN};

/// A login name: 3–32 letters of one script, digits, `_` or `-`. One script,
/// because `аdmin` with a Cyrillic `а` must not pass for `admin` (UTS #39 §5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login(String);

/// Why a login name is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginProblem {
    /// Nothing was typed.
    Missing,
    /// Fewer than [`LOGIN_MIN`] characters.
    TooShort,
    /// More than [`LOGIN_MAX`] characters.
    TooLong,
    /// A character that is no letter, digit, `_` or `-`.
    Characters,
    /// Letters of more than one script.
    MixedScripts,
}

impl Login {
    /// Judges `typed`; white space around it is dropped.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(typed: &str) -> Result<Self, LoginProblem> {
        let name: String = typed.trim().nfkc().collect();
        let length = name.chars().count();
        if length == 0 {
            return Err(LoginProblem::Missing);
        }
        if !name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-') {
            return Err(LoginProblem::Characters);
        }
        if length < LOGIN_MIN {
            return Err(LoginProblem::TooShort);
        }
        if length > LOGIN_MAX {
            return Err(LoginProblem::TooLong);
        }
        let mut scripts = name
            .chars()
            .map(|c| c.script())
            .filter(|s| !matches!(s, Script::Common | Script::Inherited));
        if let Some(first) = scripts.next()
            && scripts.any(|s| s != first)
        {
            return Err(LoginProblem::MixedScripts);
        }
        Ok(Self(name))
    }

    /// As its owner spells it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key that tells two logins apart.
    #[must_use]
    pub fn key(&self) -> String {
        key(&self.0)
    }
}

/// NFKC, case-folded (Unicode 16 §3.13.3, toNFKC_Casefold but for default ignorables,
/// which no login name may hold).
pub(super) fn key(typed: &str) -> String {
    let folded = caseless::default_case_fold_str(&typed.trim().nfkc().collect::<String>());
    folded.nfkc().collect()
}
