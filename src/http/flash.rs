//! What a refused form leaves for its page: the reason, and what was typed except secrets. It travels in a sealed
//! cookie, for one page and five minutes, because without script a redirect can carry nothing else.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use leptos::prelude::use_context;
use serde::{Deserialize, Serialize};

use crate::{
    clock::{Duration, Timestamp, minutes},
    error::{AppError, RequestProblem},
    i18n::Texts,
    security::SealFor,
    state::AppState,
};

/// How long it is kept for its page.
pub(crate) const LIFETIME: Duration = minutes(5);
/// How long what was typed is kept for a user who has to sign in first, and may have to recover the password.
pub(crate) const KEPT_FOR: Duration = minutes(30);
/// How much is kept, as JSON, so that the cookie stays below 4 KB; a value of usual length is kept while there is room,
/// a long one if it leaves room for others.
const ROOM: usize = 2_400;
const LONG: usize = 1_800;
const VALUES_MAX: usize = 24;
/// No form of ours uses these names for anything harmless.
const SECRET_FIELDS: [&str; 10] = [
    "password",
    "old_password",
    "new_password",
    "new_password_again",
    "code",
    "saved_code",
    "saved_codes",
    "proof",
    "short_code",
    "number",
];

/// What was left for a page.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Flash {
    /// Why the form was refused.
    pub error: Option<AppError>,
    /// The notice that something succeeded, if there is one.
    pub notice: Option<Notice>,
    /// The difficulty that the next captcha solution must have.
    pub price: Option<u32>,
    values: Vec<(String, String)>,
    until: Timestamp,
}

/// A notice of success, shown on a page that is reached by redirect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Notice {
    /// The password was changed.
    PasswordChanged,
    /// A new code is on its way.
    CodeSent,
    /// Signed out.
    SignedOut,
    /// The profile, or the choice of emails, was saved.
    Saved,
    /// The address was changed.
    EmailChanged,
    /// The spelling of the user's address was changed.
    EmailRespelled,
    /// The username was changed.
    LoginChanged,
    /// A device was signed out.
    DeviceSignedOut,
    /// All other devices were signed out.
    OthersSignedOut,
    /// A device was given a name.
    DeviceNamed,
    /// The name of a device was removed.
    DeviceUnnamed,
    /// An email that names the login is on its way, if there is one to name.
    LoginAsked,
    /// The account will be deleted.
    DeletionStarted,
    /// The account will not be deleted.
    Kept,
    /// The account was reclaimed; a new password has to be set now.
    TakenBack,
    /// The account is frozen.
    Frozen,
    /// An assisted recovery was stopped.
    AssistedStopped,
    /// A role was granted.
    RoleGiven,
}

impl Notice {
    /// Returns the message for a form that stays on its page, if there is one.
    #[must_use]
    pub(crate) const fn words(self, t: Texts) -> Option<&'static str> {
        match self {
            Self::PasswordChanged => Some(t.password().changed()),
            Self::CodeSent => Some(t.code().sent_again()),
            Self::SignedOut => Some(t.sign_in().signed_out()),
            Self::EmailChanged => Some(t.email().changed()),
            Self::EmailRespelled => Some(t.email().respelled()),
            Self::LoginChanged => Some(t.login_name().changed()),
            Self::DeviceSignedOut => Some(t.devices().signed_out()),
            Self::OthersSignedOut => Some(t.devices().others_signed_out()),
            Self::DeviceNamed => Some(t.devices().named()),
            Self::DeviceUnnamed => Some(t.devices().unnamed()),
            Self::Kept => Some(t.deletion().kept()),
            Self::TakenBack => Some(t.reclaim().taken_back()),
            Self::Saved
            | Self::LoginAsked
            | Self::DeletionStarted
            | Self::Frozen
            | Self::AssistedStopped
            | Self::RoleGiven => None,
        }
    }
}

/// Returns what the last post to this page left for it.
#[must_use]
pub(crate) fn use_flash() -> Flash {
    use_context().unwrap_or_default()
}

impl Flash {
    /// Creates a flash with a notice.
    #[must_use]
    pub(crate) fn notice(notice: Notice) -> Self {
        Self { notice: Some(notice), ..Self::default() }
    }

