use std::cell::Cell;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// An action that requires reauthentication first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofNeeded {
    /// Where to continue after reauthentication.
    pub next: String,
    /// The reason for it.
    pub why: String,
}

/// The reauthentication that the page's dialog asks for; the dialog is open while there is one.
pub(super) type Asked = RwSignal<Option<ProofNeeded>>;

thread_local! {
    /// The page's dialog, once it is hydrated.
    static DIALOG: Cell<Option<Asked>> = const { Cell::new(None) };
}

/// Registers the page's dialog for its forms.
pub(super) fn provide_dialog(asked: Asked) {
    DIALOG.set(Some(asked));
}

/// Opens the dialog; returns whether the page has one.
pub(super) fn ask_for_proof(proof: ProofNeeded) -> bool {
    let Some(asked) = DIALOG.get() else { return false };
    asked.set(Some(proof));
    true
}
