//! Beginning, closing and deleting conversations.

use super::{QUEUE, Topic, happened, post::system, topic};
use crate::{
    args,
    clock::{Duration, Timestamp, days},
    db::{DbError, Tx},
    domain::{
        audit::{self, EventKind},
        client::Client,
        ids::{AccountId, ConversationId},
    },
    i18n::Locale,
    realtime::Change,
    security::Token,
    state::AppState,
};

/// After how long without a message a conversation is deleted.
const KEPT: Duration = days(180);

/// The data for a new conversation.
pub(crate) struct NewConversation<'a> {
    /// The signed-in account, if there is one.
    pub account_id: Option<&'a AccountId>,
    /// The account that it is said to be about, as typed.
    pub claimed: Option<&'a str>,
    /// The id of the account that the typed name belongs to.
    pub claimed_id: Option<&'a AccountId>,
    /// What it is about.
    pub topic: Topic,
    /// The language of the shopper's pages.
    pub locale: Locale,
    /// The client that begins it.
    pub client: &'a Client,
}

/// Begins a conversation; returns its id and the token for the shopper's browser. Post the first message in the same
/// transaction.
pub(crate) async fn begin(
    state: &AppState,
    tx: &mut Tx,
    new: &NewConversation<'_>,
) -> Result<(ConversationId, Token), DbError> {
    let token = Token::new(&state.random);
    let (id, _) = begin_under(state, tx, new, &token).await?;
    Ok((id, token))
}

/// As [`begin`], under a token that the shopper's browser has already; returns the id and whether it began now. If not,
/// it is the existing conversation under this token, unchanged.
pub(crate) async fn begin_under(
    state: &AppState,
    tx: &mut Tx,
    new: &NewConversation<'_>,
    token: &Token,
) -> Result<(ConversationId, bool), DbError> {
    let now = state.clock.now();
    let id: ConversationId = state.random.id(now);
    let sql = "INSERT INTO conversations (id, token_hash, account_id, claimed, claimed_id, topic, locale, state,
            last_seq, shopper_read, operator_read, network, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, 0, 0, $8, $9, $9) ON CONFLICT (token_hash) DO NOTHING";
    let begun = tx
        .execute(
            sql,
            args![
                &id,
                token.hash(),
                new.account_id,
                new.claimed,
                new.claimed_id,
                new.topic.as_str(),
                new.locale.tag(),
                &*new.client.network,
                now
            ],
        )
        .await?;
    if begun == 0 {
        let sql = "SELECT id FROM conversations WHERE token_hash = $1";
        let (id,): (ConversationId,) = tx.fetch_one(sql, args![token.hash()]).await?;
        return Ok((id, false));
    }
    if new.account_id.is_some() {
        let kind = EventKind::SupportAsked;
        audit::record(tx, &state.random, now, kind, new.account_id, new.client).await?;
    }
    Ok((id, true))
}

/// Assigns a conversation that began signed out to the account that continues it signed in. Returns false if it belongs
/// to an account already.
pub(crate) async fn adopt(
    state: &AppState,
    tx: &mut Tx,
    id: &ConversationId,
    account_id: &AccountId,
    client: &Client,
) -> Result<bool, DbError> {
    let sql = "UPDATE conversations SET account_id = $2 WHERE id = $1 AND account_id IS NULL";
    if tx.execute(sql, args![id, account_id]).await? == 0 {
        return Ok(false);
    }
    let (now, kind) = (state.clock.now(), EventKind::SupportAsked);
    audit::record(tx, &state.random, now, kind, Some(account_id), client).await?;
    Ok(true)
}

/// Sets the language of a conversation to that of the shopper's pages.
pub(crate) async fn set_locale(
    tx: &mut Tx,
    id: &ConversationId,
    locale: Locale,
) -> Result<(), DbError> {
    tx.execute("UPDATE conversations SET locale = $2 WHERE id = $1", args![id, locale.tag()])
        .await
        .map(drop)
}

/// Sets where "an answer waits" is sent: a confirmed address, or nowhere.
pub(crate) async fn set_email(
    state: &AppState,
    tx: &mut Tx,
    id: &ConversationId,
    email: Option<&str>,
) -> Result<(), DbError> {
    tx.execute("UPDATE conversations SET email = $2 WHERE id = $1", args![id, email]).await?;
    state.realtime.publish(tx, &topic(id), Change::Email).await
}

/// Closes a conversation; returns false if it was closed already. `what` says how (see [`happened`]).
pub(crate) async fn close(
    state: &AppState,
    tx: &mut Tx,
    id: &ConversationId,
    what: &str,
) -> Result<bool, DbError> {
    let closed = tx
        .execute(
            "UPDATE conversations SET state = 'closed', solved = $2, closed_at = $3, waiting_since = NULL
             WHERE id = $1 AND state <> 'closed'",
            args![id, what == happened::SOLVED, state.clock.now()],
        )
        .await?;
    if closed == 0 {
        return Ok(false);
    }
    system(state, tx, id, what).await?;
    state.realtime.publish(tx, QUEUE, Change::Closed).await?;
    Ok(true)
}

/// Removes an account that is deleted from other accounts' conversations: from those in which it was only named, and as
/// the address that answers were announced to. Its own conversations are deleted with it.
pub(crate) async fn forget_account(
    tx: &mut Tx,
    id: &AccountId,
    email: &str,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE conversations SET claimed = NULL, claimed_id = NULL, claimed_by = NULL WHERE claimed_id = $1",
        args![id],
    )
    .await?;
    tx.execute("UPDATE conversations SET email = NULL WHERE LOWER(email) = LOWER($1)", args![email])
        .await
        .map(drop)
}

/// Stops sending "an answer waits" to any address other than the account's own: the user who named another may not have
/// been the owner.
pub(crate) async fn announce_elsewhere_no_more(
    tx: &mut Tx,
    account_id: &AccountId,
    own: &str,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE conversations SET email = NULL WHERE account_id = $1 AND LOWER(email) <> LOWER($2)",
        args![account_id, own],
    )
    .await
    .map(drop)
}

/// Deletes conversations in which nothing was said for half a year.
pub(crate) async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    tx.execute("DELETE FROM conversations WHERE updated_at < $1", args![now - KEPT]).await?;
    // They identify no shopper; the console's statistics do not go back as far.
    tx.execute("DELETE FROM answers WHERE at < $1", args![now - 2 * KEPT]).await.map(drop)
}
