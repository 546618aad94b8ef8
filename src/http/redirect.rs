//! Where a form leads when it succeeds.

use serde::{Deserialize, Serialize};

use super::flash::Notice;
use crate::{error::AppError, islands::Moment};

/// The result of a form.
pub(crate) type Outcome = Result<Redirect, AppError>;

/// Where a form leads: browsers are redirected, other callers read it as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Redirect {
    /// A path of our own, or an address of a listed origin.
    pub next: String,
    /// The notice to show there, for browsers.
    #[serde(skip)]
    pub notice: Option<Notice>,
    /// Whether the target page is loaded anew, even if it is the form's own, because its content has changed.
    #[serde(skip)]
    pub is_new: bool,
    /// Seconds until another code may be requested, and when this one was sent: for a form that stays on its page.
    #[serde(skip)]
    pub code: Option<(u32, Moment)>,
    /// What was stored, which may differ from what was typed: for a form that stays and shows it.
    #[serde(skip)]
    pub stored: Option<String>,
    /// The stored values, by name: for a form that stays and shows more than one.
    #[serde(skip)]
    pub now: Vec<(String, String)>,
}

impl Redirect {
    /// Creates a redirect to `next`.
    #[must_use]
    pub(crate) fn to(next: impl Into<String>) -> Self {
        Self {
            next: next.into(),
            notice: None,
            is_new: false,
            code: None,
            stored: None,
            now: Vec::new(),
        }
    }

    /// Marks the target page as changed.
    #[must_use]
    pub(crate) fn anew(self) -> Self {
        Self { is_new: true, ..self }
    }

    /// Adds the stored value, for a form that stays and shows it.
    #[must_use]
    pub(crate) fn storing(self, stored: Option<String>) -> Self {
        Self { stored, ..self }
    }

    /// Adds a notice to show there.
    #[must_use]
    pub(crate) fn with_notice(self, notice: Notice) -> Self {
        Self { notice: Some(notice), ..self }
    }
}
