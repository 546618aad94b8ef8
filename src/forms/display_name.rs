//! What people want to be called.

use unicode_normalization::UnicodeNormalization as _;

use super::limits::DISPLAY_NAME_MAX;

/// A display name: any script, any signs, one line. Characters that cannot be seen and turn the text around them
/// (UAX #9 §2) are dropped: pasted text is full of them, and nobody means them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayName(String);

/// It has more than [`DISPLAY_NAME_MAX`] characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DisplayNameTooLong;

impl DisplayName {
    /// Judges `typed`; `None` if nothing was.
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

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What was typed as a name, in one line and without what turns the text around it.
pub(super) fn one_line(typed: &str) -> String {
    // White space first: a line break is a control character, too, and parts words.
    let spaced: String = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let name: String = spaced.nfc().filter(|c| !c.is_control() && !turns(*c)).collect();
    name.trim().to_owned()
}

/// Whether there is anything to see in a name.
pub(super) fn can_be_seen(name: &str) -> bool {
    let is_unseen = |c| matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}');
    name.chars().any(|c| !c.is_whitespace() && !is_unseen(c))
}

/// Marks, embeddings, overrides and isolates of the bidirectional algorithm, and the byte order mark.
const fn turns(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
