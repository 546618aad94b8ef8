use serde::{Deserialize, Serialize};

use super::{local_time::Moment, proof::ProofNeeded};

/// The response to a form that was posted in place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The address to continue at; empty after a refusal.
    pub next: String,
    /// Whether the page must be reloaded even if the address is the same, because its content changed.
    pub is_new: bool,
    /// A message about what was done, if any.
    pub notice: Option<String>,
    /// Why it was refused.
    pub refusal: Option<Refusal>,
    /// What requires reauthentication first; `next` is the address of the reauthentication page.
    pub proof: Option<ProofNeeded>,
    /// For forms about codes: seconds until the next code may be requested, and when the newest one was sent.
    pub code: Option<(u32, Moment)>,
    /// What was stored, where the page shows it; it may differ from what was typed.
    pub stored: Option<String>,
    /// The values stored now, by name, where a page shows them; also after a refusal that they caused.
    pub now: Vec<(String, String)>,
}

impl Answer {
    /// The media type by which a form requests this response.
    pub const MEDIA_TYPE: &str = "application/vnd.latchkey.answer+json";
}

/// Why a form was refused, in the language of its page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The name of the error, as in the JSON that other clients receive; if a single field is wrong, that of the
    /// field's error.
    pub error: String,
    /// A one-sentence summary.
    pub summary: String,
    /// Field names and their errors.
    pub fields: Vec<(String, String)>,
    /// When the newest email was sent, with the words before that time: its code is the one to use.
    pub newest: Option<(String, Moment)>,
}

impl Refusal {
    /// Returns the error of a field.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<String> {
        self.fields.iter().find(|(name, _)| name == field).map(|(_, text)| text.clone())
    }

    /// Returns whether the error concerns a single field, so that no summary is needed.
    #[must_use]
    pub fn is_of_one_field(&self) -> bool {
        self.fields.len() == 1 && self.newest.is_none()
    }
}
