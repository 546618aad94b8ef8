//! Which conversation somebody may read: no address names one, so that there is nothing to guess (ASVS 8.2.2).

use super::{COOKIE, FLOW};
use crate::server::{
    Fault, accounts,
    conversations::{self, Conversation, State},
    db::DbError,
    flows::{self, Flow, Purpose},
    http::context::Cx,
    session,
};

/// The conversation of whoever asks: that of the browser's cookie, or of the account that is signed in. One that is
/// not closed comes first, then the one in which something was said last.
pub(super) async fn mine(cx: &mut Cx) -> Result<Option<Conversation>, Fault> {
    let account = cx.signed_in().await?.map(|signed_in| signed_in.account.id);
    Ok(find(cx, account.as_deref()).await?)
}

/// As [`mine`], for a stream that is open: who is signed in is read anew each time, and listening is no use of the
/// session.
pub(super) async fn still_mine(cx: &Cx) -> Result<Option<Conversation>, DbError> {
    let app = &cx.app;
    let session = match cx.token("session") {
        Some(token) => session::peek(&app.db, &token, app.clock.now()).await?,
        None => None,
    };
    let account = match session {
        Some(session) => accounts::get(&app.db, &session.account_id).await?,
        None => None,
    };
    let account = account.filter(accounts::Account::is_active).map(|account| account.id);
    find(cx, account.as_deref()).await
}

async fn find(cx: &Cx, account: Option<&str>) -> Result<Option<Conversation>, DbError> {
    let app = &cx.app;
    let by_cookie = match cx.token(COOKIE) {
        Some(token) => conversations::find_by_token(&app.db, &token).await?,
        None => None,
    };
    // Somebody else signed in, in the same browser: what another wrote signed in is not hers to read.
    let by_cookie = by_cookie.filter(|c| {
        account.is_none() || c.account_id.is_none() || c.account_id.as_deref() == account
    });
    let by_account = match account {
        Some(account) => conversations::open_of(&app.db, account, app.clock.now()).await?,
        None => None,
    };
    let found = by_cookie.into_iter().chain(by_account);
    Ok(found.max_by_key(|c| (c.state() != State::Closed, c.updated_at)))
}

/// The way to a confirmed address that this browser is on, for this conversation.
pub(super) async fn flow(cx: &Cx, conversation: &Conversation) -> Result<Option<Flow>, DbError> {
    let Some(token) = cx.token(FLOW) else { return Ok(None) };
    let flow = flows::find(&cx.app.db, &token, Purpose::SupportEmail).await?;
    let now = cx.app.clock.now();
    Ok(flow.filter(|flow| {
        flow.subject.as_deref() == Some(conversation.id.as_str()) && !flow.is_over(now)
    }))
}
