//! Where a form leads.

use serde::{Deserialize, Serialize};

use super::flash::Notice;
use crate::islands::Moment;

/// Where a form leads: browsers by a redirect, other callers read it as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redirect {
    /// Our own path, or an address of a listed origin.
    pub next: String,
    /// What is said there, for browsers.
    #[serde(skip)]
    pub notice: Option<Notice>,
    /// Whether the page that it leads to is loaded anew, even if it is the form's own: it shows something else now.
    #[serde(skip)]
    pub is_new: bool,
    /// Seconds until another code may be requested, and when this one was sent: for a form that stays where it is.
    #[serde(skip)]
    pub code: Option<(u32, Moment)>,
    /// What was stored, which may differ from what was typed: for a form that stays and shows it.
    #[serde(skip)]
    pub stored: Option<String>,
    /// What is stored now, by name: for a form that stays with more than one thing to show.
    #[serde(skip)]
    pub now: Vec<(String, String)>,
}

impl Redirect {
    /// To `return_to`.
    #[must_use]
    pub fn to(next: impl Into<String>) -> Self {
        Self {
            next: next.into(),
            notice: None,
            is_new: false,
            code: None,
            stored: None,
            now: Vec::new(),
        }
    }

    /// To a page that shows something else now.
    #[must_use]
    pub fn anew(self) -> Self {
        Self { is_new: true, ..self }
    }

    /// With what was stored, for a form that shows it where it stands.
    #[must_use]
    pub fn storing(self, stored: Option<String>) -> Self {
        Self { stored, ..self }
    }

    /// With something to say there.
    #[must_use]
    pub fn with_notice(self, notice: Notice) -> Self {
        Self { notice: Some(notice), ..self }
    }
}
