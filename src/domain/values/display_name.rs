//! Display names.

use unicode_normalization::UnicodeNormalization as _;

use super::limits::DISPLAY_NAME_MAX;

/// A display name: one line with any script and any symbols. Invisible characters that change the direction of the text
/// around them (UAX #9 §2) are dropped: pasted text often contains them by accident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayName(String);

/// The name has more than [`DISPLAY_NAME_MAX`] characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DisplayNameTooLong;

impl DisplayName {
    /// Parses and validates `typed`; returns `None` if it is empty.
    ///
    /// # Errors
    /// [`DisplayNameTooLong`].
    pub fn parse(typed: &str) -> Result<Option<Self>, DisplayNameTooLong> {
        let name = one_line(typed);
        if name.chars().count() > DISPLAY_NAME_MAX {
            return Err(DisplayNameTooLong);
        }
        Ok(can_be_seen(&name).then_some(Self(name)))
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Returns a typed name as one line, without direction controls.
pub(super) fn one_line(typed: &str) -> String {
    // White space first: a line break is also a control character, and separates words.
    let spaced: String = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let name: String = spaced.nfc().filter(|c| !c.is_control() && !turns(*c)).collect();
    name.trim().to_owned()
}

/// Returns whether a name has visible characters.
pub(super) fn can_be_seen(name: &str) -> bool {
    let is_unseen = |c| matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}');
    name.chars().any(|c| !c.is_whitespace() && !is_unseen(c))
}

/// Matches marks, embeddings, overrides and isolates of the bidirectional algorithm, and the byte order mark.
const fn turns(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
