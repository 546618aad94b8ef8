//! Whether somebody uses an account: its owner is then likely to see that it is being recovered.

use super::USED_LATELY;
use crate::server::{
    audit::{self, EventKind},
    clock::Millis,
    db::{DbError, Tx},
    session,
};

/// What nobody does who is not signed in, or was let in by what only the owner has. Sessions that live tell when they
/// were used last; those that ended tell it no more, so that ending them must count as use: else a stolen session
/// could make an account look unused, and the wait shorter.
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

/// Whether an account was used lately: in a session that lives, or by whatever its owner did.
pub async fn used_lately(tx: &mut Tx, account: &str, now: Millis) -> Result<bool, DbError> {
    let since = now - USED_LATELY;
    Ok(session::was_seen_since(tx, account, since).await?
        || audit::any_since(tx, account, &USE, since).await?)
}
