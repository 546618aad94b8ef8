//! Which event an email reports.

use super::{EmailKind, EmailMessage};
use crate::{
    db::Tx,
    domain::{
        audit::{self, EventKind},
        ids::EventId,
    },
};

/// Returns the id of the event that an email reports: the last of these kinds that was recorded in its transaction for
/// the same account. So the event must be recorded first.
pub(super) fn of(tx: &Tx, email: &EmailMessage) -> Option<EventId> {
    let account = email.account_id.as_ref()?;
    audit::recorded_in(tx, account, causes(email.kind))
}

/// Returns the kinds of events that emails of a kind report.
const fn causes(kind: EmailKind) -> &'static [EventKind] {
    match kind {
        EmailKind::ConfirmAddress | EmailKind::RecoveryCode | EmailKind::StaffCode => {
            &[EventKind::CodeSent]
        }
        EmailKind::Welcome => &[EventKind::Registered],
        EmailKind::PasswordChanged => {
            &[EventKind::PasswordChanged, EventKind::PasswordRecovered, EventKind::Reclaimed]
        }
        EmailKind::AccountDisabled => {
            &[EventKind::SignInRefused, EventKind::SavedCodeWrong, EventKind::Frozen]
        }
        EmailKind::LoginReminder => &[EventKind::LoginAsked],
        EmailKind::NewDevice | EmailKind::SignedIn | EmailKind::QrSignIn => &[EventKind::SignedIn],
        EmailKind::AddressChanging => &[EventKind::EmailChangeAsked],
        EmailKind::AddressChanged => &[EventKind::EmailChanged, EventKind::EmailTakenBack],
        EmailKind::LoginChanged => &[EventKind::LoginChanged],
        EmailKind::ExportReady => &[EventKind::Exported],
        EmailKind::DeletionStarted => &[EventKind::DeletionAsked],
        EmailKind::SavedCodesMade => &[EventKind::SavedCodesMade],
        EmailKind::SavedCodeUsed => &[EventKind::SavedCodeUsed],
        EmailKind::AssistedRecovery => &[EventKind::AssistedApproved],
        EmailKind::AssistedReady => &[EventKind::AssistedReady],
        EmailKind::RoleChanged => &[EventKind::RoleChanged],
        // What others did, or something that is not recorded for the account.
        EmailKind::AddressInUse
        | EmailKind::UnknownAddress
        | EmailKind::DeletionDone
        | EmailKind::AnswerWaits => &[],
    }
}
