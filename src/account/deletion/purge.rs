//! Permanent deletion of accounts: what is left says that something happened, but not to whom.

use crate::{
    clock::{Duration, days},
    db::DbError,
    domain::{
        account_emails,
        accounts::{self, Account},
        audit::{self, EventKind},
        client::Client,
        ids::AccountId,
        passwords,
        verification::{codes, flows},
    },
    mailer,
    state::AppState,
    support::conversation,
};

/// How long an account waits for its deletion: its owner may still keep it.
pub(crate) const GRACE: Duration = days(14);

/// Deletes an account with all that names it, and informs the address that it had. With `due` only if its deletion is
/// due: its owner may have cancelled it a moment ago. Returns false if nothing was deleted.
///
/// # Errors
/// When the database fails; nothing is deleted then.
#[tracing::instrument(skip_all, fields(account = id.as_str()))]
pub(crate) async fn purge(state: &AppState, id: &AccountId, due: bool) -> Result<bool, DbError> {
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    let account = accounts::get_for_update(&mut tx, id).await?;
    let is_due = |account: &Account| {
        !due || (account.is_active() && account.delete_at.is_some_and(|at| at <= now))
    };
    let Some(account) = account.filter(is_due) else { return Ok(false) };
    // An attacker who took the account must not be able to destroy it while its old address can still reclaim it.
    if due && accounts::held_until(&mut tx, id, now).await?.is_some() {
        return Ok(false);
    }
    accounts::retire_usernames(&mut tx, &state.keys, id, now).await?;
    codes::end_all(&mut tx, id).await?;
    flows::end_others(&mut tx, id, None).await?;
    mailer::forget_account(&mut tx, id).await?;
    passwords::forgive(state, &mut tx, id).await?;
    let nobody = Client { network: String::new(), user_agent: String::new() };
    conversation::forget_account(&mut tx, id, &account.email).await?;
    audit::anonymize(&mut tx, id).await?;
    audit::record(&mut tx, &state.random, now, EventKind::Deleted, None, &nobody).await?;
    accounts::delete(&mut tx, id).await?;
    let message = account_emails::deletion_done(state, &account);
    state.outbox.enqueue(&mut tx, message, true, now, None).await?;
    tx.commit().await?;
    Ok(true)
}

/// Deletes the accounts whose deletion is due.
#[tracing::instrument(skip_all)]
pub(crate) async fn sweep(state: &AppState) -> Result<(), DbError> {
    for id in accounts::due_for_deletion(&state.db, state.clock.now()).await? {
        if let Err(error) = purge(state, &id, true).await {
            // The next round tries again, and the others do not wait for it.
            tracing::error!(%error, account = id.as_str(), "an account was not deleted");
        }
    }
    Ok(())
}
