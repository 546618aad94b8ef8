//! Role changes, on the command line or by an admin: all their effects happen together, and all admins are notified
//! (SECURITY, A6.4).

pub(crate) mod emails;

pub(crate) use self::emails::name;

use crate::{
    db::{DbError, Tx},
    domain::{
        accounts::{self, Account, Role},
        audit::{self, EventKind},
        client::Client,
        ids::AccountId,
        session,
        verification::{codes, flows},
    },
    state::AppState,
};

/// Why a role was not assigned.
#[derive(Debug, thiserror::Error)]
pub enum GiveError {
    /// The account is gone.
    #[error("there is no such account")]
    Gone,
    /// The account has this role already.
    #[error("it has this role already")]
    Same,
    /// An admin cannot change their own role.
    #[error("nobody changes his own role")]
    Own,
    /// The account is disabled or will be deleted: it cannot be a staff account.
    #[error("it is disabled, or will be deleted")]
    Unfit,
    /// The admin who assigns it is no longer an admin, or has changed since.
    #[error("the admin changed meanwhile")]
    Overtaken,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// A role change.
pub struct RoleRequest<'a> {
    /// The new role; that of a shopper removes a staff role.
    pub role: Role,
    /// The admin who assigns it; `None` for the command line.
    pub by: Option<&'a Account>,
    /// The client it comes from.
    pub client: &'a Client,
}

/// Assigns a role to the account with this id; returns the account as it was. Ends its sessions and the flows under
/// way, which were started with another role. An admin who assigns a role keeps theirs, so that there is always one
/// left.
///
/// # Errors
/// [`GiveError`]; the transaction must be dropped then.
pub async fn give(
    state: &AppState,
    tx: &mut Tx,
    id: &AccountId,
    giving: &RoleRequest<'_>,
) -> Result<Account, GiveError> {
    accounts::lock_admins(tx).await?;
    if let Some(by) = giving.by {
        if by.id == *id {
            return Err(GiveError::Own);
        }
        let by = accounts::get_unchanged(tx, &by.id, by.credential_version).await?;
        by.filter(|by| by.role() == Role::Admin).ok_or(GiveError::Overtaken)?;
    }
    let account = accounts::get_for_update(tx, id).await?.ok_or(GiveError::Gone)?;
    if account.role() == giving.role {
        return Err(GiveError::Same);
    }
    if giving.role.is_staff() && (!account.is_active() || account.delete_at.is_some()) {
        return Err(GiveError::Unfit);
    }
    let by = giving.by.map(|by| &by.id);
    accounts::set_role(tx, id, giving.role, state.clock.now(), by).await?;
    session::end_all(tx, id).await?;
    codes::end_all(tx, id).await?;
    flows::end_others(tx, id, None).await?;
    tell(state, tx, &account, giving).await?;
    Ok(account)
}

/// Records that an account has a new role, and emails it and all admins.
pub async fn tell(
    state: &AppState,
    tx: &mut Tx,
    account: &Account,
    giving: &RoleRequest<'_>,
) -> Result<(), DbError> {
    let now = state.clock.now();
    let (kind, by) = (EventKind::RoleChanged, giving.by.map(|by| &by.id));
    let detail = Some(giving.role.as_str());
    audit::record_staff(tx, &state.random, now, kind, &account.id, by, detail).await?;
    let email = emails::to_its_owner(state, account, giving);
    state.outbox.enqueue(tx, email, true, now, None).await?;
    for id in accounts::lock_admins(tx).await? {
        if id == account.id {
            continue;
        }
        if let Some(admin) = accounts::get_for_update(tx, &id).await? {
            let email = emails::to_admin(state, &admin, account, giving);
            state.outbox.enqueue(tx, email, true, now, None).await?;
        }
    }
    Ok(())
}
