//! The rules of granting roles in the console. The general rules are in `domain::roles`.

use crate::{
    db::DbError,
    domain::{
        accounts::{self, Account, Role},
        client::Client,
        roles::{self, GiveError, RoleRequest},
        values::{UsernameProblem, identifier_key, tidy},
    },
    error::Problem,
    state::AppState,
    support::staff::RoleProblem,
};

/// Why no role was granted.
#[derive(Debug, thiserror::Error)]
pub(super) enum RoleError {
    #[error("a field is wrong")]
    Field(&'static str, Problem),
    #[error(transparent)]
    Give(#[from] GiveError),
}

impl From<DbError> for RoleError {
    fn from(error: DbError) -> Self {
        Self::Give(error.into())
    }
}

/// Grants a role; returns the login as its owner spells it. The account is named by a login, not by an address, so that
/// the form does not disclose which addresses have an account.
#[tracing::instrument(skip_all)]
pub(super) async fn give(
    state: &AppState,
    by: &Account,
    login: &str,
    role: &str,
    client: &Client,
) -> Result<String, RoleError> {
    let unknown = RoleError::Field("login", RoleProblem::LoginUnknown.into());
    let login = tidy(login);
    if login.is_empty() {
        return Err(RoleError::Field("login", UsernameProblem::Missing.into()));
    }
    let role =
        Role::parse(role).ok_or(RoleError::Field("role", RoleProblem::RoleUnknown.into()))?;
    // Not validated: an existing login may break the rules that apply to new ones today.
    let key = identifier_key(&login);
    if key.contains('@') {
        return Err(unknown);
    }
    let Some(account) = accounts::find(&state.db, &key).await? else { return Err(unknown) };
    let mut tx = state.db.begin().await?;
    let giving = RoleRequest { role, by: Some(by), client };
    let account = roles::give(state, &mut tx, &account.id, &giving).await?;
    tx.commit().await?;
    Ok(account.login)
}
