//! The rules of choosing optional emails.

use crate::{
    db::DbError,
    domain::{
        accounts::{self, Account},
        audit::{self, EventKind},
        client::Client,
        notification_prefs,
    },
    islands::EmailsStored,
    mailer::EmailKind,
    state::AppState,
};

/// Which of the optional emails the user wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// When another user tried to register with the address.
    pub address_in_use: bool,
    /// After each sign-in to the account.
    pub signed_in: bool,
}

impl Wanted {
    /// Returns the choices as form fields.
    #[must_use]
    pub(crate) fn fields(&self) -> Vec<(String, bool)> {
        let fields = [("address_in_use", self.address_in_use), ("signed_in", self.signed_in)];
        fields.map(|(name, is_on)| (name.to_owned(), is_on)).into()
    }
}

/// Returns the user's current choices.
#[tracing::instrument(skip_all)]
pub(super) async fn chosen(state: &AppState, account: &Account) -> Result<Wanted, DbError> {
    let wants = |kind| notification_prefs::wants(&state.db, Some(&account.id), kind);
    Ok(Wanted {
        address_in_use: wants(EmailKind::AddressInUse).await?,
        signed_in: wants(EmailKind::SignedIn).await?,
    })
}

/// Saves a choice that was made from `version` of the account; returns false if something changed since.
#[tracing::instrument(skip_all)]
pub(super) async fn choose_emails(
    state: &AppState,
    account: &Account,
    version: i64,
    wanted: &Wanted,
    client: &Client,
) -> Result<bool, DbError> {
    let now = state.clock.now();
    let before = chosen(state, account).await?;
    let mut tx = state.db.begin().await?;
    if !accounts::raise_version(&mut tx, &account.id, version).await? {
        return Ok(false);
    }
    let choices =
        [(EmailKind::AddressInUse, wanted.address_in_use), (EmailKind::SignedIn, wanted.signed_in)];
    for (kind, wanted) in choices {
        notification_prefs::choose(&mut tx, &account.id, kind, wanted).await?;
    }
    if before != *wanted {
        let kind = EventKind::LettersChosen;
        audit::record(&mut tx, &state.random, now, kind, Some(&account.id), client).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// Like [`choose_emails`]; returns what is stored now. If the choice is already stored, that is no conflict, whoever
/// was quicker: an answer may have been lost on its way.
#[tracing::instrument(skip_all)]
pub(super) async fn switch_email(
    state: &AppState,
    account: &Account,
    version: i64,
    wanted: &Wanted,
    client: &Client,
) -> Result<EmailsStored, DbError> {
    let is_saved = choose_emails(state, account, version, wanted, client).await?;
    let account = accounts::get(&state.db, &account.id).await?.ok_or(DbError::RowNotFound)?;
    let stored = chosen(state, &account).await?;
    Ok(EmailsStored {
        chosen: stored.fields(),
        version: account.version,
        is_stale: !is_saved && stored != *wanted,
    })
}
