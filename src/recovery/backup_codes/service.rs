//! The rules of creating backup codes.

use crate::{
    clock::{Duration, HOUR, Timestamp},
    db::DbError,
    domain::{
        accounts::{self, Account},
        audit::{self, EventKind},
        backup_codes::{self, SET},
        client::Client,
        format, mask,
        rate_limit::{self, Key},
        values::{BackupCode, SecretText},
    },
    error::InternalError,
    i18n::{Locale, backup_codes as t},
    state::AppState,
};

use super::emails;

/// How often one account may create codes per hour: an email is sent each time.
const AN_HOUR: i64 = 5;

/// Why no codes were created.
#[derive(Debug, thiserror::Error)]
pub(super) enum BackupCodesError {
    /// The account was deleted, disabled or changed meanwhile.
    #[error("the account is gone")]
    Gone,
    /// Too many requests recently.
    #[error("too many times")]
    TooMany(Duration),
    /// The codes were replaced, or some were used, since the form was rendered.
    #[error("the codes were replaced meanwhile")]
    Replaced,
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl From<DbError> for BackupCodesError {
    fn from(error: DbError) -> Self {
        Self::Internal(error.into())
    }
}

/// Creates new codes in place of those that the form knew of. The page that shows them is the answer to its post:
/// reloading it posts again, and must not invalidate what was just printed.
#[tracing::instrument(skip_all)]
pub(super) async fn make(
    state: &AppState,
    account: &Account,
    made_at: Option<Timestamp>,
    client: &Client,
) -> Result<Vec<BackupCode>, BackupCodesError> {
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    let account = accounts::get_unchanged(&mut tx, &account.id, account.credential_version).await?;
    let account = account.ok_or(BackupCodesError::Gone)?;
    let before = backup_codes::left_in(&mut tx, &account.id).await?;
    if made_at.is_some_and(|seen| seen != before.made_at.unwrap_or_default()) {
        return Err(BackupCodesError::Replaced);
    }
    if state.config.limits {
        let key = Key::new(&state.keys, "saved-codes", &[&account.id]);
        rate_limit::at_most(&mut tx, &key, HOUR, AN_HOUR, now)
            .await?
            .map_err(BackupCodesError::TooMany)?;
    }
    let codes =
        backup_codes::replace(&mut tx, &state.keys, &state.random, &account.id, now).await?;
    let kind = EventKind::SavedCodesMade;
    audit::record(&mut tx, &state.random, now, kind, Some(&account.id), client).await?;
    let email = emails::backup_codes_made(state, &account, client);
    state.outbox.enqueue(&mut tx, email, true, now, None).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Returns the text of the file: the posted codes, if all of them belong to this account.
#[tracing::instrument(skip_all)]
pub(super) async fn file(
    state: &AppState,
    account: &Account,
    posted: &SecretText,
    locale: Locale,
) -> Result<String, BackupCodesError> {
    let codes: Option<Vec<BackupCode>> =
        posted.expose_secret().split_whitespace().take(SET + 1).map(BackupCode::parse).collect();
    let codes = codes.filter(|codes| (1..=SET).contains(&codes.len()));
    let codes = codes.ok_or(BackupCodesError::Replaced)?;
    if !backup_codes::has_all(&state.db, &state.keys, &account.id, &codes).await? {
        return Err(BackupCodesError::Replaced);
    }
    let codes_left = backup_codes::left(&state.db, &account.id).await?;
    let mut lines = vec![for_whom(state, account, codes_left.made_at.unwrap_or_default(), locale)];
    lines.push(String::new());
    let numbered = codes.iter().zip(1..);
    lines.extend(numbered.map(|(code, number)| format!("{number:>2}.  {}", code.display())));
    lines.extend([
        String::new(),
        how(state, locale),
        t::keep_safe(locale).to_owned(),
        String::new(),
    ]);
    // CRLF, which every editor on every system shows correctly.
    Ok(lines.join("\r\n"))
}

/// Returns which account the codes are for, and since when.
pub(super) fn for_whom(
    state: &AppState,
    account: &Account,
    made_at: Timestamp,
    locale: Locale,
) -> String {
    let day = format::date(locale, &account.zone(), made_at);
    t::for_whom(locale, &account.login, &state.config.shop_name, day)
}

/// The same for the printed page, which others may find: it does not show the login.
pub(super) fn for_whom_on_paper(account: &Account, made_at: Timestamp, locale: Locale) -> String {
    let day = format::date(locale, &account.zone(), made_at);
    t::on_paper(locale, mask::login(&account.login), day)
}

/// Explains how to use one of the codes.
pub(super) fn how(state: &AppState, locale: Locale) -> String {
    t::how(locale, state.config.address_of("/recover"))
}
