//! Brings the keys of all identifiers up to date: SQL cannot fold a name, so the code that looks them up does it.
//!
//! Old keys are not looked up beside new ones: with two rules at once, two accounts could match one name.

use std::collections::BTreeMap;

use icu_casemap::CaseMapper;
use unicode_normalization::UnicodeNormalization as _;

use crate::{
    args,
    clock::Timestamp,
    db::{Db, DbError, Tx},
    domain::{
        ids::AccountId,
        values::{EmailAddress, Looks, identifier_key},
    },
};

/// Incremented with each change to how names are folded or how their skeletons are made.
const RULES: i64 = 1;

/// Why the keys were not brought up to date; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// Two accounts would match one name.
    #[error(
        "accounts {0} and {1} have the same login or address by today's rules; change or delete one of them with the version before, and start again"
    )]
    Collision(AccountId, AccountId),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// An identifier as stored.
#[derive(Clone, sqlx::FromRow)]
struct Row {
    key: String,
    kind: String,
    account_id: AccountId,
    state: String,
    until: Option<Timestamp>,
    /// The owner's spelling, if this is a current identifier.
    spelling: Option<String>,
}

impl Row {
    /// Returns the weight that decides which of two rows of the same account is kept: the larger one.
    fn weight(&self) -> u8 {
        match self.state.as_str() {
            "current" => 2,
            "held" => 1,
            _ => 0,
        }
    }

    /// Returns whether this is an address that was given up and that any account may take.
    fn is_free(&self) -> bool {
        self.kind == "email" && self.state == "former"
    }
}

/// Rebuilds all keys and skeletons in one transaction if they were made by older rules. Several processes may start at
/// once: one does it, the others wait. Addresses are rewritten to the spelling that is used for sending.
///
/// # Errors
/// [`KeysError`].
pub async fn renew_keys(db: &Db) -> Result<(), KeysError> {
    let version: (i64,) = db.fetch_one("SELECT version FROM name_rules", args![]).await?;
    if version.0 >= RULES {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    // The lock: a process that waited for it finds the new version and changes nothing.
    let update = "UPDATE name_rules SET version = $1 WHERE version < $1";
    if tx.execute(update, args![RULES]).await? == 0 {
        return Ok(());
    }
    let kept = renewed(&mut tx).await?;
    write(&mut tx, kept).await?;
    respell(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// Returns all identifiers under their new keys, each with its old key.
async fn renewed(tx: &mut Tx) -> Result<BTreeMap<String, Row>, KeysError> {
    let rows: Vec<Row> = tx
        .fetch_all(
            "SELECT i.key, i.kind, i.account_id, i.state, i.until,
                CASE WHEN i.state <> 'current' THEN NULL WHEN i.kind = 'login' THEN a.login ELSE a.email END AS spelling
             FROM identifiers i JOIN accounts a ON a.id = i.account_id ORDER BY i.key",
            args![],
        )
        .await?;
    let given_up: Vec<(AccountId, String, String)> = tx
        .fetch_all("SELECT account_id, old_email, new_email FROM address_changes", args![])
        .await?;
    let given_up: BTreeMap<(AccountId, String), String> = given_up
        .into_iter()
        .flat_map(|(id, old, new)| [(id.clone(), old), (id, new)])
        .map(|(id, address)| ((id, old_key(&address)), address))
        .collect();
    let mut kept: BTreeMap<String, Row> = BTreeMap::new();
    for row in rows {
        // Of an older username only the key is known; of an older address also its spelling.
        let before = given_up.get(&(row.account_id.clone(), row.key.clone()));
        let spelling = row.spelling.as_ref().or(before).unwrap_or(&row.key);
        let key = identifier_key(spelling);
        match kept.get(&key) {
            Some(other) if other.account_id == row.account_id => {
                if other.weight() < row.weight() {
                    kept.insert(key, row);
                }
            }
            Some(_) if row.is_free() => {}
            Some(other) if !other.is_free() => {
                return Err(KeysError::Collision(other.account_id.clone(), row.account_id));
            }
            _ => {
                kept.insert(key, row);
            }
        }
    }
    Ok(kept)
}

const INSERT: &str =
    "INSERT INTO identifiers (key, kind, account_id, state, until, skeleton, spelled_skeleton)
     VALUES ($1, $2, $3, $4, $5, $6, $7)";

async fn write(tx: &mut Tx, kept: BTreeMap<String, Row>) -> Result<(), DbError> {
    // Delete all first: a new key may be the old one of another identifier.
    tx.execute("DELETE FROM identifiers", args![]).await?;
    for (number, (key, row)) in kept.into_iter().enumerate() {
        let looks =
            (row.kind == "login").then(|| Looks::of(row.spelling.as_deref().unwrap_or(&key), &key));
        let (look, spelled) = looks.map_or((None, None), |looks| (Some(looks.key), looks.spelling));
        let args = args![key, row.kind, row.account_id, row.state, row.until, look, spelled];
        // In batches: neither one statement at a time nor everything in memory.
        if number % 500 == 499 {
            tx.execute(INSERT, args).await?;
        } else {
            tx.defer(INSERT, args).await?;
        }
    }
    Ok(())
}

/// Every column that holds an address emails are sent to, and how to update it.
const ADDRESSES: [(&str, &str); 6] = [
    ("SELECT DISTINCT email FROM accounts", "UPDATE accounts SET email = $2 WHERE email = $1"),
    (
        "SELECT DISTINCT old_email FROM address_changes",
        "UPDATE address_changes SET old_email = $2 WHERE old_email = $1",
    ),
    (
        "SELECT DISTINCT new_email FROM address_changes",
        "UPDATE address_changes SET new_email = $2 WHERE new_email = $1",
    ),
    (
        "SELECT DISTINCT address FROM letter_links",
        "UPDATE letter_links SET address = $2 WHERE address = $1",
    ),
    (
        "SELECT DISTINCT email FROM conversations WHERE email IS NOT NULL",
        "UPDATE conversations SET email = $2 WHERE email = $1",
    ),
    (
        "SELECT DISTINCT email FROM assisted_recoveries WHERE email IS NOT NULL",
        "UPDATE assisted_recoveries SET email = $2 WHERE email = $1",
    ),
];

/// Converts non-ASCII host names to the form that is used on the wire.
async fn respell(tx: &mut Tx) -> Result<(), DbError> {
    for (select, update) in ADDRESSES {
        let addresses: Vec<(String,)> = tx.fetch_all(select, args![]).await?;
        for (address,) in addresses {
            // An address that would be refused today stays as it is.
            if let Ok(email) = EmailAddress::parse(&address)
                && email.as_str() != address
            {
                tx.defer(update, args![address, email.as_str()]).await?;
            }
        }
    }
    Ok(())
}

/// Returns the key of an address by the rules before version 1: full case folding, the host as typed.
fn old_key(address: &str) -> String {
    let text: String = address.trim().nfc().collect();
    CaseMapper::new().fold_string(&text).nfc().collect()
}
