//! Email addresses.

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

/// Longest text that is parsed: a Unicode host name is at most this much longer than its ASCII form.
const TYPED_MAX: usize = 4 * EMAIL_MAX;

/// An email address, confirmed or not. Its host is in ASCII (UTS #46), as used for sending; [`EmailAddress::shown`] is
/// for display.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailAddress(Address);

/// Why an address is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(prefix = "email_", serialize_all = "snake_case")]
pub enum EmailProblem {
    /// The field is empty.
    Missing,
    /// Not of the shape `somebody@somewhere`.
    Malformed,
    /// More than [`EMAIL_MAX`] bytes.
    TooLong,
    /// Its host is an IP address, or ends in a number: no email from the shop arrives there.
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
    /// Parses and validates `typed`; invisible characters are dropped, the host becomes lower-case ASCII.
    ///
    /// # Errors
    /// The first problem found.
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
        // The RFC allows `user@localhost`, but in a shop it is a typing mistake; quoted local parts invite look-alike
        // spellings.
        let Some((_, top)) = host.rsplit_once('.') else { return Err(EmailProblem::Malformed) };
        if user.contains(['"', ' ', '\\']) {
            return Err(EmailProblem::Malformed);
        }
        if is_number(top) {
            return Err(EmailProblem::Number);
        }
        Address::new(user, host).map(Self).map_err(|_| EmailProblem::Malformed)
    }

    /// Returns the address as it is stored and used for sending.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_ref()
    }

    /// Returns the address for display (see [`shown`]).
    #[must_use]
    pub fn shown(&self) -> String {
        shown(self.as_str())
    }

    /// Returns the part before the `@`.
    #[must_use]
    pub fn user(&self) -> &str {
        self.0.user()
    }

    /// Returns whether email to it needs a mail server that offers SMTPUTF8 (RFC 6531): the part before the `@` is not
    /// ASCII.
    #[must_use]
    pub fn needs_smtputf8(&self) -> bool {
        !self.user().is_ascii()
    }

    /// Returns whether `other` is the same address with different letter case, or with its host spelled differently.
    #[must_use]
    pub fn is_respelled(&self, other: &Self) -> bool {
        self.0.domain() == other.0.domain()
            && self.user().to_lowercase() == other.user().to_lowercase()
    }

    /// Returns the key by which addresses are compared: no mail host of today tells `Ann@` from `ann@`, nor do people.
    #[must_use]
    pub fn key(&self) -> String {
        key(self.as_str())
    }
}

/// Returns the key of a normalised text.
pub(super) fn key(tidied: &str) -> String {
    let Some((user, host)) = tidied.rsplit_once('@') else { return fold::local_part(tidied) };
    // A text that is too long to be an address is not worth the work.
    let ascii = (tidied.len() <= TYPED_MAX).then(|| ascii_host(host)).flatten();
    let host = ascii.unwrap_or_else(|| fold::local_part(host));
    // Folded first: folding may turn a non-ASCII text into ASCII.
    format!("{}@{host}", local_part(&fold::local_part(user)))
}

/// Returns an address for display, with a Unicode host. The host stays ASCII where it would look like another one
/// (letters of two scripts, or letters that all look Latin).
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

/// Removes joiners, unless the text contains letters that are written with them.
fn local_part(user: &str) -> String {
    let bare: String = user.chars().filter(|c| !fold::joins(*c)).collect();
    if bare.is_ascii() { bare } else { user.trim_matches(fold::joins).to_owned() }
}

/// Returns a host name in lower-case ASCII (UTS #46), if it is valid.
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
    // Joiners are meaningful between some letters, and a copying accident between others.
    ascii(host).or_else(|| {
        host.contains(fold::joins).then(|| ascii(&host.replace(fold::joins, ""))).flatten()
    })
}

/// Returns whether the last label makes the host a number (WHATWG URL, "ends in a number").
fn is_number(top: &str) -> bool {
    let hex = top.strip_prefix("0x").is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
    hex || top.bytes().all(|b| b.is_ascii_digit())
}
