//! Which emails a user wants. Emails about the safety of an account cannot be declined.

use crate::{
    args,
    db::{Db, DbError, Tx},
    domain::ids::AccountId,
    mailer::EmailKind,
};

/// The optional emails, and whether each is sent to users who made no choice.
pub const OPTIONAL: [(EmailKind, bool); 2] =
    [(EmailKind::AddressInUse, true), (EmailKind::SignedIn, false)];

/// Returns whether an account wants emails of this kind. Without an account the query is made all the same, so that
/// both cases take the same time.
pub async fn wants(
    db: &Db,
    account_id: Option<&AccountId>,
    kind: EmailKind,
) -> Result<bool, DbError> {
    let chosen: Option<(bool,)> = db
        .fetch_optional(
            "SELECT wanted FROM letter_choices WHERE account_id = $1 AND kind = $2",
            args![account_id.map_or("", AccountId::as_str), kind.as_str()],
        )
        .await?;
    Ok(or_default(kind, chosen.map(|(wanted,)| wanted)))
}

/// Returns the choice or, if there is none, the default for emails of this kind.
#[must_use]
pub fn or_default(kind: EmailKind, chosen: Option<bool>) -> bool {
    let default = OPTIONAL.iter().find(|(optional, _)| *optional == kind).is_none_or(|(_, on)| *on);
    chosen.unwrap_or(default)
}

/// Stores a choice.
pub async fn choose(
    tx: &mut Tx,
    account_id: &AccountId,
    kind: EmailKind,
    wanted: bool,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO letter_choices (account_id, kind, wanted) VALUES ($1, $2, $3)
         ON CONFLICT (account_id, kind) DO UPDATE SET wanted = $3",
        args![account_id, kind.as_str(), wanted],
    )
    .await
    .map(drop)
}
