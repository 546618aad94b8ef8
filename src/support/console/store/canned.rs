//! The `canned_answers` table.

use crate::{
    args,
    clock::Timestamp,
    db::{Db, DbError, Tx},
    domain::ids::{AccountId, CannedId},
    i18n::Locale,
    random::Random,
};

/// A prepared answer that is used often.
#[derive(Clone, sqlx::FromRow)]
pub(in crate::support::console) struct Canned {
    pub id: CannedId,
    locale: String,
    pub title: String,
    /// May contain placeholders such as `{login}`.
    pub text: String,
}

impl Canned {
    /// Returns the language of the answer.
    pub(in crate::support::console) fn locale(&self) -> Locale {
        Locale::parse(&self.locale).unwrap_or_default()
    }
}

/// The content of an answer.
#[derive(Clone, Copy)]
pub(in crate::support::console) struct NewCanned<'a> {
    pub locale: Locale,
    pub title: &'a str,
    pub text: &'a str,
}

/// Lists all answers, by language and title.
pub(in crate::support::console) async fn list_canned(db: &Db) -> Result<Vec<Canned>, DbError> {
    let sql = "SELECT id, locale, title, text FROM canned_answers ORDER BY locale, title, id";
    db.fetch_all(sql, args![]).await
}

/// Returns one answer.
pub(in crate::support::console) async fn canned(
    db: &Db,
    id: &CannedId,
) -> Result<Option<Canned>, DbError> {
    let sql = "SELECT id, locale, title, text FROM canned_answers WHERE id = $1";
    db.fetch_optional(sql, args![id]).await
}

/// Adds an answer.
pub(in crate::support::console) async fn add_canned(
    tx: &mut Tx,
    random: &Random,
    now: Timestamp,
    new: NewCanned<'_>,
    operator: &AccountId,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO canned_answers (id, locale, title, text, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5, $6)",
        args![random.id::<CannedId>(now), new.locale.tag(), new.title, new.text, operator, now],
    )
    .await
    .map(drop)
}

/// Changes an answer; returns false if it does not exist any more.
pub(in crate::support::console) async fn change_canned(
    tx: &mut Tx,
    now: Timestamp,
    id: &CannedId,
    new: NewCanned<'_>,
    operator: &AccountId,
) -> Result<bool, DbError> {
    let changed = tx
        .execute(
            "UPDATE canned_answers SET locale = $2, title = $3, text = $4, changed_by = $5, changed_at = $6
             WHERE id = $1",
            args![id, new.locale.tag(), new.title, new.text, operator, now],
        )
        .await?;
    Ok(changed == 1)
}

/// Deletes an answer.
pub(in crate::support::console) async fn remove_canned(
    tx: &mut Tx,
    id: &CannedId,
) -> Result<(), DbError> {
    tx.execute("DELETE FROM canned_answers WHERE id = $1", args![id]).await.map(drop)
}
