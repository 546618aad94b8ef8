//! The `shifts` table: who is on duty, and when each staff member was last seen.

use crate::{
    args,
    clock::{Duration, Timestamp, minutes, seconds},
    db::{Db, DbError, Tx},
    domain::ids::AccountId,
};

/// A staff member seen within this time is online.
const ONLINE: Duration = minutes(2);
/// Precision of the last-seen time.
const SEEN_GRAIN: Duration = seconds(30);

/// A staff member.
#[derive(Clone, sqlx::FromRow)]
pub(in crate::support::console) struct Colleague {
    pub id: AccountId,
    pub login: String,
    /// Whether the colleague declared to be on duty.
    pub on_duty: bool,
    seen_at: Timestamp,
}

impl Colleague {
    /// Returns whether the console was open a moment ago.
    pub(in crate::support::console) fn is_online(&self, now: Timestamp) -> bool {
        now - self.seen_at <= ONLINE
    }
}

/// Lists all staff members, by login.
pub(in crate::support::console) async fn colleagues(db: &Db) -> Result<Vec<Colleague>, DbError> {
    db.fetch_all(
        "SELECT a.id, a.login, COALESCE(s.on_duty, FALSE) AS on_duty, COALESCE(s.seen_at, 0) AS seen_at
         FROM accounts a LEFT JOIN shifts s ON s.operator_id = a.id
         WHERE a.role <> 'shopper' AND a.state = 'active' ORDER BY a.login",
        args![],
    )
    .await
}

/// Sets whether an operator is on duty.
pub(in crate::support::console) async fn set_duty(
    tx: &mut Tx,
    operator: &AccountId,
    on_duty: bool,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO shifts (operator_id, on_duty, since, seen_at) VALUES ($1, $2, $3, $3)
         ON CONFLICT (operator_id) DO UPDATE SET on_duty = $2, since = $3, seen_at = $3",
        args![operator, on_duty, now],
    )
    .await
    .map(drop)
}

/// Records that an operator is present, unless that was recorded a moment ago.
pub(in crate::support::console) async fn seen(
    db: &Db,
    operator: &AccountId,
    now: Timestamp,
) -> Result<(), DbError> {
    let noted: Option<(i64,)> = db
        .fetch_optional(
            "SELECT seen_at FROM shifts WHERE operator_id = $1 AND seen_at > $2",
            args![operator, now - SEEN_GRAIN],
        )
        .await?;
    if noted.is_some() {
        return Ok(());
    }
    let mut tx = db.begin_relaxed().await?;
    tx.execute(
        "INSERT INTO shifts (operator_id, on_duty, since, seen_at) VALUES ($1, FALSE, $2, $2)
         ON CONFLICT (operator_id) DO UPDATE SET seen_at = $2",
        args![operator, now],
    )
    .await?;
    tx.commit().await
}
