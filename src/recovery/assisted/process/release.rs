//! Timed transitions: the end of the wait, and the expiry of steps that nobody took.

use super::{Assisted, By, State, TO_USE, emails, happened, rows, tell};
use crate::{
    args,
    clock::{Duration, Timestamp, days},
    db::{Db, DbError, Tx},
    domain::{
        accounts::{self, Account, AddressStatus},
        audit::EventKind,
        ids::AccountId,
        values::EmailAddress,
    },
    state::AppState,
};

/// How long an ended recovery is kept.
const KEPT: Duration = days(180);
/// How many are processed in one round.
const AT_ONCE: i64 = 100;

/// Moves recoveries that are due to their next state. Several instances may do this at once.
#[tracing::instrument(skip_all)]
pub(crate) async fn release_due(state: &AppState) -> Result<(), DbError> {
    for account_id in due(&state.db, state.clock.now()).await? {
        let settle_one = async {
            let mut tx = state.db.begin().await?;
            let Some(account) = accounts::get_for_update(&mut tx, &account_id).await? else {
                return Ok(());
            };
            settle(state, &mut tx, &account).await?;
            tx.commit().await
        };
        if let Err(error) = settle_one.await {
            let error: DbError = error;
            // The next round retries it; the others are not held up.
            tracing::error!(%error, account = account_id.as_str(), "an assisted recovery did not go on");
        }
    }
    Ok(())
}

async fn due(db: &Db, now: Timestamp) -> Result<Vec<AccountId>, DbError> {
    let rows: Vec<(AccountId,)> = db
        .fetch_all(
            "SELECT p.account_id FROM assisted_recoveries p JOIN accounts a ON a.id = p.account_id
             WHERE p.state IN ('opened', 'confirmed', 'waiting', 'ready')
               AND (p.expires_at <= $1 OR a.credential_version <> p.credential_version OR a.state <> 'active' OR a.role <> 'shopper')
             ORDER BY p.expires_at LIMIT $2",
            args![now, AT_ONCE],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Moves the recovery of an account, which is locked, to the state that it has by now.
pub(super) async fn settle(
    state: &AppState,
    tx: &mut Tx,
    account: &Account,
) -> Result<(), DbError> {
    let now = state.clock.now();
    let Some(process) = rows::alive_in(tx, &account.id).await? else { return Ok(()) };
    match process.state_of(account, now) {
        State::Overtaken => over(state, tx, &process, State::Overtaken, happened::OVERTAKEN).await,
        State::Expired => over(state, tx, &process, State::Expired, happened::EXPIRED).await,
        State::Waiting if process.expires_at <= now => release(state, tx, &process, account).await,
        _ => Ok(()),
    }
}

/// Ends a recovery without anyone's action.
pub(super) async fn over(
    state: &AppState,
    tx: &mut Tx,
    process: &Assisted,
    to: State,
    what: &'static str,
) -> Result<(), DbError> {
    if rows::end(tx, process, to, state.clock.now()).await? {
        tell(state, tx, process, EventKind::AssistedEnded, what, By::Nobody).await?;
    }
    Ok(())
}

/// Ends the wait of a recovery that was not stopped.
async fn release(
    state: &AppState,
    tx: &mut Tx,
    process: &Assisted,
    account: &Account,
) -> Result<(), DbError> {
    let now = state.clock.now();
    let email = process.email.as_deref().and_then(|email| EmailAddress::parse(email).ok());
    let Some(email) = email else { return Err(DbError::RowNotFound) };
    // Another account has the address by now: no email about this account may be sent there.
    if !is_free(tx, &email, account, now).await? {
        return over(state, tx, process, State::Overtaken, happened::OVERTAKEN).await;
    }
    let until = now + TO_USE;
    let changed = tx
        .execute(
            "UPDATE assisted_recoveries SET state = 'ready', expires_at = $2 WHERE id = $1 AND state = 'waiting'",
            args![&process.id, until],
        )
        .await?;
    if changed == 0 {
        return Ok(());
    }
    tell(state, tx, process, EventKind::AssistedReady, happened::READY, By::Nobody).await?;
    let message = emails::assisted_ready(state, account, &email, until);
    state.outbox.enqueue(tx, message, true, now, None).await
}

async fn is_free(
    tx: &mut Tx,
    email: &EmailAddress,
    account: &Account,
    now: Timestamp,
) -> Result<bool, DbError> {
    Ok(match accounts::address_status_in(tx, email, now).await? {
        AddressStatus::Free => true,
        AddressStatus::Used(owner) | AddressStatus::Held(owner, _) => owner.id == account.id,
    })
}

/// Deletes recoveries that ended half a year ago; Activity still shows that they took place.
pub(crate) async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    tx.execute("DELETE FROM assisted_recoveries WHERE ended_at < $1", args![now - KEPT])
        .await
        .map(drop)
}
