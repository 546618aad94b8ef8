//! Whether an account is in use: its owner is then likely to notice that it is being recovered.

use super::USED_LATELY;
use crate::{
    clock::Timestamp,
    db::{DbError, Tx},
    domain::{
        audit::{self, EventKind},
        ids::AccountId,
        session,
    },
};

/// Events that only a signed-in user, or one who proved something only the owner has, can cause. Active sessions record
/// when they were last used; ended ones no longer do, so ending a session must count as use. Otherwise a stolen session
/// could make an account look unused and shorten the wait.
const USE: [EventKind; 23] = [
    EventKind::Registered,
    EventKind::SignedIn,
    EventKind::SignedOut,
    EventKind::SessionEnded,
    EventKind::OthersEnded,
    EventKind::AllEnded,
    EventKind::Confirmed,
    EventKind::PasswordChanged,
    EventKind::PasswordRecovered,
    EventKind::ProfileChanged,
    EventKind::LettersChosen,
    EventKind::LoginChanged,
    EventKind::EmailChangeAsked,
    EventKind::EmailChanged,
    EventKind::EmailTakenBack,
    EventKind::Reclaimed,
    EventKind::Exported,
    EventKind::DeletionAsked,
    EventKind::DeletionStopped,
    EventKind::SavedCodesMade,
    EventKind::SavedCodeUsed,
    EventKind::QrApproved,
    EventKind::SupportAsked,
];

/// Returns whether an account was used recently: in an active session, or by any event in `USE`.
pub(crate) async fn used_lately(
    tx: &mut Tx,
    account: &AccountId,
    now: Timestamp,
) -> Result<bool, DbError> {
    let since = now - USED_LATELY;
    Ok(session::was_seen_since(tx, account, since).await?
        || audit::any_since(tx, account, &USE, since).await?)
}
