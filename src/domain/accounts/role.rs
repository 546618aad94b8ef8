//! Roles: what an account may do, and the list of staff.

use super::State;
use crate::{
    args,
    clock::Timestamp,
    db::{Db, DbError, Tx},
    domain::ids::AccountId,
};

/// What an account may do.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    clap::ValueEnum,
    sqlx::Type,
    strum::IntoStaticStr,
    strum::EnumString,
)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// Manage its own account.
    #[default]
    Shopper,
    /// Also answer in the support chat.
    Operator,
    /// Also assign roles.
    Admin,
}

impl Role {
    /// All roles, least privileged first.
    pub const ALL: [Self; 3] = [Self::Shopper, Self::Operator, Self::Admin];

    /// Returns the name as stored and as used on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Parses what [`Role::as_str`] returned.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    /// Returns whether the role has access to the console.
    #[must_use]
    pub const fn is_staff(self) -> bool {
        matches!(self, Self::Operator | Self::Admin)
    }
}

/// Sets an account's role, assigned by this admin or on the command line, and raises the credential version: flows
/// under way were started with another role.
pub async fn set_role(
    tx: &mut Tx,
    id: &AccountId,
    role: Role,
    now: Timestamp,
    by: Option<&AccountId>,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE accounts SET role = $2, role_given_at = $3, role_given_by = $4, credential_version = credential_version + 1 WHERE id = $1",
        args![id, role.as_str(), now, by],
    )
    .await
    .map(drop)
}

/// Returns the ids of all admins, none of whom changes until the transaction ends. Every role change takes this lock
/// first, so two admins cannot remove each other's role at the same time.
pub async fn lock_admins(tx: &mut Tx) -> Result<Vec<AccountId>, DbError> {
    // SQLite has one writer: the transaction itself is the lock.
    if tx.is_postgres() {
        let sql = "SELECT id FROM accounts WHERE role <> 'shopper' AND role = 'admin' ORDER BY id FOR UPDATE";
        tx.fetch_all::<(AccountId,)>(sql, args![]).await?;
    }
    // Read again: the previous holder of the lock may have added an admin.
    let sql = "SELECT id FROM accounts WHERE role <> 'shopper' AND role = 'admin' ORDER BY id";
    let rows: Vec<(AccountId,)> = tx.fetch_all(sql, args![]).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// A staff member, as admins see the list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Member {
    /// See [`super::Account::id`].
    pub id: AccountId,
    /// See [`super::Account::login`].
    pub login: String,
    role: Role,
    state: State,
    /// Since when it has its current role.
    pub since: Timestamp,
    /// The id of the admin who assigned it; `None` if the command line did.
    pub given_by: Option<AccountId>,
    /// The login of that admin, if the account still exists.
    pub giver: Option<String>,
    signed_in_at: Option<Timestamp>,
    used_at: Option<Timestamp>,
}

impl Member {
    /// Returns the account's role.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    /// Returns whether the account is active.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.state == State::Active
    }

    /// Returns when it last signed in or used a session that still exists.
    #[must_use]
    pub fn seen_at(&self) -> Option<Timestamp> {
        self.signed_in_at.max(self.used_at)
    }
}

/// Returns all operators and admins, admins first.
pub async fn members(db: &Db) -> Result<Vec<Member>, DbError> {
    db.fetch_all(
        "SELECT a.id, a.login, a.role, a.state, COALESCE(a.role_given_at, a.created_at) AS since,
            a.role_given_by AS given_by, g.login AS giver,
            (SELECT MAX(e.at) FROM events e WHERE e.account_id = a.id AND e.kind = 'signed_in') AS signed_in_at,
            (SELECT MAX(s.seen_at) FROM sessions s WHERE s.account_id = a.id) AS used_at
         FROM accounts a LEFT JOIN accounts g ON g.id = a.role_given_by
         WHERE a.role <> 'shopper' ORDER BY a.role, a.login",
        args![],
    )
    .await
}

/// Returns whether there is active staff: without operators there is no chat.
pub async fn exists_staff(db: &Db) -> Result<bool, DbError> {
    let found: Option<(String,)> = db
        .fetch_optional(
            "SELECT id FROM accounts WHERE role <> 'shopper' AND state = 'active' LIMIT 1",
            args![],
        )
        .await?;
    Ok(found.is_some())
}
