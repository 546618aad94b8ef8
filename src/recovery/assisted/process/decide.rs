//! The shopper confirms an address; a second staff member decides.

use super::{
    Assisted, By, ROLE_HELD, State, TO_DECIDE, TO_USE, emails, happened, rows, tell, used_lately,
    wait,
};
use crate::{
    args,
    clock::{DAY, Timestamp},
    db::{DbError, Tx},
    domain::{
        accounts::{self, Account},
        audit::EventKind,
        client::Client,
        email_link::{self, LinkPurpose, NewLink},
        ids::{AccountId, AssistedId},
        values::EmailAddress,
    },
    state::AppState,
    support::conversation,
};

/// Why it was not approved.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApproveError {
    /// It is not waiting for a decision (any more).
    #[error("there is nothing to decide")]
    Moved,
    /// The staff member who opened it may not decide.
    #[error("the same person")]
    Own,
    /// The staff member who decides has not held the role long enough.
    #[error("the role is too new")]
    TooNew,
    /// One of the two assigned the other's role.
    #[error("one has the role from the other")]
    Related,
    /// The staff member who opened it is no longer on the staff.
    #[error("whoever opened it has left")]
    OpenerGone,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Records the address that the shopper confirmed with a code. `account` is locked. Returns false if there is nothing
/// to confirm any more.
pub(crate) async fn confirm(
    state: &AppState,
    tx: &mut Tx,
    account: &Account,
    id: &AssistedId,
    email: &EmailAddress,
    client: &Client,
) -> Result<bool, DbError> {
    let now = state.clock.now();
    let Some(process) = rows::get_in(tx, id).await? else { return Ok(false) };
    if process.state_of(account, now) != State::Opened {
        return Ok(false);
    }
    let changed = tx
        .execute(
            "UPDATE assisted_recoveries SET state = 'confirmed', email = $2, confirmed_at = $3, expires_at = $4
             WHERE id = $1 AND state = 'opened'",
            args![id, email.as_str(), now, now + TO_DECIDE],
        )
        .await?;
    if changed == 0 {
        return Ok(false);
    }
    let kind = EventKind::AssistedConfirmed;
    tell(state, tx, &process, kind, happened::CONFIRMED, By::Browser(client)).await?;
    Ok(true)
}

/// Returns a recovery and its account, the account locked; `None` if either is gone.
pub(super) async fn lock(
    state: &AppState,
    tx: &mut Tx,
    id: &AssistedId,
) -> Result<Option<(Assisted, Account)>, DbError> {
    let Some(seen) = rows::get(&state.db, id).await? else { return Ok(None) };
    let Some(account) = accounts::get_for_update(tx, &seen.account_id).await? else {
        return Ok(None);
    };
    // Read again under the lock.
    Ok(rows::get_in(tx, id).await?.map(|process| (process, account)))
}

/// Approves a recovery on behalf of `staff`: emails every known address at once and starts the wait.
///
/// # Errors
/// [`ApproveError`].
pub(crate) async fn approve(
    state: &AppState,
    id: &AssistedId,
    staff: &Account,
) -> Result<(), ApproveError> {
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    // Lock the admins first, in the same order as a role change (see `roles::give`).
    accounts::lock_admins(&mut tx).await?;
    let (process, account) = lock(state, &mut tx, id).await?.ok_or(ApproveError::Moved)?;
    if process.state_of(&account, now) != State::Confirmed {
        return Err(ApproveError::Moved);
    }
    let alone = may_decide(state, &mut tx, &process, &staff.id).await?;
    let used = used_lately(&mut tx, &account.id, now).await?;
    let release_at = now + wait(state, used, alone);
    let changed = tx
        .execute(
            "UPDATE assisted_recoveries SET state = 'waiting', decided_by = $2, decided_at = $3, alone = $4,
                release_at = $5, expires_at = $5
             WHERE id = $1 AND state = 'confirmed'",
            args![id, &staff.id, now, alone, release_at],
        )
        .await?;
    if changed == 0 {
        return Err(ApproveError::Moved);
    }
    let kind = EventKind::AssistedApproved;
    tell(state, &mut tx, &process, kind, happened::APPROVED, By::Staff(staff)).await?;
    tell_owner(state, &mut tx, &process, &account, release_at).await?;
    Ok(tx.commit().await?)
}

