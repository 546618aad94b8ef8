//! What a refused form leaves for its screen: the reason, and what was typed
//! except secrets. It travels in a cookie, sealed, for one screen and five minutes,
//! because without script a redirect can carry nothing else.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::{
    error::AppError,
    server::{
        app::App,
        clock::{MINUTE, Millis},
        secret::SealFor,
    },
};

/// How long it waits for its screen.
pub const LIFETIME: Millis = 5 * MINUTE;
/// How much is kept, as JSON, so that the cookie stays below 4 KB; a value of usual length is kept as long as there is
/// room, a long one if it leaves room for others.
const ROOM: usize = 2_400;
const LONG: usize = 1_800;
const VALUES_MAX: usize = 6;
/// No form of ours has these names on anything harmless.
const SECRET_FIELDS: [&str; 8] = [
    "password",
    "old_password",
    "new_password",
    "new_password_again",
    "code",
    "saved_code",
    "saved_codes",
    "proof",
];

/// What a screen finds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Draft {
    /// Why the form came back.
    pub error: Option<AppError>,
    /// What was done, when there is something good to say.
    pub notice: Option<Notice>,
    /// The price that the next proof of work must have.
    pub price: Option<u32>,
    values: Vec<(String, String)>,
    until: Millis,
}

/// Something good to say on a screen that is reached by redirect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Notice {
    /// The password was changed.
    PasswordChanged,
    /// A new code is on its way.
    CodeSent,
    /// Signed out.
    SignedOut,
    /// The profile, or the choice of letters, was saved.
    Saved,
    /// The address was changed.
    EmailChanged,
    /// The own address is spelled otherwise now.
    EmailRespelled,
    /// The login name was changed.
    LoginChanged,
    /// A device was signed out.
    DeviceSignedOut,
    /// All other devices were signed out.
    OthersSignedOut,
    /// A letter that names the login is on its way, if there is anything to name.
    LoginAsked,
    /// The account will be deleted.
    DeletionStarted,
    /// The account stays.
    Kept,
    /// The account was taken back; now a new password is due.
    TakenBack,
    /// The account is frozen.
    Frozen,
    /// An assisted recovery was stopped.
    AssistedStopped,
    /// A role was given.
    RoleGiven,
}

impl Draft {
    /// With a notice.
    #[must_use]
    pub fn notice(notice: Notice) -> Self {
        Self { notice: Some(notice), ..Self::default() }
    }

    /// With an error.
    #[must_use]
    pub fn error(error: AppError) -> Self {
        Self { price: error.price, error: Some(error), ..Self::default() }
    }

    /// Keeps what was typed into a field, unless it is secret, empty or endless.
    #[must_use]
    pub fn keep(mut self, name: &str, value: &str) -> Self {
        let taken: usize = self.values.iter().map(|(_, value)| weight(value)).sum();
        let room = self.values.len() < VALUES_MAX && taken + weight(value) <= ROOM;
        if room && Self::holds(value) && !value.is_empty() && !SECRET_FIELDS.contains(&name) {
            self.values.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// Whether a value is short enough to be kept.
    #[must_use]
    pub fn holds(value: &str) -> bool {
        weight(value) <= LONG
    }

    /// With a value of any length, for a draft that does not travel: the screen is the answer itself.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.values.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What was typed into a field.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<String> {
        self.values.iter().find(|(theirs, _)| theirs == name).map(|(_, value)| value.clone())
    }

    pub(super) fn seal(&self, app: &App, screen: &str) -> Option<String> {
        let draft = Self { until: app.clock.now() + LIFETIME, ..self.clone() };
        let plain = serde_json::to_vec(&draft).ok()?;
        Some(URL_SAFE_NO_PAD.encode(app.keys.seal(SealFor::Draft, &app.random, screen, &plain)?))
    }

    pub(super) fn open(app: &App, screen: &str, sealed: &str) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let plain = app.keys.open(SealFor::Draft, screen, &sealed)?;
        let draft: Self = serde_json::from_slice(&plain).ok()?;
        (draft.until > app.clock.now()).then_some(draft)
    }
}

/// What a value takes in JSON: quotes, line breaks and control characters are escaped.
fn weight(value: &str) -> usize {
    serde_json::to_string(value).map_or(usize::MAX, |json| json.len())
}
