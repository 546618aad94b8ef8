use serde::{Deserialize, Serialize};

use super::{local_time::Moment, proof::ProofNeeded};

/// What a form that was posted in place is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Where it leads; empty after a refusal.
    pub next: String,
    /// Whether the page is loaded anew, even if it is the same: it is another one now.
    pub is_new: bool,
    /// What was done, if there is something to say.
    pub notice: Option<String>,
    /// Why it was refused.
    pub refusal: Option<Refusal>,
    /// What needs a fresh proof first; `return_to` leads to the page that asks for it.
    pub proof: Option<ProofNeeded>,
    /// Seconds until the next code may be requested, and when the newest was sent, where a form is about codes.
    pub code: Option<(u32, Moment)>,
    /// What was stored, which may differ from what was typed, where the page shows it.
    pub stored: Option<String>,
    /// What is stored now, by name, where a page shows it: after a refusal, too, if that is the reason.
    pub now: Vec<(String, String)>,
}

impl Answer {
    /// The media type by which a form asks for one.
    pub const MEDIA_TYPE: &str = "application/vnd.latchkey.answer+json";
}

/// Why a form was refused, in the language of its page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Its name, as in the JSON of other callers; that of the field if one alone is wrong.
    pub error: String,
    /// The sentence that sums it up.
    pub summary: String,
    /// Fields and what is wrong with them.
    pub fields: Vec<(String, String)>,
    /// When the newest email was sent, with the words before it: its code is the one to use.
    pub newest: Option<(String, Moment)>,
}

impl Refusal {
    /// What is wrong with a field.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<String> {
        self.fields.iter().find(|(name, _)| name == field).map(|(_, text)| text.clone())
    }

    /// Whether all of it stands at one field, and needs no summary.
    #[must_use]
    pub fn is_of_one_field(&self) -> bool {
        self.fields.len() == 1 && self.newest.is_none()
    }
}
