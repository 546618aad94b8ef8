//! Whether something that was typed elsewhere is a code that could still be used.

use subtle::ConstantTimeEq as _;

use super::mac;
use crate::{
    args,
    forms::Code,
    server::{
        clock::Millis,
        db::{DbError, Tx},
        flows::Purpose,
        secret::Keys,
    },
};

/// More than an account can have at a time.
const MOST: i64 = 50;

/// The codes of an account, or of what is under way in a conversation, that have not expired.
pub struct LiveCodes(Vec<Row>);

#[derive(sqlx::FromRow)]
struct Row {
    mac: Vec<u8>,
    flow_id: String,
    account_id: Option<String>,
    roams: bool,
    purpose: String,
    typed: String,
    arranged: String,
    email: String,
}

impl LiveCodes {
    /// Those of one account (`None`: of nobody), and those of flows about a conversation or an assisted recovery that
    /// was opened in it: it stays one of its account whatever the conversation is said to be about later.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(
        tx: &mut Tx,
        account: Option<&str>,
        conversation: &str,
        now: Millis,
    ) -> Result<Self, DbError> {
        // A code whose flow is gone opens nothing, unless it roams: those are of recovery.
        let rows = tx
            .all(
                "SELECT c.mac, c.account_id, c.roams, COALESCE(c.flow_id, '') AS flow_id,
                    COALESCE(f.purpose, 'recover') AS purpose, COALESCE(f.typed, '') AS typed,
                    COALESCE(f.arranged, '') AS arranged, COALESCE(a.email, '') AS email
                 FROM codes c LEFT JOIN flows f ON f.id = c.flow_id LEFT JOIN accounts a ON a.id = c.account_id
                 WHERE c.expires_at > $1 AND c.state <> 'used' AND (c.account_id = $2 OR f.subject = $3
                    OR f.subject IN (SELECT id FROM assisted_recoveries WHERE conversation_id = $3))
                 ORDER BY c.sent_at DESC, c.id DESC LIMIT $4",
                args![now, account, conversation, MOST],
            )
            .await?;
        Ok(Self(rows))
    }

    /// Whether this is one of them. A code is bound to the address that it was sent to: the account's, the one
    /// that was typed, or the one that support arranged.
    #[must_use]
    pub fn contain(&self, keys: &Keys, code: &Code) -> bool {
        self.0.iter().any(|row| {
            let purpose = Purpose::parse(&row.purpose);
            let flow = if row.roams { "" } else { &*row.flow_id };
            [&row.email, &row.typed, &row.arranged].into_iter().any(|address| {
                let mac = mac(keys, purpose, flow, row.account_id.as_deref(), address, code);
                bool::from(mac.ct_eq(&row.mac))
            })
        })
    }
}
