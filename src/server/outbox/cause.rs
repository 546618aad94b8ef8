//! Of what a letter tells.

use super::{Letter, LetterKind};
use crate::server::{
    audit::{self, EventKind},
    db::Tx,
};

/// The id of the event of which a letter tells: the last of these kinds that was recorded in its transaction for the
/// same account. So it is recorded first.
pub(super) fn of(tx: &Tx, letter: &Letter) -> Option<String> {
    let account = letter.account_id.as_deref()?;
    audit::recorded_in(tx, account, causes(letter.kind))
}

/// The kinds of events of which letters of a kind tell.
const fn causes(kind: LetterKind) -> &'static [EventKind] {
    match kind {
        LetterKind::ConfirmAddress | LetterKind::RecoveryCode | LetterKind::StaffCode => {
            &[EventKind::CodeSent]
        }
        LetterKind::Welcome => &[EventKind::Registered],
        LetterKind::PasswordChanged => {
            &[EventKind::PasswordChanged, EventKind::PasswordRecovered, EventKind::Reclaimed]
        }
        LetterKind::AccountDisabled => {
            &[EventKind::SignInRefused, EventKind::SavedCodeWrong, EventKind::Frozen]
        }
        LetterKind::LoginReminder => &[EventKind::LoginAsked],
        LetterKind::NewDevice | LetterKind::SignedIn | LetterKind::QrSignIn => {
            &[EventKind::SignedIn]
        }
        LetterKind::AddressChanging => &[EventKind::EmailChangeAsked],
        LetterKind::AddressChanged => &[EventKind::EmailChanged, EventKind::EmailTakenBack],
        LetterKind::LoginChanged => &[EventKind::LoginChanged],
        LetterKind::ExportReady => &[EventKind::Exported],
        LetterKind::DeletionStarted => &[EventKind::DeletionAsked],
        LetterKind::SavedCodesMade => &[EventKind::SavedCodesMade],
        LetterKind::SavedCodeUsed => &[EventKind::SavedCodeUsed],
        LetterKind::AssistedRecovery => &[EventKind::AssistedApproved],
        LetterKind::AssistedReady => &[EventKind::AssistedReady],
        LetterKind::RoleChanged => &[EventKind::RoleChanged],
        // Of what somebody else did, or of nothing that is recorded for the account.
        LetterKind::AddressInUse
        | LetterKind::UnknownAddress
        | LetterKind::DeletionDone
        | LetterKind::AnswerWaits => &[],
    }
}
