//! An account.

use super::Role;
use crate::{
    clock::Timestamp,
    domain::{format::Zone, ids::AccountId, notification_prefs, values::shown},
    i18n::Locale,
    mailer::EmailKind,
};

/// An account.
#[derive(Clone, sqlx::FromRow)]
pub struct Account {
    /// UUIDv7.
    pub id: AccountId,
    /// The username in its owner's spelling.
    pub login: String,
    /// The address that emails are sent to.
    pub email: String,
    /// Argon2id PHC string.
    pub password_hash: String,
    state: State,
    role: Role,
    /// When the role was assigned; `None` if it is unchanged since the account was created.
    pub role_given_at: Option<Timestamp>,
    /// The id of the admin who assigned it; `None` if the command line did.
    pub role_given_by: Option<AccountId>,
    locale: String,
    /// The credential version: raised by each change of password, address, role or state.
    pub credential_version: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When the password was last set.
    pub password_changed_at: Timestamp,
    /// The name its owner wants to be called by.
    pub display_name: Option<String>,
    time_zone: Option<String>,
    /// Raised by each change of the profile, so that a form loaded before it is refused.
    pub version: i64,
    /// When the username was last changed.
    pub login_changed_at: Option<Timestamp>,
    /// When the address was last changed.
    pub email_changed_at: Option<Timestamp>,
    /// When it will be deleted, if its owner requested that.
    pub delete_at: Option<Timestamp>,
    /// Since when two addresses claim it; it is disabled meanwhile.
    pub frozen_at: Option<Timestamp>,
    /// Whether its owner wants an email at every sign-in, if that was ever chosen.
    pub(super) sign_in_letter: Option<bool>,
}

impl Account {
    /// Returns whether the account is active.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.state == State::Active
    }

    /// Returns the account's role.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    /// Returns since when it has its role.
    #[must_use]
    pub fn role_since(&self) -> Timestamp {
        self.role_given_at.unwrap_or(self.created_at)
    }

    /// Returns the name shown for its owner: the display name or, without one, the login.
    #[must_use]
    pub fn name(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.login)
    }

    /// Returns the address in its readable form; emails are sent to [`Account::email`].
    #[must_use]
    pub fn shown_email(&self) -> String {
        shown(&self.email)
    }

    /// Returns the name of the time zone, if its owner chose one.
    #[must_use]
    pub fn time_zone(&self) -> Option<&str> {
        self.time_zone.as_deref()
    }

    /// Returns the time zone in which times are shown; UTC until its owner chooses one.
    #[must_use]
    pub fn zone(&self) -> Zone {
        self.time_zone.as_deref().and_then(Zone::parse).unwrap_or_default()
    }

    /// Returns whether its owner wants an email at every sign-in, and not only from new browsers.
    #[must_use]
    pub fn wants_sign_in_email(&self) -> bool {
        notification_prefs::or_default(EmailKind::SignedIn, self.sign_in_letter)
    }

    /// Returns the language of its emails.
    #[must_use]
    pub fn locale(&self) -> Locale {
        Locale::parse(&self.locale).unwrap_or_default()
    }
}

/// The states of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum State {
    /// It may be used.
    Active,
    /// It may not be used.
    Disabled,
    /// It may not be used until support decides, because two addresses claim it.
    Frozen,
}
