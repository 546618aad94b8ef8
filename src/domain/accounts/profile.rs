//! The profile that the owner of an account sets.

use crate::{
    args,
    db::{DbError, Tx},
    domain::ids::AccountId,
    i18n::Locale,
};

/// The profile to be saved.
pub struct Profile<'a> {
    /// The display name, if there is one.
    pub display_name: Option<&'a str>,
    /// The language of pages and emails.
    pub locale: Locale,
    /// IANA name of the time zone, if one was chosen.
    pub time_zone: Option<&'a str>,
}

/// Saves a profile that was edited from `version`; returns false if it has changed since.
pub async fn save_profile(
    tx: &mut Tx,
    id: &AccountId,
    version: i64,
    profile: &Profile<'_>,
) -> Result<bool, DbError> {
    let saved = tx
        .execute(
            "UPDATE accounts SET display_name = $3, locale = $4, time_zone = $5, version = version + 1
             WHERE id = $1 AND version = $2",
            args![id, version, profile.display_name, profile.locale.tag(), profile.time_zone],
        )
        .await?;
    Ok(saved == 1)
}

/// Increments the version for a change of something that belongs to the profile but is stored elsewhere; returns false
/// if the account has changed since `version`.
pub async fn raise_version(tx: &mut Tx, id: &AccountId, version: i64) -> Result<bool, DbError> {
    let sql = "UPDATE accounts SET version = version + 1 WHERE id = $1 AND version = $2";
    Ok(tx.execute(sql, args![id, version]).await? == 1)
}
