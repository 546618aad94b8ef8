//! E-mail addresses.

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use lettre::Address;
use strum::{AsRefStr, VariantArray};
use unicode_normalization::UnicodeNormalization as _;
use unicode_security::{MixedScript as _, confusable_detection::skeleton};

use super::{fold, limits::EMAIL_MAX};
use crate::{
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
};

/// Longest text that is looked at: a host name in letters is at most so much longer than in ASCII.
const TYPED_MAX: usize = 4 * EMAIL_MAX;

/// An e-mail address, confirmed or not. Its host is in ASCII (UTS #46), as letters travel; [`EmailAddress::shown`] is for
/// people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailAddress(Address);

/// Why an address is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(prefix = "email_", serialize_all = "snake_case")]
pub enum EmailProblem {
    /// Nothing was typed.
    Missing,
    /// Not of the shape `somebody@somewhere`.
    Malformed,
    /// More than [`EMAIL_MAX`] bytes.
    TooLong,
    /// It names a machine by its number, or ends in one: no shop's letter gets there.
    Number,
}

impl FormError for EmailProblem {
    fn text(&self, locale: Locale, _: &AppError) -> String {
        let text = match self {
            Self::Missing => t::email_missing(locale),
            Self::Malformed => t::email_malformed(locale),
            Self::TooLong => t::email_too_long(locale),
            Self::Number => t::email_number(locale),
        };
        text.to_owned()
    }
}

impl EmailAddress {
    /// Judges `typed`; what cannot be seen is dropped, the host becomes ASCII in lower case.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(typed: &str) -> Result<Self, EmailProblem> {
        let typed = fold::tidy(typed);
        if typed.is_empty() {
            return Err(EmailProblem::Missing);
        }
        if typed.len() > TYPED_MAX {
            return Err(EmailProblem::TooLong);
        }
        let (user, host) = typed.rsplit_once('@').ok_or(EmailProblem::Malformed)?;
        let user: String = local_part(user).nfc().collect();
        if host.starts_with('[') {
            return Err(EmailProblem::Number);
        }
        let host = ascii_host(host).ok_or(EmailProblem::Malformed)?;
        if user.len() + 1 + host.len() > EMAIL_MAX {
            return Err(EmailProblem::TooLong);
        }
        // `user@localhost` is an address by the RFC and a slip of the finger in a shop;
        // quoted local parts invite spellings that look alike.
        let Some((_, top)) = host.rsplit_once('.') else { return Err(EmailProblem::Malformed) };
        if user.contains(['"', ' ', '\\']) {
            return Err(EmailProblem::Malformed);
        }
        if is_number(top) {
            return Err(EmailProblem::Number);
        }
        Address::new(user, host).map(Self).map_err(|_| EmailProblem::Malformed)
    }

    /// As it is stored and written to.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_ref()
    }

    /// As people read it (see [`shown`]).
    #[must_use]
    pub fn shown(&self) -> String {
        shown(self.as_str())
    }

    /// The part before the `@`.
    #[must_use]
    pub fn user(&self) -> &str {
        self.0.user()
    }

    /// Whether only a mail server that offers SMTPUTF8 (RFC 6531) can carry letters to it: the part before the `@`
    /// is not ASCII.
    #[must_use]
    pub fn needs_smtputf8(&self) -> bool {
        !self.user().is_ascii()
    }

    /// Whether `other` is the same address in other capitals, or with its host written in other letters.
    #[must_use]
    pub fn is_respelled(&self, other: &Self) -> bool {
        self.0.domain() == other.0.domain()
            && self.user().to_lowercase() == other.user().to_lowercase()
    }

    /// The key that tells two addresses apart: no mail host of today tells
    /// `Ann@` from `ann@`, and people do not either.
    #[must_use]
    pub fn key(&self) -> String {
        key(self.as_str())
    }
}

/// The key of what was typed and tidied.
pub(super) fn key(tidied: &str) -> String {
    let Some((user, host)) = tidied.rsplit_once('@') else { return fold::local_part(tidied) };
    // What is too long for an address is none, and not worth the work.
    let ascii = (tidied.len() <= TYPED_MAX).then(|| ascii_host(host)).flatten();
    let host = ascii.unwrap_or_else(|| fold::local_part(host));
    // Folded first: what is folded may be ASCII, and was none before.
    format!("{}@{host}", local_part(&fold::local_part(user)))
}

/// An address as people read it: the host in its own letters. It stays ASCII where these would look like others
/// (letters of two alphabets, or such as all look Latin).
#[must_use]
pub fn shown(address: &str) -> String {
    let Some((user, host)) = address.rsplit_once('@') else { return address.to_owned() };
    let (host, judged) = Uts46::new().to_user_interface(
        host.as_bytes(),
        AsciiDenyList::URL,
        Hyphens::Allow,
        |label, _, _| {
            let label: String = label.iter().collect();
            label.as_str().is_single_script() && !skeleton(&label).all(|c| c.is_ascii())
        },
    );
    if judged.is_ok() { format!("{user}@{host}") } else { address.to_owned() }
}

/// Without joiners, unless letters stand there that are written with them.
fn local_part(user: &str) -> String {
    let bare: String = user.chars().filter(|c| !fold::joins(*c)).collect();
    if bare.is_ascii() { bare } else { user.trim_matches(fold::joins).to_owned() }
}

/// A host name in ASCII and lower case (UTS #46), if it is one.
fn ascii_host(host: &str) -> Option<String> {
    let ascii = |host: &str| {
        let ascii = Uts46::new().to_ascii(
            host.as_bytes(),
            AsciiDenyList::STD3,
            Hyphens::CheckFirstLast,
            DnsLength::Verify,
        );
        ascii.ok().map(|ascii| ascii.into_owned())
    };
    // Joiners mean something between some letters, and are an accident of copying between others.
    ascii(host).or_else(|| {
        host.contains(fold::joins).then(|| ascii(&host.replace(fold::joins, ""))).flatten()
    })
}

/// Whether the last part of a host name makes it a number (WHATWG URL, "ends in a number").
fn is_number(top: &str) -> bool {
    let hex = top.strip_prefix("0x").is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
    hex || top.bytes().all(|b| b.is_ascii_digit())
}
