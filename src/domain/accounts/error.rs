//! Error messages for refused usernames and addresses.

use strum::{AsRefStr, VariantArray};

use crate::{
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
};

/// Why an account cannot have a username or an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum IdentifierProblem {
    /// Another account has, or had, the username.
    LoginTaken,
    /// It could be mistaken for the shop.
    LoginReserved,
    /// Another account has the address; reported only to the address's owner.
    EmailTaken,
    /// As [`Self::EmailTaken`], but taken after the code was sent.
    EmailTakenMeanwhile,
}

impl FormError for IdentifierProblem {
    fn text(&self, locale: Locale, _: &AppError) -> String {
        let text = match self {
            Self::LoginTaken => t::login_taken(locale),
            Self::LoginReserved => t::login_reserved(locale),
            Self::EmailTaken => t::email_taken(locale),
            Self::EmailTakenMeanwhile => t::email_taken_meanwhile(locale),
        };
        text.to_owned()
    }
}
