//! The steps of a request, each one statement.

use super::{By, SCAN, State, short_mac, shown, topic};
use crate::{
    args,
    clock::{Duration, HOUR, Timestamp, minutes},
    db::{DbError, Tx},
    domain::{client::Client, ids::QrRequestId},
    realtime::Change,
    security::Token,
    state::AppState,
};

/// How long the user may take to answer after scanning …
const ANSWER: Duration = minutes(5);
/// … and how long after the request was first shown, if several users scanned it in turn.
const ANSWER_LAST: Duration = minutes(10);
/// How long the computer may take to collect an approved session.
const COLLECT: Duration = minutes(2);

async fn publish(state: &AppState, tx: &mut Tx, id: &QrRequestId) -> Result<(), DbError> {
    state.realtime.publish(tx, &topic(id), Change::QrRequest).await
}

/// Begins a request and deletes the browser's previous one. Returns the secret for the browser's cookie.
pub(crate) async fn begin(
    state: &AppState,
    tx: &mut Tx,
    before: Option<&Token>,
    client: &Client,
) -> Result<Token, DbError> {
    if let Some(before) = before {
        let gone: Option<(QrRequestId,)> = tx
            .fetch_optional(
                "DELETE FROM qr_requests WHERE browser_hash = $1 RETURNING id",
                args![before.hash()],
            )
            .await?;
        if let Some((id,)) = gone {
            publish(state, tx, &id).await?;
        }
    }
    let now = state.clock.now();
    // Two short codes collide once in a trillion times; then another is made.
    for _ in 0..5 {
        let browser = Token::new(&state.random);
        let Some(shown) = shown(&state.keys, &browser) else { break };
        // Without leading zeros, which users omit.
        let number = (10 + state.random.below(90)).to_string();
        let made = tx
            .execute(
                "INSERT INTO qr_requests
                    (id, token_hash, short_mac, browser_hash, number, state, network, user_agent, created_at, expires_at)
                 VALUES ($1, $2, $3, $4, $5, 'shown', $6, $7, $8, $9) ON CONFLICT DO NOTHING",
                args![
                    state.random.id::<QrRequestId>(now),
                    shown.picture.hash(),
                    short_mac(&state.keys, &shown.short),
                    browser.hash(),
                    number,
                    &*client.network,
                    &*client.user_agent,
                    now,
                    now + SCAN
                ],
            )
            .await?;
        if made == 1 {
            return Ok(browser);
        }
    }
    Err(DbError::RowNotFound)
}

/// Binds a shown request to the session that scanned it: only that session can answer it. Returns false if another
/// session was first, or it has expired.
pub(crate) async fn scan(
    state: &AppState,
    tx: &mut Tx,
    id: &QrRequestId,
    by: &By<'_>,
    typed: bool,
) -> Result<bool, DbError> {
    let now = state.clock.now();
    let bound = tx
        .execute(
            "UPDATE qr_requests SET state = 'scanned', account_id = $2, session_id = $3, credential_version = $4, typed = $5,
                expires_at = CASE WHEN created_at + $7 < $6 + $8 THEN created_at + $7 ELSE $6 + $8 END
             WHERE id = $1 AND state = 'shown' AND expires_at > $6",
            args![id, by.account_id, by.session_id, by.credential_version, typed, now, ANSWER_LAST, ANSWER],
        )
        .await?
        == 1;
    if bound {
        publish(state, tx, id).await?;
    }
    Ok(bound)
}

/// Releases the requests that a session has scanned, so that others can scan them: the computers show them again, for
/// as long as a code can be scanned but no longer than they would have waited for the answer.
pub(crate) async fn release(state: &AppState, tx: &mut Tx, by: &By<'_>) -> Result<(), DbError> {
    let now = state.clock.now();
    let released: Vec<(QrRequestId,)> = tx
        .fetch_all(
            "UPDATE qr_requests SET state = 'shown', account_id = NULL, session_id = NULL, credential_version = NULL,
                expires_at = CASE WHEN expires_at < $3 + $4 THEN expires_at ELSE $3 + $4 END
             WHERE account_id = $1 AND session_id = $2 AND state = 'scanned' AND expires_at > $3 RETURNING id",
            args![by.account_id, by.session_id, now, SCAN],
        )
        .await?;
    for (id,) in released {
        publish(state, tx, &id).await?;
    }
    Ok(())
}

/// Answers a scanned request: [`State::Approved`], [`State::Denied`] or [`State::Wrong`]. Returns false if it was
/// answered already, belongs to another session, or has expired.
pub(crate) async fn answer(
    state: &AppState,
    tx: &mut Tx,
    id: &QrRequestId,
    by: &By<'_>,
    answer: State,
) -> Result<bool, DbError> {
    let now = state.clock.now();
    let answered = tx
        .execute(
            "UPDATE qr_requests SET state = $4, answered_at = $5, expires_at = $6
             WHERE id = $1 AND account_id = $2 AND session_id = $3 AND state = 'scanned' AND expires_at > $5",
            args![id, by.account_id, by.session_id, answer.as_str(), now, now + COLLECT],
        )
        .await?
        == 1;
    if answered {
        publish(state, tx, id).await?;
    }
    Ok(answered)
}

/// Uses up an approved request: returns true for one caller only.
pub(crate) async fn collect(
    state: &AppState,
    tx: &mut Tx,
    browser: &Token,
) -> Result<bool, DbError> {
    let taken: Option<(QrRequestId,)> = tx
        .fetch_optional(
            "UPDATE qr_requests SET state = 'collected'
             WHERE browser_hash = $1 AND state = 'approved' AND expires_at > $2 RETURNING id",
            args![browser.hash(), state.clock.now()],
        )
        .await?;
    if let Some((id,)) = &taken {
        publish(state, tx, id).await?;
    }
    Ok(taken.is_some())
}

/// Deletes requests that ended.
pub(crate) async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    tx.execute("DELETE FROM qr_requests WHERE expires_at <= $1", args![now - HOUR]).await.map(drop)
}
