//! Backup codes: ten one-time codes on paper, with which a user gets back in without password and mailbox
//! (NIST SP 800-63B-4 §4.2.1.1). Only a MAC of each is stored, under a key that the database does not hold; the MAC
//! covers the account, too. A code that was used is deleted (ASVS 6.5.1).
//!
//! A new password that is set with the old one leaves them as they are: they are for the day on which it is forgotten.
//! A recovery voids them: an attacker who was in the account before its owner came back may have made or read them.

use subtle::ConstantTimeEq as _;

use http::StatusCode;
use strum::{AsRefStr, VariantArray};

use crate::{
    args,
    clock::Timestamp,
    db::{Db, DbError, Tx},
    domain::{
        accounts,
        audit::{self, Event, EventKind},
        client::Client,
        format,
        ids::AccountId,
        rate_limit::{self, Key},
        values::BackupCode,
    },
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
    random::Random,
    security::{KeyRing, MacFor},
    state::AppState,
};

/// Where codes are created; the form posts to its own address, so that reloading shows the page.
pub const PAGE: &str = "/account/settings/codes";

/// Why a backup code is refused, or none are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum BackupCodeProblem {
    /// Nothing was typed.
    #[strum(serialize = "saved_code_missing")]
    Missing,
    /// What was typed cannot be a backup code.
    #[strum(serialize = "saved_code_malformed")]
    Malformed,
    /// Wrong; `left` tries are left.
    #[strum(serialize = "saved_code_wrong")]
    Wrong,
    /// No tries are left.
    #[strum(serialize = "saved_code_exhausted")]
    Exhausted,
    /// Newer codes were made since the page was loaded.
    #[strum(serialize = "saved_codes_replaced")]
    Replaced,
}

impl FormError for BackupCodeProblem {
    fn status(&self) -> StatusCode {
        match self {
            Self::Replaced => StatusCode::CONFLICT,
            Self::Missing | Self::Malformed | Self::Wrong | Self::Exhausted => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
        }
    }

    fn text(&self, locale: Locale, error: &AppError) -> String {
        match self {
            Self::Missing => t::saved_code_missing(locale).to_owned(),
            Self::Malformed => t::saved_code_malformed(locale).to_owned(),
            Self::Wrong => t::saved_code_wrong(locale, error.left.unwrap_or_default().into()),
            Self::Exhausted => t::saved_code_exhausted(locale).to_owned(),
            Self::Replaced => t::saved_codes_replaced(locale).to_owned(),
        }
    }
}

/// Number of codes that an account gets.
pub const SET: usize = 10;
/// With this many left, or fewer, it is time for new ones.
pub const FEW: i64 = 3;

/// What is left of an account's codes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct CodesLeft {
    /// How many codes are left.
    pub remaining: i64,
    /// When they were made, if there are any.
    pub made_at: Option<Timestamp>,
}

const STANDING: &str = "SELECT COUNT(*) AS remaining, MAX(created_at) AS made_at
     FROM saved_codes WHERE account_id = $1";

/// Returns what is left of an account's codes.
pub async fn left(db: &Db, account_id: &AccountId) -> Result<CodesLeft, DbError> {
    db.fetch_one(STANDING, args![account_id]).await
}

/// As [`left`], within a transaction.
pub async fn left_in(tx: &mut Tx, account_id: &AccountId) -> Result<CodesLeft, DbError> {
    tx.fetch_one(STANDING, args![account_id]).await
}

/// Makes new codes and voids the earlier ones. They cannot be read later.
pub async fn replace(
    tx: &mut Tx,
    keys: &KeyRing,
    random: &Random,
    account_id: &AccountId,
    now: Timestamp,
) -> Result<Vec<BackupCode>, DbError> {
    void_all(tx, account_id).await?;
    let codes: Vec<BackupCode> = (0..SET).map(|_| BackupCode::of(random.bytes())).collect();
    for code in &codes {
        tx.execute(
            "INSERT INTO saved_codes (mac, account_id, created_at) VALUES ($1, $2, $3)",
            args![mac(keys, Some(account_id), code), account_id, now],
        )
        .await?;
    }
    Ok(codes)
}

