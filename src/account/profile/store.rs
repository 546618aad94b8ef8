//! The `pictures` table.

use crate::{
    args,
    clock::Timestamp,
    db::{Db, DbError, Tx},
    domain::ids::{AccountId, ProfilePictureId},
};

/// Returns an account's picture, as JPEG.
pub(super) async fn picture(db: &Db, account_id: &AccountId) -> Result<Option<Vec<u8>>, DbError> {
    let found: Option<(Vec<u8>,)> = db
        .fetch_optional("SELECT image FROM pictures WHERE account_id = $1", args![account_id])
        .await?;
    Ok(found.map(|(image,)| image))
}

/// Returns the id of an account's picture, if it has one; each picture has a new id.
pub(super) async fn picture_id(
    db: &Db,
    account_id: &AccountId,
) -> Result<Option<ProfilePictureId>, DbError> {
    let found: Option<(ProfilePictureId,)> = db
        .fetch_optional("SELECT id FROM pictures WHERE account_id = $1", args![account_id])
        .await?;
    Ok(found.map(|(id,)| id))
}

/// Stores a picture, replacing the previous one.
pub(super) async fn set_picture(
    tx: &mut Tx,
    account_id: &AccountId,
    id: &ProfilePictureId,
    image: Vec<u8>,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO pictures (account_id, id, image, changed_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (account_id) DO UPDATE SET id = $2, image = $3, changed_at = $4",
        args![account_id, id, image, now],
    )
    .await
    .map(drop)
}

/// Deletes the picture.
pub(super) async fn remove_picture(tx: &mut Tx, account_id: &AccountId) -> Result<(), DbError> {
    tx.execute("DELETE FROM pictures WHERE account_id = $1", args![account_id]).await.map(drop)
}
