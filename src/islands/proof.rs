use std::cell::Cell;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What needs a fresh proof first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofNeeded {
    /// Where the proof leads.
    pub next: String,
    /// What it is for.
    pub why: String,
}

/// What the dialog of the page asks for; it is open while there is something.
pub(super) type Asked = RwSignal<Option<ProofNeeded>>;

thread_local! {
    /// The page's dialog, once it is alive.
    static DIALOG: Cell<Option<Asked>> = const { Cell::new(None) };
}

/// Makes the dialog of the page known to its forms.
pub(super) fn provide_dialog(asked: Asked) {
    DIALOG.set(Some(asked));
}

/// Opens the dialog; whether the page has one.
pub(super) fn ask_for_proof(proof: ProofNeeded) -> bool {
    let Some(asked) = DIALOG.get() else { return false };
    asked.set(Some(proof));
    true
}