/// Returns whether an account has this code. Without an account the query is made all the same, so that both cases take
/// the same time.
pub async fn has(
    tx: &mut Tx,
    keys: &KeyRing,
    account_id: Option<&AccountId>,
    code: &BackupCode,
) -> Result<bool, DbError> {
    let found: Option<(i64,)> = tx
        .fetch_optional(
            "SELECT created_at FROM saved_codes WHERE mac = $1 AND account_id = $2",
            args![mac(keys, account_id, code), account_id.map_or("", AccountId::as_str)],
        )
        .await?;
    Ok(found.is_some())
}

/// Uses up a code, once: returns false if it was gone.
pub async fn spend(
    tx: &mut Tx,
    keys: &KeyRing,
    account_id: &AccountId,
    code: &BackupCode,
) -> Result<bool, DbError> {
    let sql = "DELETE FROM saved_codes WHERE mac = $1 AND account_id = $2";
    Ok(tx.execute(sql, args![mac(keys, Some(account_id), code), account_id]).await? == 1)
}

/// Returns whether an account has all of these codes.
pub async fn has_all(
    db: &Db,
    keys: &KeyRing,
    account_id: &AccountId,
    codes: &[BackupCode],
) -> Result<bool, DbError> {
    let rows: Vec<(Vec<u8>,)> = db
        .fetch_all("SELECT mac FROM saved_codes WHERE account_id = $1", args![account_id])
        .await?;
    Ok(codes.iter().all(|code| {
        let mac = mac(keys, Some(account_id), code);
        rows.iter().any(|(theirs,)| bool::from(mac.ct_eq(theirs)))
    }))
}

async fn void_all(tx: &mut Tx, account_id: &AccountId) -> Result<(), DbError> {
    tx.execute("DELETE FROM saved_codes WHERE account_id = $1", args![account_id]).await.map(drop)
}

/// Voids all codes of an account whose owner is back, because an attacker may have made or read them, and records that
/// there were any. Returns what there was.
pub async fn void(
    state: &AppState,
    tx: &mut Tx,
    account_id: &AccountId,
    client: &Client,
) -> Result<CodesLeft, DbError> {
    let codes_left = left_in(tx, account_id).await?;
    if let Some(made_at) = codes_left.made_at {
        void_all(tx, account_id).await?;
        let kind = EventKind::SavedCodesVoided;
        let detail = format!("{} {}", codes_left.remaining, format::machine(made_at));
        let now = state.clock.now();
        audit::record_detail(tx, &state.random, now, kind, account_id, client, &detail).await?;
    }
    Ok(codes_left)
}

/// Returns what was voided, as [`void`] recorded it.
#[must_use]
pub fn voided(event: &Event) -> Option<CodesLeft> {
    let (remaining, made_at) = event.detail.as_deref()?.split_once(' ')?;
    Some(CodesLeft { remaining: remaining.parse().ok()?, made_at: format::parse_machine(made_at) })
}

/// Returns the subject that wrong codes count for: a name as it was typed (see
/// [`crate::domain::values::identifier_key`]).
#[must_use]
pub fn typed(key: &str) -> String {
    format!("typed:{key}")
}

/// Returns the subject that wrong codes count for: an account.
#[must_use]
pub fn account(id: &AccountId) -> String {
    format!("account:{id}")
}

/// Returns the keys under which wrong codes are counted: the count that is shown, and the real one.
#[must_use]
pub fn failures(keys: &KeyRing, whom: &str) -> (Key, Key) {
    (
        Key::new(keys, "saved-code-failures-shown", &[whom]),
        Key::new(keys, "saved-code-failures", &[whom]),
    )
}

/// Clears the wrong codes of an account, under each of its names: its owner reclaimed it.
pub async fn forgive(tx: &mut Tx, keys: &KeyRing, account_id: &AccountId) -> Result<(), DbError> {
    let mut whom = vec![account(account_id)];
    whom.extend(accounts::keys_of(tx, account_id).await?.iter().map(|key| typed(key)));
    for whom in whom {
        let (shown, real) = failures(keys, &whom);
        rate_limit::clear_both(tx, &shown, &real).await?;
    }
    Ok(())
}

fn mac(keys: &KeyRing, account_id: Option<&AccountId>, code: &BackupCode) -> Vec<u8> {
    keys.mac(MacFor::SavedCode, &[account_id.map_or("", AccountId::as_str), code.expose_secret()])
}
