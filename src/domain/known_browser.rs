//! The browsers that an account knows.

use crate::{
    args,
    clock::{DAY, Timestamp},
    db::{Db, DbError, Tx},
    domain::ids::{AccountId, DeviceId},
    random::Random,
    security::{Token, TokenHash},
};

/// The device cookie of a browser (OWASP device cookies): a token for each account that was used in it, the last used
/// first. Each account has its own, so that signing in to one takes nothing from another.
#[derive(Clone, Default)]
pub struct DeviceTokens(Vec<Token>);

/// Most accounts that can know a browser at a time.
const KNOWN_MOST: usize = 4;

impl DeviceTokens {
    /// Parses the cookie.
    #[must_use]
    pub fn parse(cookie: &str) -> Self {
        Self(cookie.split('.').filter_map(Token::parse).take(KNOWN_MOST).collect())
    }

    /// Returns the text for the cookie.
    #[must_use]
    pub fn expose_secret(&self) -> String {
        self.0.iter().map(Token::expose_secret).collect::<Vec<_>>().join(".")
    }

    /// Returns what is looked up. Missing tokens are replaced by hashes that match nothing, so that the query is the
    /// same for every browser.
    #[must_use]
    pub fn hashes(&self) -> [TokenHash; KNOWN_MOST] {
        let mut hashes = self.0.iter().map(Token::hash);
        std::array::from_fn(|_| hashes.next().unwrap_or_default())
    }

    /// Returns the tokens with a new one in place of the one that is spent.
    fn renewed(&self, spent: Option<&Known>, new: Token) -> Self {
        // A single one may date from when there was one for all accounts: others may still know it.
        let alone = self.0.len() == 1;
        let is_kept =
            |token: &&Token| alone || spent.is_none_or(|spent| spent.token_hash != token.hash());
        let kept = self.0.iter().filter(is_kept).take(KNOWN_MOST - 1).cloned();
        Self(std::iter::once(new).chain(kept).collect())
    }
}

/// A browser that an account knows.
#[derive(Clone, sqlx::FromRow)]
pub struct Known {
    /// Its id, whatever its token is; failures count under it.
    pub id: DeviceId,
    /// The hash of the token by which it is known.
    pub token_hash: TokenHash,
}

/// Remembers that a browser belongs to an account, under a new token each time: a copy of the previous one, perhaps
/// made at a shared computer, becomes worthless. Returns the new device tokens of the browser. The browser keeps the id
/// under which the account knew it, `known`; if another tab was quicker with the same token, it is known twice,
/// whichever response comes last.
pub async fn remember(
    tx: &mut Tx,
    random: &Random,
    now: Timestamp,
    account_id: &AccountId,
    devices: &DeviceTokens,
    known: Option<&Known>,
) -> Result<DeviceTokens, DbError> {
    let token = Token::new(random);
    let (id, spent) = known.map(|known| (known.id.clone(), known.token_hash.clone())).unzip();
    tx.defer(
        "UPDATE devices SET token_hash = $1, seen_at = $2 WHERE id = $3 AND account_id = $4 AND token_hash = $5",
        args![token.hash(), now, id, account_id, spent],
    )
    .await?;
    // Exists already, unless the browser is new to the account.
    tx.defer(
        "INSERT INTO devices (token_hash, account_id, id, created_at, seen_at) VALUES ($1, $2, $3, $4, $4)
         ON CONFLICT (token_hash, account_id) DO NOTHING",
        args![token.hash(), account_id, random.id::<DeviceId>(now), now],
    )
    .await?;
    Ok(devices.renewed(known, token))
}

/// Deletes the browsers that an account knows: the account treats them as unknown again.
pub async fn forget_all(tx: &mut Tx, account_id: &AccountId) -> Result<(), DbError> {
    tx.defer("DELETE FROM devices WHERE account_id = $1", args![account_id]).await
}

/// Returns the device that an account knows a browser as, if any.
pub async fn find(
    db: &Db,
    account_id: &AccountId,
    devices: &DeviceTokens,
) -> Result<Option<Known>, DbError> {
    let [first, second, third, fourth] = devices.hashes();
    db.fetch_optional(
        "SELECT id, token_hash FROM devices WHERE account_id = $1 AND token_hash IN ($2, $3, $4, $5) LIMIT 1",
        args![account_id, first, second, third, fourth],
    )
    .await
}

/// Deletes the browsers that were not seen for as long as the device cookie lives.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    tx.execute("DELETE FROM devices WHERE seen_at <= $1", args![now - 400 * DAY]).await.map(drop)
}
