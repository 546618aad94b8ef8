//! Which conversation a browser may read: no address names one, so that there is nothing to guess (ASVS 8.2.2).

use super::{COOKIE_AGE, FLOW};
use crate::{
    db::DbError,
    domain::{
        ids::AccountId,
        verification::flows::{self, Flow, FlowKind},
    },
    error::InternalError,
    http::{context::RequestContext, cookies::CookieName},
    security::Token,
    support::conversation::{self, ByCookie, Conversation, State},
};

/// Returns the caller's conversation: that of the browser's cookie, or of the signed-in account. An open one takes
/// precedence, then the one with the latest activity.
pub(super) async fn mine(
    request: &mut RequestContext,
) -> Result<Option<Conversation>, InternalError> {
    let account = request.signed_in().await?.map(|signed_in| signed_in.account.id);
    find(request, account.as_ref()).await
}

/// Keeps a conversation in this browser.
pub(super) fn keep(request: &RequestContext, token: &Token) {
    request.set_cookie(CookieName::Chat, &token.expose_secret(), Some(COOKIE_AGE));
}

/// Returns whether this browser has a conversation that is shown only after signing in.
pub(super) async fn is_locked(request: &mut RequestContext) -> Result<bool, InternalError> {
    let account = request.signed_in().await?.map(|signed_in| signed_in.account.id);
    let by_cookie = conversation::by_cookie(
        &request.state.db,
        request.token(CookieName::Chat).as_ref(),
        account.as_ref(),
    )
    .await?;
    Ok(matches!(by_cookie, ByCookie::Locked))
}

/// Like [`mine`], for requests that an open page makes by itself: who is signed in is read each time, but does not
/// count as use of the session.
pub(super) async fn still_mine(
    request: &RequestContext,
) -> Result<Option<Conversation>, InternalError> {
    let account = request.still_signed_in().await?.map(|signed_in| signed_in.account.id);
    find(request, account.as_ref()).await
}

async fn find(
    request: &RequestContext,
    account: Option<&AccountId>,
) -> Result<Option<Conversation>, InternalError> {
    let state = &request.state;
    let by_cookie =
        conversation::by_cookie(&state.db, request.token(CookieName::Chat).as_ref(), account)
            .await?
            .open();
    let by_account = match account {
        Some(account) => conversation::open_of(&state.db, account, state.clock.now()).await?,
        None => None,
    };
    let found = by_cookie.into_iter().chain(by_account);
    Ok(found.max_by_key(|c| (c.state() != State::Closed, c.updated_at)))
}

/// Returns this browser's flow that confirms an address for this conversation.
pub(super) async fn flow(
    request: &RequestContext,
    conversation: &Conversation,
) -> Result<Option<Flow>, DbError> {
    let Some(token) = request.token(FLOW) else { return Ok(None) };
    let flow = flows::find(&request.state.db, &token, FlowKind::SupportEmail).await?;
    let now = request.state.clock.now();
    Ok(flow.filter(|flow| flow.subject.as_deref() == Some(&conversation.id) && !flow.is_over(now)))
}
