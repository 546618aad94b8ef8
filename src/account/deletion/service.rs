//! The rules of requesting a deletion and cancelling it.

use crate::{
    account::deletion::purge::GRACE,
    clock::Timestamp,
    db::DbError,
    domain::{
        accounts::{self, Account},
        audit::{self, EventKind},
        client::Client,
        session,
        values::identifier_key,
        verification::{codes, flows},
    },
    error::InternalError,
    state::AppState,
};

use super::emails;

/// Why the request was refused.
#[derive(Debug, thiserror::Error)]
pub(super) enum DeletionError {
    /// The typed text is not the login.
    #[error("not confirmed")]
    Confirmation,
    /// Operators and admins must give up their role first, so that the shop knows.
    #[error("staff stays")]
    Staff,
    #[error("the account changed meanwhile")]
    Overtaken,
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl From<DbError> for DeletionError {
    fn from(error: DbError) -> Self {
        Self::Internal(error.into())
    }
}

/// Starts the grace period; returns when it ends. All sessions end: signing in again is what stops the deletion.
#[tracing::instrument(skip_all)]
pub(super) async fn ask(
    state: &AppState,
    account: &Account,
    confirmation: &str,
    client: &Client,
) -> Result<Timestamp, DeletionError> {
    if identifier_key(confirmation) != identifier_key(&account.login) {
        return Err(DeletionError::Confirmation);
    }
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    let current = accounts::get_unchanged(&mut tx, &account.id, account.credential_version).await?;
    let current = current.ok_or(DeletionError::Overtaken)?;
    if current.role().is_staff() {
        return Err(DeletionError::Staff);
    }
    // Not before a recently replaced address can no longer reclaim the account.
    let held = accounts::held_until(&mut tx, &account.id, now).await?;
    let at = held.unwrap_or_default().max(now + GRACE);
    // Requested again, perhaps in another tab: the date announced first counts.
    if current.delete_at.is_none() {
        accounts::set_deletion(&mut tx, &account.id, Some(at)).await?;
        let kind = EventKind::DeletionAsked;
        audit::record(&mut tx, &state.random, now, kind, Some(&account.id), client).await?;
        let email = emails::deletion_started(state, &current, at, client);
        state.outbox.enqueue(&mut tx, email, true, now, None).await?;
    }
    session::end_all(&mut tx, &account.id).await?;
    codes::end_all(&mut tx, &account.id).await?;
    flows::end_others(&mut tx, &account.id, None).await?;
    tx.commit().await?;
    Ok(current.delete_at.unwrap_or(at))
}

/// Cancels the deletion.
#[tracing::instrument(skip_all)]
pub(super) async fn keep(
    state: &AppState,
    account: &Account,
    client: &Client,
) -> Result<(), DeletionError> {
    let mut tx = state.db.begin().await?;
    let current = accounts::get_for_update(&mut tx, &account.id).await?;
    let current = current.ok_or(DeletionError::Overtaken)?;
    if current.delete_at.is_some() {
        accounts::set_deletion(&mut tx, &account.id, None).await?;
        let kind = EventKind::DeletionStopped;
        audit::record(&mut tx, &state.random, state.clock.now(), kind, Some(&account.id), client)
            .await?;
    }
    Ok(tx.commit().await?)
}
