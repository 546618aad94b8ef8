//! The rules of the choice of emails.

use crate::server::{
    accounts::{self, Account},
    app::App,
    client::Client,
    db::DbError,
    events::{self, EventKind},
    letter_choices,
    outbox::LetterKind,
};

/// Which of the emails that are a matter of choice the user wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// That another user tried to register with the address.
    pub address_in_use: bool,
    /// Each time when the account was signed in to.
    pub signed_in: bool,
}

/// What the user has chosen so far.
pub(super) async fn chosen(app: &App, account: &Account) -> Result<Wanted, DbError> {
    let wants = |kind| letter_choices::wants(&app.db, &account.id, kind);
    Ok(Wanted {
        address_in_use: wants(LetterKind::AddressInUse).await?,
        signed_in: wants(LetterKind::SignedIn).await?,
    })
}

/// Saves a choice that was made from `version` of the account; false if something changed since.
pub(super) async fn choose_letters(
    app: &App,
    account: &Account,
    version: i64,
    wanted: &Wanted,
    client: &Client,
) -> Result<bool, DbError> {
    let now = app.clock.now();
    let before = chosen(app, account).await?;
    let mut tx = app.db.begin().await?;
    if !accounts::raise_version(&mut tx, &account.id, version).await? {
        return Ok(false);
    }
    let choices = [
        (LetterKind::AddressInUse, wanted.address_in_use),
        (LetterKind::SignedIn, wanted.signed_in),
    ];
    for (kind, wanted) in choices {
        letter_choices::choose(&mut tx, &account.id, kind, wanted).await?;
    }
    if before != *wanted {
        let kind = EventKind::LettersChosen;
        events::record(&mut tx, &app.random, now, kind, Some(&account.id), client).await?;
    }
    tx.commit().await?;
    Ok(true)
}
