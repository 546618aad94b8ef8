//! What the home page shows of an account's other features, in one query.

use crate::{
    args,
    clock::Timestamp,
    db::{Db, DbError},
    domain::{
        backup_codes::CodesLeft,
        ids::{AccountId, ProfilePictureId},
        session,
    },
};

/// What an account has.
#[derive(Clone, sqlx::FromRow)]
pub(crate) struct Overview {
    /// The id of the user's picture.
    pub picture: Option<ProfilePictureId>,
    /// The number of devices on which the user is signed in.
    pub devices: i64,
    /// The remaining backup codes.
    #[sqlx(flatten)]
    pub codes: CodesLeft,
}

/// Returns what an account has.
pub(super) async fn overview(
    db: &Db,
    account_id: &AccountId,
    now: Timestamp,
) -> Result<Overview, DbError> {
    let [since, staff_since] = session::used_since(now);
    db.fetch_one(
        concat!(
            "SELECT (SELECT p.id FROM pictures p WHERE p.account_id = $1) AS picture,
                (SELECT COUNT(*) FROM sessions WHERE account_id = $1 AND ",
            session::is_valid!(),
            ") AS devices, COUNT(*) AS remaining, MAX(created_at) AS made_at
             FROM saved_codes WHERE account_id = $1"
        ),
        args![account_id, now, since, staff_since],
    )
    .await
}
