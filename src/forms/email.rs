//! E-mail addresses.

use lettre::Address;
use unicode_normalization::UnicodeNormalization as _;

use super::limits::EMAIL_MAX;

/// An address that a letter can be sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(Address);

/// Why an address is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailProblem {
    /// Nothing was typed.
    Missing,
    /// Not of the shape `somebody@somewhere`.
    Malformed,
    /// More than [`EMAIL_MAX`] bytes.
    TooLong,
}

impl Email {
    /// Judges `typed`; white space around it is dropped, the domain becomes lower case.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(typed: &str) -> Result<Self, EmailProblem> {
        let typed: String = typed.trim().nfc().collect();
        if typed.is_empty() {
            return Err(EmailProblem::Missing);
        }
        if typed.len() > EMAIL_MAX {
            return Err(EmailProblem::TooLong);
        }
        let (user, domain) = typed.rsplit_once('@').ok_or(EmailProblem::Malformed)?;
        // `user@localhost` is an address by the RFC and a slip of the finger in a shop;
        // quoted local parts invite spellings that look alike.
        if !domain.contains('.') || user.contains(['"', ' ', '\\']) {
            return Err(EmailProblem::Malformed);
        }
        let address =
            Address::new(user, domain.to_lowercase()).map_err(|_| EmailProblem::Malformed)?;
        Ok(Self(address))
    }

    /// As it is stored and written to.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_ref()
    }

    /// The part before the `@`.
    #[must_use]
    pub fn user(&self) -> &str {
        self.0.user()
    }

    /// The key that tells two addresses apart: no mail host of today tells
    /// `Ann@` from `ann@`, and people do not either.
    #[must_use]
    pub fn key(&self) -> String {
        key(self.as_str())
    }
}

pub(super) fn key(typed: &str) -> String {
    caseless::default_case_fold_str(&typed.trim().nfc().collect::<String>()).nfc().collect()
}
