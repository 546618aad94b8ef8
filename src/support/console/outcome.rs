use strum::{AsRefStr, EnumString};

use crate::http::flash::Flash;

/// What a form of the console did, as far as its page says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, EnumString)]
#[strum(serialize_all = "kebab-case")]
pub(super) enum Outcome {
    /// The page shows it without words.
    Done,
    /// The conversation was handed over.
    HandedOver,
    /// The claimed name belongs to an account.
    Found,
    /// The claimed name belongs to no account.
    NotFound,
    /// The canned answer was removed.
    Removed,
}

impl Outcome {
    /// Adds the outcome to what is left for the page.
    pub(super) fn keep(self, flash: Flash) -> Flash {
        flash.keep("said", self.as_ref())
    }

    /// Returns the outcome that was left for the page.
    pub(super) fn of(flash: &Flash) -> Option<Self> {
        flash.value("said")?.parse().ok()
    }
}
