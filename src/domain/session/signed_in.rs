//! Who is signed in.

use super::{PERSISTENT_IDLE, SEEN_GRAIN, STAFF_GRAIN, STAFF_IDLE, Session, is_valid};
use crate::{
    args,
    clock::Timestamp,
    db::{Db, DbError},
    domain::{
        accounts::{self, Account},
        client::Client,
    },
    security::Token,
};

/// A signed-in user: a valid session, and its account, which is active.
#[derive(Clone, sqlx::FromRow)]
pub struct SignedIn {
    /// The session.
    #[sqlx(flatten)]
    pub session: Session,
    /// The account that it belongs to.
    #[sqlx(flatten)]
    pub account: Account,
    /// Whether an assisted recovery of the account may be under way: most pages then need no query for it.
    pub may_be_recovered: bool,
}

impl SignedIn {
    /// See [`Session::is_proved`].
    #[must_use]
    pub fn is_proved(&self, now: Timestamp) -> bool {
        self.session.is_proved(self.account.credential_version, now)
    }
}

/// A signed-in user by token: all that most pages need to know of the user, in one query.
const BY_TOKEN: &str = concat!(
    accounts::columns!(),
    ", s.id AS session_id, s.account_id, s.persistent, s.staff, s.name AS session_name, s.seen_at, s.expires_at,
        s.proved_at, s.proved_version,
        EXISTS (
            SELECT 1 FROM assisted_recoveries r WHERE r.account_id = a.id AND r.state IN ('waiting', 'ready')
        ) AS may_be_recovered
     FROM sessions s JOIN accounts a ON a.id = s.account_id
     WHERE s.token_hash = $1 AND a.state = 'active' AND ",
    is_valid!()
);

/// Returns the signed-in user of a token, if the session is still valid and the account active, and records the use of
/// the session.
pub async fn find(
    db: &Db,
    token: &Token,
    client: &Client,
    now: Timestamp,
) -> Result<Option<SignedIn>, DbError> {
    let found = find_unseen(db, token, now).await?;
    if let Some(SignedIn { session, .. }) = &found
        && now - session.seen_at > if session.staff { STAFF_GRAIN } else { SEEN_GRAIN }
    {
        let mut tx = db.begin().await?;
        tx.execute(
            "UPDATE sessions SET seen_at = $2, network = $3, user_agent = $4 WHERE id = $1",
            args![&session.id, now, &*client.network, &*client.user_agent],
        )
        .await?;
        tx.commit().await?;
    }
    Ok(found)
}

/// As [`find`], but does not count as use of the session: a page that listens by itself keeps nobody signed in.
pub async fn find_unseen(
    db: &Db,
    token: &Token,
    now: Timestamp,
) -> Result<Option<SignedIn>, DbError> {
    let args = args![token.hash(), now, now - PERSISTENT_IDLE, now - STAFF_IDLE];
    db.fetch_optional(BY_TOKEN, args).await
}
