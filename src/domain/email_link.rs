//! Links in emails: a token that leads to a page with a button, and does nothing by itself. It is exchanged for a
//! cookie as soon as it is followed, so that it appears in no history and no log (ASVS 14.2.1).

use http::StatusCode;
use strum::{AsRefStr, VariantArray};

use crate::{
    args,
    clock::Timestamp,
    db::{Db, DbError, Tx},
    domain::ids::AccountId,
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
    random::Random,
    security::Token,
};

/// Why a link from an email does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum LinkProblem {
    /// It was used, or is too old.
    #[strum(serialize = "link_gone")]
    Gone,
}

impl FormError for LinkProblem {
    fn status(&self) -> StatusCode {
        StatusCode::GONE
    }

    fn text(&self, locale: Locale, _: &AppError) -> String {
        match self {
            Self::Gone => t::link_gone(locale).to_owned(),
        }
    }
}

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, strum::IntoStaticStr)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum LinkPurpose {
    /// "This was not me", to a previous address of an account: reclaims the account for it.
    TakeBack,
    /// "This was not me", to an address that the account was reclaimed from: freezes the account.
    Object,
    /// "This was not me", in the email about a new password: voids the password and all that was set up with it.
    Reclaim,
    /// "Stop this", to every address of an account in an assisted recovery.
    StopAssisted,
}

impl LinkPurpose {
    fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A link that is still valid.
#[derive(Clone, sqlx::FromRow)]
pub struct Link {
    /// The account that it is about.
    pub account_id: AccountId,
    purpose: LinkPurpose,
    /// What it is about beside the account: the id of an assisted recovery.
    pub subject: Option<String>,
    /// The address that the email went to.
    pub address: String,
    /// When it expires.
    pub expires_at: Timestamp,
}

impl Link {
    /// Returns what it is for.
    #[must_use]
    pub const fn purpose(&self) -> LinkPurpose {
        self.purpose
    }
}

/// The values of a new link.
pub struct NewLink<'a> {
    /// See [`Link::purpose`].
    pub purpose: LinkPurpose,
    /// See [`Link::account_id`].
    pub account_id: &'a AccountId,
    /// See [`Link::subject`].
    pub subject: Option<&'a str>,
    /// See [`Link::address`].
    pub address: &'a str,
    /// See [`Link::expires_at`].
    pub expires_at: Timestamp,
}

/// Creates a link about an account as a whole; returns the token for the email.
pub async fn make(
    tx: &mut Tx,
    random: &Random,
    purpose: LinkPurpose,
    account_id: &AccountId,
    address: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<Token, DbError> {
    let new = NewLink { purpose, account_id, subject: None, address, expires_at };
    make_new(tx, random, now, &new).await
}

/// Creates a link; returns the token for the email.
pub async fn make_new(
    tx: &mut Tx,
    random: &Random,
    now: Timestamp,
    new: &NewLink<'_>,
) -> Result<Token, DbError> {
    let token = Token::new(random);
    tx.execute(
        "INSERT INTO letter_links (token_hash, account_id, purpose, subject, address, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![
            token.hash(),
            new.account_id,
            new.purpose.as_str(),
            new.subject,
            new.address,
            now,
            new.expires_at
        ],
    )
    .await?;
    Ok(token)
}

/// Returns the path that an email links to.
#[must_use]
pub fn path(token: &Token) -> String {
    format!("/letter/{}", token.expose_secret())
}

/// Returns the link of a token, if it is still valid.
pub async fn find(db: &Db, token: &Token, now: Timestamp) -> Result<Option<Link>, DbError> {
    db.fetch_optional(
        "SELECT account_id, purpose, subject, address, expires_at FROM letter_links WHERE token_hash = $1 AND expires_at > $2",
        args![token.hash(), now],
    )
    .await
}

/// Uses up a link: returns false if it was gone.
pub async fn take(tx: &mut Tx, token: &Token, now: Timestamp) -> Result<bool, DbError> {
    let sql = "DELETE FROM letter_links WHERE token_hash = $1 AND expires_at > $2";
    Ok(tx.execute(sql, args![token.hash(), now]).await? == 1)
}

/// Deletes all links of an account.
pub async fn end_all(tx: &mut Tx, account_id: &AccountId) -> Result<(), DbError> {
    tx.execute("DELETE FROM letter_links WHERE account_id = $1", args![account_id]).await.map(drop)
}

/// Deletes all links about one subject.
pub async fn end_about(tx: &mut Tx, subject: &str) -> Result<(), DbError> {
    tx.execute("DELETE FROM letter_links WHERE subject = $1", args![subject]).await.map(drop)
}

/// Deletes links that have expired.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    tx.execute("DELETE FROM letter_links WHERE expires_at <= $1", args![now]).await.map(drop)
}