    /// Adds a notice.
    #[must_use]
    pub(crate) fn with_notice(self, notice: Notice) -> Self {
        Self { notice: Some(notice), ..self }
    }

    /// Creates a flash with an error.
    #[must_use]
    pub(crate) fn error(error: AppError) -> Self {
        Self { price: error.price, error: Some(error), ..Self::default() }
    }

    /// Keeps what was typed into a field, even if that is empty, unless it is secret or too long.
    #[must_use]
    pub(crate) fn keep(mut self, name: &str, value: &str) -> Self {
        let taken: usize = self.values.iter().map(|(_, value)| weight(value)).sum();
        let room = self.values.len() < VALUES_MAX && taken + weight(value) <= ROOM;
        if room && Self::holds(value) && !SECRET_FIELDS.contains(&name) {
            self.values.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// Returns whether a value is short enough to be kept.
    #[must_use]
    pub(crate) fn holds(value: &str) -> bool {
        weight(value) <= LONG
    }

    /// Adds a value of any length, for a flash that does not travel: the page is the response itself.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.values.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Returns what was typed into a field, if anything was.
    #[must_use]
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        self.typed(name).filter(|value| !value.is_empty())
    }

    /// Returns the content of a field, even if that is empty; `None` if it is not known. A field that has a stored
    /// value shows that then: a refused form without what was typed must not look as if nothing had been stored.
    #[must_use]
    pub(crate) fn typed(&self, name: &str) -> Option<String> {
        self.values.iter().find(|(theirs, _)| theirs == name).map(|(_, value)| value.clone())
    }

    /// Returns the content of all fields of this name, as checkboxes have.
    #[must_use]
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let fields = self.values.iter().filter(|(theirs, _)| theirs == name);
        fields.map(|(_, value)| value.as_str()).collect()
    }

    /// Returns whether it holds what was typed: a form was refused, or the language was switched while it was filled
    /// in.
    #[must_use]
    pub(crate) const fn is_of_post(&self) -> bool {
        !self.values.is_empty()
    }

    /// Returns the version of the account that a form is based on: a refused form keeps the version with which it was
    /// typed, so that it overwrites nothing that was saved elsewhere meanwhile, unless the user was just told about
    /// that.
    #[must_use]
    pub(crate) fn version(&self, now: i64) -> String {
        let told = self
            .error
            .as_ref()
            .is_some_and(|error| error.error == RequestProblem::ChangedElsewhere);
        self.value("version").filter(|_| !told).unwrap_or_else(|| now.to_string())
    }

    pub(super) fn seal(&self, state: &AppState, page: &str) -> Option<String> {
        self.seal_until(state, page, state.clock.now() + LIFETIME)
    }

    /// Seals what was typed, without the error: by then it no longer matters.
    pub(super) fn seal_for_later(&self, state: &AppState, context: &str) -> Option<String> {
        let typed = Self { values: self.values.clone(), ..Self::default() };
        typed.seal_until(state, context, state.clock.now() + KEPT_FOR)
    }

    fn seal_until(&self, state: &AppState, page: &str, until: Timestamp) -> Option<String> {
        let flash = Self { until, ..self.clone() };
        let plain = serde_json::to_vec(&flash).ok()?;
        Some(URL_SAFE_NO_PAD.encode(state.keys.seal(
            SealFor::Flash,
            &state.random,
            page,
            &plain,
        )?))
    }

    pub(super) fn open(state: &AppState, page: &str, sealed: &str) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let plain = state.keys.open(SealFor::Flash, page, &sealed)?;
        let flash: Self = serde_json::from_slice(&plain).ok()?;
        if flash.until <= state.clock.now() {
            return None;
        }
        match flash.error {
            Some(error) => Some(Self { error: Some(state.problems.find(error)?), ..flash }),
            None => Some(flash),
        }
    }
}

/// Returns the size of a value in JSON: quotes, line breaks and control characters are escaped.
fn weight(value: &str) -> usize {
    serde_json::to_string(value).map_or(usize::MAX, |json| json.len())
}
