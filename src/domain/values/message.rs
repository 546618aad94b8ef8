//! Messages of the support chat.

use strum::{AsRefStr, VariantArray};
use unicode_normalization::UnicodeNormalization as _;

use super::limits::MESSAGE_MAX;
use crate::{
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
};

/// The text of a message: any script, any symbols, line breaks and tabs, in NFC. Invisible controls that change the
/// direction of the text around them (UAX #9 §2.1–2.4: embeddings, overrides, isolates) and all other control
/// characters are dropped, so that the reader sees the message as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageText(String);

/// Why a text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(prefix = "message_", serialize_all = "snake_case")]
pub enum MessageProblem {
    /// It has no visible characters.
    Missing,
    /// It has more than [`MESSAGE_MAX`] characters. It is never truncated.
    TooLong,
}

impl FormError for MessageProblem {
    fn text(&self, locale: Locale, _: &AppError) -> String {
        let text = match self {
            Self::Missing => t::message_missing(locale),
            Self::TooLong => t::message_too_long(locale),
        };
        text.to_owned()
    }
}

impl MessageText {
    /// Parses and validates `typed`.
    ///
    /// # Errors
    /// [`MessageProblem`].
    pub fn parse(typed: &str) -> Result<Self, MessageProblem> {
        // Browsers post line breaks as CR LF.
        let typed = typed.replace("\r\n", "\n").replace('\r', "\n");
        let text: String = typed
            .nfc()
            .filter(|c| matches!(c, '\n' | '\t') || !(c.is_control() || turns(*c)))
            .collect();
        let text = text.trim();
        if text.chars().count() > MESSAGE_MAX {
            return Err(MessageProblem::TooLong);
        }
        let seen = text.chars().any(|c| {
            !c.is_whitespace()
                && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{061c}')
        });
        if seen { Ok(Self(text.to_owned())) } else { Err(MessageProblem::Missing) }
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Matches embeddings, overrides and isolates of the bidirectional algorithm. The marks (U+200E, U+200F) stay: they
/// affect only adjacent characters, and right-to-left scripts need them.
const fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
