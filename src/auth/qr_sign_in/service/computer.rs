//! The computer's side: creating a request and collecting the session.

use crate::{
    auth::{
        complete_sign_in::{CompletedSignIn, complete_sign_in},
        qr_sign_in::{
            emails,
            requests::{self, Request, State},
        },
        sign_in_context::SignInContext,
    },
    clock::HOUR,
    domain::{
        accounts,
        client::Client,
        known_browser,
        rate_limit::{self, Key},
        session,
    },
    security::Token,
    state::AppState,
};

use super::{QrError, is_staff};

/// Codes that the computers of one network may request per hour.
const CODES_AN_HOUR: i64 = 30;
/// Creates a request for a computer, replacing its browser's previous one.
#[tracing::instrument(skip_all)]
pub(in crate::auth::qr_sign_in) async fn begin(
    state: &AppState,
    before: Option<&Token>,
    client: &Client,
) -> Result<(Token, Request), QrError> {
    let mut tx = state.db.begin().await?;
    if state.config.limits {
        let key = Key::new(&state.keys, "qr-codes", &[&client.network]);
        let now = state.clock.now();
        rate_limit::at_most(&mut tx, &key, HOUR, CODES_AN_HOUR, now)
            .await?
            .map_err(QrError::WaitNetwork)?;
    }
    let token = requests::begin(state, &mut tx, before, client).await?;
    let request = requests::find_begun(&mut tx, &token).await?.ok_or(QrError::Gone)?;
    tx.commit().await?;
    Ok((token, request))
}

/// Starts the session that the phone approved for the computer: a session of its own, which ends with the browser.
#[tracing::instrument(skip_all)]
pub(in crate::auth::qr_sign_in) async fn collect(
    state: &AppState,
    browser: &Token,
    sign_in: &SignInContext<'_>,
) -> Result<CompletedSignIn, QrError> {
    let now = state.clock.now();
    let request = requests::find_by_browser(&state.db, browser).await?;
    let request = request.filter(|r| r.state(now) == State::Approved).ok_or(QrError::Gone)?;
    let id = request.account_id.as_ref().ok_or(QrError::Gone)?;
    let known = known_browser::find(&state.db, id, &sign_in.devices).await?;
    let by_session = request.session_id.as_ref().ok_or(QrError::Gone)?;
    let mut tx = state.db.begin().await?;
    // The account first, as everywhere: locks are always taken in the same order.
    let account =
        accounts::get_unchanged(&mut tx, id, request.credential_version.unwrap_or(-1)).await?;
    if !requests::collect(state, &mut tx, browser).await? {
        return Err(QrError::Gone);
    }
    // If the user ended all sessions or got a role after approving, the approval no longer counts.
    let account = account.filter(|account| !is_staff(account));
    let (Some(account), true) = (account, session::lives(&mut tx, id, by_session, now).await?)
    else {
        // The request is used up all the same.
        tx.commit().await?;
        return Err(QrError::Overtaken);
    };
    let client = sign_in.client;
    let session = session::start(&mut tx, &state.random, now, &account.id, false, client).await?;
    let (known, email) = (known.as_ref(), Some(emails::qr_sign_in(state, &account, client)));
    let entered =
        complete_sign_in(state, &mut tx, &account, session, sign_in, known, email).await?;
    tx.commit().await?;
    Ok(entered)
}
