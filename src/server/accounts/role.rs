//! What an account may do, and who may do more than look after itself.

use crate::{
    args,
    server::{
        clock::Millis,
        db::{Db, DbError, Tx},
    },
};

/// What an account may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Role {
    /// Look after itself.
    #[default]
    Shopper,
    /// Answer in the support chat.
    Operator,
    /// Give roles, too.
    Admin,
}

impl Role {
    /// All of them, the least first.
    pub const ALL: [Self; 3] = [Self::Shopper, Self::Operator, Self::Admin];

    /// As stored, and as on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shopper => "shopper",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    /// Reads what [`Role::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// Whether it opens the console.
    #[must_use]
    pub const fn is_staff(self) -> bool {
        matches!(self, Self::Operator | Self::Admin)
    }
}

/// Sets what an account may do, given by this admin or on the command line, and raises the epoch: whatever was under
/// way began as somebody else.
pub async fn set_role(
    tx: &mut Tx,
    id: &str,
    role: Role,
    now: Millis,
    by: Option<&str>,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE accounts SET role = $2, role_given_at = $3, role_given_by = $4, epoch = epoch + 1 WHERE id = $1",
        args![id, role.as_str(), now, by],
    )
    .await
    .map(drop)
}

/// The ids of all admins, none of whom changes until the transaction ends. Whoever gives a role takes this lock first:
/// two admins cannot take the role from each other in the same moment.
pub async fn lock_admins(tx: &mut Tx) -> Result<Vec<String>, DbError> {
    // SQLite has one writer: the transaction itself is the lock.
    if tx.is_postgres() {
        let sql = "SELECT id FROM accounts WHERE role <> 'shopper' AND role = 'admin' ORDER BY id FOR UPDATE";
        tx.fetch_all::<(String,)>(sql, args![]).await?;
    }
    // Read again: whoever held the lock before may have made another.
    let sql = "SELECT id FROM accounts WHERE role <> 'shopper' AND role = 'admin' ORDER BY id";
    let rows: Vec<(String,)> = tx.fetch_all(sql, args![]).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Somebody of the staff, as admins see the list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Member {
    /// See [`super::Account::id`].
    pub id: String,
    /// See [`super::Account::login`].
    pub login: String,
    role: String,
    state: String,
    /// Since when it has its role.
    pub since: Millis,
    /// The id of the admin who gave it; `None`: the command line did.
    pub given_by: Option<String>,
    /// The login of that admin, if the account is still there.
    pub giver: Option<String>,
    signed_in_at: Option<Millis>,
    used_at: Option<Millis>,
}

impl Member {
    /// What it may do.
    #[must_use]
    pub fn role(&self) -> Role {
        Role::parse(&self.role).unwrap_or_default()
    }

    /// Whether the account may be used.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.state == "active"
    }

    /// When it signed in, or used a session that lives, last.
    #[must_use]
    pub fn seen_at(&self) -> Option<Millis> {
        self.signed_in_at.max(self.used_at)
    }
}

/// All operators and admins, admins first.
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
