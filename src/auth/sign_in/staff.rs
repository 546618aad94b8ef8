//! How operators and admins sign in: after the password an emailed code, each time (SECURITY, A6.4). Nothing of it
//! shows before the password was right.

use super::form::SignInForm;
use crate::{
    auth::{
        complete_sign_in::{CompletedSignIn, complete_sign_in, email_due},
        sign_in_context::SignInContext,
    },
    db::DbError,
    domain::{
        accounts::{self, Account},
        client::Client,
        known_browser, session,
        values::SecretText,
        verification::{
            account_code::{self, AccountCodeRequest},
            codes::{self, CheckError, SendError},
            flows::{self, Flow, FlowKind, Step},
        },
    },
    security::Token,
    state::AppState,
};

/// Why a code did not sign the user in.
#[derive(Debug, thiserror::Error)]
pub(super) enum StaffError {
    #[error(transparent)]
    Check(#[from] CheckError),
    #[error(transparent)]
    Send(#[from] SendError),
    /// The account changed since the password was typed.
    #[error("the account changed meanwhile")]
    Overtaken,
}

impl From<DbError> for StaffError {
    fn from(error: DbError) -> Self {
        Self::Check(error.into())
    }
}

/// Sends the code after the right password; returns the token for the flow's cookie. A user who went back and entered
/// the password again continues the same flow, in which the email already sent is valid.
#[tracing::instrument(skip_all)]
pub(super) async fn begin(
    state: &AppState,
    account: &Account,
    entry: &SignInForm<'_>,
) -> Result<Token, SendError> {
    let (purpose, next) = (FlowKind::StaffSignIn, entry.next);
    if let Some(token) = &entry.flow
        && let Some(flow) = account_code::find(state, Some(token), purpose, account).await?
        && flow.step() == Step::Code
        && flow.next.as_deref() == next
    {
        codes::on_its_way(account_code::send(state, &flow, account, entry.browser.client).await)?;
        return Ok(token.clone());
    }
    let asking = AccountCodeRequest {
        purpose,
        account,
        next,
        locale: entry.locale,
        client: entry.browser.client,
        devices: &entry.browser.devices,
    };
    account_code::begin(state, &asking).await
}

/// Sends another code.
#[tracing::instrument(skip_all)]
pub(super) async fn send_again(
    state: &AppState,
    flow: &Flow,
    client: &Client,
) -> Result<(), StaffError> {
    let account = account_of(state, flow).await?;
    Ok(account_code::send(state, flow, &account, client).await?)
}

/// Checks the code, and starts a staff session. It ends with the browser, whatever "Stay signed in" said.
#[tracing::instrument(skip_all)]
pub(super) async fn finish(
    state: &AppState,
    flow: &Flow,
    code: &SecretText,
    sign_in: &SignInContext<'_>,
) -> Result<CompletedSignIn, StaffError> {
    let account = account_of(state, flow).await?;
    let known = known_browser::find(&state.db, &account.id, &sign_in.devices).await?;
    let email = email_due(state, &account, known.is_some(), sign_in.client);
    let (mut tx, right) = account_code::check(state, flow, &account, code, sign_in.client).await?;
    // The account as it is now: the check locked it.
    let account = right.account.filter(|account| is_meant(account, flow));
    let account = account.ok_or(StaffError::Overtaken)?;
    flows::consume(&mut tx, &flow.id).await?;
    let now = state.clock.now();
    let session =
        session::start_staff(&mut tx, &state.random, now, &account.id, sign_in.client).await?;
    let known = known.as_ref();
    let entered =
        complete_sign_in(state, &mut tx, &account, session, sign_in, known, email).await?;
    tx.commit().await?;
    Ok(entered)
}

/// Returns the account whose password was entered, unless it changed since.
async fn account_of(state: &AppState, flow: &Flow) -> Result<Account, StaffError> {
    let account = accounts::look_up(&state.db, flow.account_id.as_ref()).await?;
    account.filter(|account| is_meant(account, flow)).ok_or(StaffError::Overtaken)
}

fn is_meant(account: &Account, flow: &Flow) -> bool {
    account.is_active()
        && account.role().is_staff()
        && account.credential_version == flow.credential_version
}
