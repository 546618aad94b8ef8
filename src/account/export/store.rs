//! Reads everything that is stored about an account, table by table, and writes nothing. A test compares the list with
//! the schema: a new table that refers to accounts cannot be forgotten.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{
    args,
    clock::Timestamp,
    db::{DbError, Tx},
    domain::format,
};

/// Generates the queries that read the listed columns of each table: all except credentials that are stored only as a
/// hash.
macro_rules! tables {
    ($($table:literal { $($column:ident: $kind:ty),* $(,)? } $rest:literal;)*) => {
        /// The tables of an export, in order.
        #[cfg(test)]
        pub(crate) const TABLES: &[&str] = &[$($table),*];

        /// Reads everything about an account: table → rows.
        pub(super) async fn read(tx: &mut Tx, id: &str) -> Result<Map<String, Value>, DbError> {
            let mut all = Map::new();
            $({
                #[derive(sqlx::FromRow, Serialize)]
                struct Row { $($column: $kind),* }
                let columns = concat!("SELECT ", $(stringify!($column), ", ",)* "1 AS one FROM ", $table, " ", $rest);
                let rows: Vec<Row> = tx.fetch_all(columns, args![id]).await?;
                let rows = serde_json::to_value(rows).map_err(|e| DbError::Encode(e.into()))?;
                all.insert($table.to_owned(), readable(rows));
            })*
            Ok(all)
        }
    };
}

tables! {
    "accounts" {
        id: String, login: String, email: String, role: String, state: String, locale: String, credential_version: i64,
        created_at: Timestamp, password_changed_at: Timestamp, display_name: Option<String>,
        time_zone: Option<String>, version: i64, login_changed_at: Option<Timestamp>,
        email_changed_at: Option<Timestamp>, delete_at: Option<Timestamp>, frozen_at: Option<Timestamp>,
        role_given_at: Option<Timestamp>,
    } "WHERE id = $1";
    "identifiers" {
        key: String, kind: String, state: String, until: Option<Timestamp>, skeleton: Option<String>,
        spelled_skeleton: Option<String>,
    } "WHERE account_id = $1 ORDER BY kind, state, key";
    "address_changes" {
        id: String, old_email: String, new_email: String, changed_at: Timestamp, until: Timestamp,
    } "WHERE account_id = $1 ORDER BY changed_at, id";
    "pictures" {
        id: String, changed_at: Timestamp,
    } "WHERE account_id = $1";
    "letter_choices" {
        kind: String, wanted: bool,
    } "WHERE account_id = $1 ORDER BY kind";
    "sessions" {
        id: String, persistent: bool, network: String, user_agent: String, created_at: Timestamp, seen_at: Timestamp,
        expires_at: Timestamp, proved_at: Option<Timestamp>, staff: bool, name: Option<String>,
    } "WHERE account_id = $1 ORDER BY created_at, id";
    "devices" {
        id: String, created_at: Timestamp, seen_at: Timestamp,
    } "WHERE account_id = $1 ORDER BY created_at, id";
    "events" {
        id: String, kind: String, network: String, user_agent: String, at: Timestamp, detail: Option<String>,
        cause_id: Option<String>,
    } "WHERE account_id = $1 ORDER BY at, id";
    "outbox" {
        id: String, kind: String, state: String, tries: i64, created_at: Timestamp, done_at: Option<Timestamp>,
        cause_id: Option<String>,
    } "WHERE account_id = $1 AND state <> 'decoy' ORDER BY created_at, id";
    "flows" {
        id: String, purpose: String, step: String, typed: String, locale: String, created_at: Timestamp, expires_at: Timestamp,
    } "WHERE account_id = $1 ORDER BY created_at, id";
    "codes" {
        id: String, state: String, tries: i64, sent_at: Timestamp, expires_at: Timestamp,
    } "WHERE account_id = $1 ORDER BY sent_at, id";
    "letter_links" {
        purpose: String, address: String, created_at: Timestamp, expires_at: Timestamp,
    } "WHERE account_id = $1 ORDER BY created_at";
    "saved_codes" {
        created_at: Timestamp,
    } "WHERE account_id = $1 ORDER BY created_at";
    "qr_requests" {
        id: String, state: String, network: String, user_agent: String, typed: bool, created_at: Timestamp,
        answered_at: Option<Timestamp>,
    } "WHERE account_id = $1 ORDER BY created_at, id";
    "conversations" {
        id: String, topic: String, claimed: Option<String>, locale: String, state: String, solved: bool,
        email: Option<String>, network: String, created_at: Timestamp, updated_at: Timestamp, closed_at: Option<Timestamp>,
        told_at: Option<Timestamp>,
    } "WHERE account_id = $1 ORDER BY created_at, id";
    "messages" {
        conversation_id: String, seq: i64, author: String, text: String, picture_id: Option<String>, at: Timestamp,
        translation: Option<String>, translated_to: Option<String>,
    } "WHERE conversation_id IN (SELECT id FROM conversations WHERE account_id = $1) ORDER BY conversation_id, seq";
    "message_pictures" {
        id: String, conversation_id: String, width: i64, height: i64, at: Timestamp,
    } "WHERE conversation_id IN (SELECT id FROM conversations WHERE account_id = $1) ORDER BY at, id";
    "assisted_recoveries" {
        id: String, state: String, checked: String, email: Option<String>, alone: bool, opened_at: Timestamp,
        confirmed_at: Option<Timestamp>, decided_at: Option<Timestamp>, release_at: Option<Timestamp>, ended_at: Option<Timestamp>,
    } "WHERE account_id = $1 ORDER BY opened_at, id";
}

/// Converts times from milliseconds to RFC 3339.
fn readable(value: Value) -> Value {
    match value {
        Value::Array(rows) => Value::Array(rows.into_iter().map(readable).collect()),
        Value::Object(row) => Value::Object(
            row.into_iter()
                .map(|(column, value)| {
                    let is_time = column.ends_with("_at") || column == "at" || column == "until";
                    let value = match value.as_i64().filter(|_| is_time) {
                        Some(at) => json!(format::machine(Timestamp::from_millis(at))),
                        None => value,
                    };
                    (column, value)
                })
                .collect(),
        ),
        other => other,
    }
}

/// Reads the pictures as JPEG, with their file names: the profile picture, and those sent to support.
pub(super) async fn pictures(tx: &mut Tx, id: &str) -> Result<Vec<(String, Vec<u8>)>, DbError> {
    let own: Option<(Vec<u8>,)> =
        tx.fetch_optional("SELECT image FROM pictures WHERE account_id = $1", args![id]).await?;
    let shown: Vec<(String, Vec<u8>)> = tx
        .fetch_all(
            "SELECT id, image FROM message_pictures
             WHERE conversation_id IN (SELECT id FROM conversations WHERE account_id = $1) ORDER BY at, id",
            args![id],
        )
        .await?;
    let own = own.into_iter().map(|(image,)| ("picture.jpg".to_owned(), image));
    let shown = shown.into_iter().map(|(id, image)| (format!("support/{id}.jpg"), image));
    Ok(own.chain(shown).collect())
}
