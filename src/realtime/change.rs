use strum::{AsRefStr, EnumString};

/// What changed. Its receiver reads the database again; only what is not stored there, or too dear to look for, is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, AsRefStr, EnumString)]
#[strum(serialize_all = "kebab-case")]
pub enum Change {
    /// A message was posted.
    Message,
    /// Messages were read.
    Read,
    /// The shopper is typing.
    TypingShopper,
    /// The operator is typing.
    TypingOperator,
    /// The message with this number was translated.
    #[strum(disabled)]
    Translated(i64),
    /// The address for "an answer waits".
    Email,
    /// A note of the staff.
    Note,
    /// A member of staff looked at the account.
    Looked,
    /// The claim of an account.
    Claim,
    /// The operator of a conversation.
    Assignee,
    /// A conversation was closed.
    Closed,
    /// A conversation was reopened.
    Reopened,
    /// Who is on duty.
    Duty,
    /// An assisted recovery.
    Assisted,
    /// A request to be signed in by a phone.
    QrRequest,
}

const TRANSLATED: &str = "translated:";

impl Change {
    /// Returns it as a text for other instances.
    pub(super) fn encode(self) -> String {
        match self {
            Self::Translated(seq) => format!("{TRANSLATED}{seq}"),
            change => change.as_ref().to_owned(),
        }
    }

    /// Reads what [`Change::encode`] made; `None` for what only a newer version knows.
    pub(super) fn decode(text: &str) -> Option<Self> {
        match text.strip_prefix(TRANSLATED) {
            Some(seq) => seq.parse().ok().map(Self::Translated),
            None => text.parse().ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Change;

    #[test]
    fn a_change_is_read_as_it_was_written() {
        for change in [Change::Message, Change::TypingShopper, Change::Translated(7)] {
            assert_eq!(Change::decode(&change.encode()), Some(change));
        }
        assert_eq!(Change::decode("of-another-version"), None);
    }
}