/// Checks whether a staff member may decide (ASVS 2.3.5): not the one who opened it, in the role long enough, and
/// neither assigned the other's role. Reads both accounts as they are now. Returns whether one person decides alone,
/// which a shop with one operator may allow.
async fn may_decide(
    state: &AppState,
    tx: &mut Tx,
    process: &Assisted,
    decider: &AccountId,
) -> Result<bool, ApproveError> {
    // Always in the same order, so that two who decide on each other's recoveries cannot deadlock.
    let mut ids = [&process.opened_by, decider];
    ids.sort_unstable();
    let mut found = Vec::new();
    for id in ids {
        found.extend(accounts::get_for_update(tx, id).await?);
    }
    let of_staff =
        |id: &AccountId| found.iter().find(|a| a.id == *id && a.is_active() && a.role().is_staff());
    let opener = of_staff(&process.opened_by).ok_or(ApproveError::OpenerGone)?;
    let decider = of_staff(decider).ok_or(ApproveError::Moved)?;
    let alone = opener.id == decider.id;
    if alone && !(state.config.assisted_alone && rows::count_staff(tx).await? == 1) {
        return Err(ApproveError::Own);
    }
    if state.clock.now() - decider.role_since() < ROLE_HELD {
        return Err(ApproveError::TooNew);
    }
    let gave = |giver: &Account, taker: &Account| taker.role_given_by.as_ref() == Some(&giver.id);
    if !alone && (gave(opener, decider) || gave(decider, opener)) {
        return Err(ApproveError::Related);
    }
    Ok(alone)
}

/// Sends an email with "Stop this" to every address at which the owner can be reached.
async fn tell_owner(
    state: &AppState,
    tx: &mut Tx,
    process: &Assisted,
    account: &Account,
    release_at: Timestamp,
) -> Result<(), DbError> {
    let now = state.clock.now();
    let conversation = match &process.conversation_id {
        Some(id) => conversation::get_for_update(tx, id).await?,
        None => None,
    };
    for address in accounts::addresses_of_late(tx, account, now).await? {
        let new = NewLink {
            purpose: LinkPurpose::StopAssisted,
            account_id: &account.id,
            subject: Some(&process.id),
            address: &address,
            // Longer than a recovery can last: housekeeping may be late. The link ends with the recovery anyway.
            expires_at: release_at + TO_USE + 30 * DAY,
        };
        let link = email_link::make_new(tx, &state.random, now, &new).await?;
        let message = emails::assisted_recovery(
            state,
            account,
            &address,
            &emails::Asked { process, conversation: conversation.as_ref(), release_at },
            &link,
        );
        state.outbox.enqueue(tx, message, true, now, None).await?;
    }
    Ok(())
}

/// Refuses a recovery on behalf of `staff`, in any open state: that needs no second person. Returns false if it has
/// ended already.
pub(crate) async fn refuse(
    state: &AppState,
    id: &AssistedId,
    staff: &Account,
) -> Result<bool, DbError> {
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    let Some((process, account)) = lock(state, &mut tx, id).await? else { return Ok(false) };
    if !process.state_of(&account, now).is_alive()
        || !rows::end(&mut tx, &process, State::Refused, now).await?
    {
        return Ok(false);
    }
    tx.execute(
        "UPDATE assisted_recoveries SET decided_by = $2, decided_at = $3 WHERE id = $1",
        args![id, &staff.id, now],
    )
    .await?;
    let kind = EventKind::AssistedRefused;
    tell(state, &mut tx, &process, kind, happened::REFUSED, By::Staff(staff)).await?;
    tx.commit().await?;
    Ok(true)
}
