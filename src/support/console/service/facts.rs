//! What an operator may know of the account that a conversation is about. Each look is recorded, and the account's
//! owner sees it in Activity.

use super::{OperatorError, locked};
use crate::{
    clock::{Duration, HOUR, Timestamp, days},
    domain::{
        accounts::{self, Account},
        audit::{self, Event, EventKind},
        ids::{AccountId, ConversationId},
        mask,
        rate_limit::{self, Key},
        values::{UsernameProblem, identifier_key, limits::EMAIL_MAX, tidy},
    },
    error::InternalError,
    http::context::Staff,
    realtime::Change,
    state::AppState,
    support::conversation::{self, Conversation},
};

/// Accounts that one operator may assign to conversations per hour.
const CLAIMS_AN_HOUR: i64 = 30;
/// How far back recovery attempts are shown, and how many steps of them.
const TRIED_SINCE: Duration = days(30);
const TRIED_MOST: i64 = 12;

/// The events that belong to recovery attempts.
const TRIED: [EventKind; 13] = [
    EventKind::RecoveryAsked,
    EventKind::CodeSent,
    EventKind::CodeWrong,
    EventKind::CodeRight,
    EventKind::PasswordRecovered,
    EventKind::SavedCodeUsed,
    EventKind::SavedCodeWrong,
    EventKind::EmailTakenBack,
    EventKind::AssistedOpened,
    EventKind::AssistedRefused,
    EventKind::AssistedStopped,
    EventKind::AssistedDone,
    EventKind::AssistedEnded,
];

/// Everything that operators may know of an account.
#[derive(Clone)]
pub(in crate::support::console) struct Facts {
    pub login: String,
    /// Masked, see [`mask::address`].
    pub email: String,
    pub registered: Timestamp,
    /// When and from which network the account was last signed in to.
    pub last: Option<(Timestamp, String)>,
    /// Steps of recovery attempts, newest first.
    pub tried: Vec<Event>,
}

fn look_key(
    state: &AppState,
    staff: &Staff,
    conversation: &ConversationId,
    account: &AccountId,
) -> Key {
    Key::new(&state.keys, "operator-look", &[&staff.account.id, conversation, account])
}

/// Looks at the account. The look is recorded once an hour for each operator and conversation, and the facts stay
/// visible for that hour.
#[tracing::instrument(skip_all)]
pub(in crate::support::console) async fn look(
    state: &AppState,
    staff: &Staff,
    id: &ConversationId,
) -> Result<(), OperatorError> {
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    let conversation = locked(&mut tx, id).await?;
    let account = conversation.subject().ok_or(OperatorError::NoAccount)?;
    let key = look_key(state, staff, id, account);
    if rate_limit::cooldown(&mut tx, &key, HOUR, now).await?.is_ok() {
        let (kind, me) = (EventKind::OperatorLooked, Some(&staff.account.id));
        audit::record_staff(&mut tx, &state.random, now, kind, account, me, None).await?;
    }
    // Also shows the facts in another open window of the same operator.
    state.realtime.publish(&mut tx, &conversation::topic(id), Change::Looked).await?;
    tx.commit().await?;
    Ok(())
}

/// Returns the facts, if this operator looked within the hour.
#[tracing::instrument(skip_all)]
pub(in crate::support::console) async fn shown(
    state: &AppState,
    staff: &Staff,
    conversation: &Conversation,
) -> Result<Option<Facts>, InternalError> {
    let Some(account) = conversation.subject() else { return Ok(None) };
    let key = look_key(state, staff, &conversation.id, account);
    if rate_limit::current(&state.db, &key, HOUR, state.clock.now()).await?.count == 0 {
        return Ok(None);
    }
    let Some(account) = accounts::get(&state.db, account).await? else { return Ok(None) };
    Ok(Some(facts(state, &account).await?))
}

async fn facts(state: &AppState, account: &Account) -> Result<Facts, InternalError> {
    let (db, id) = (&state.db, &account.id);
    let last = audit::list(db, id, &[EventKind::SignedIn], None, 1).await?;
    let since = state.clock.now() - TRIED_SINCE;
    let mut tried = audit::list(db, id, &TRIED, None, TRIED_MOST).await?;
    tried.retain(|event| event.at >= since);
    Ok(Facts {
        login: account.login.clone(),
        email: mask::address(&account.email),
        registered: account.created_at,
        last: last.into_iter().next().map(|event| (event.at, event.network)),
        tried,
    })
}

/// Sets which account a conversation is about; returns whether an account with that name exists.
#[tracing::instrument(skip_all)]
pub(in crate::support::console) async fn claim(
    state: &AppState,
    staff: &Staff,
    id: &ConversationId,
    typed: &str,
) -> Result<bool, OperatorError> {
    let typed = tidy(typed);
    let typed = typed.as_str();
    if typed.is_empty() {
        return Err(OperatorError::Field("claimed", UsernameProblem::Missing.into()));
    }
    if typed.chars().count() > EMAIL_MAX || typed.chars().any(char::is_control) {
        return Err(OperatorError::Field("claimed", UsernameProblem::TooLong.into()));
    }
    let (now, me) = (state.clock.now(), &staff.account.id);
    if state.config.limits {
        // Counted even if no account is found.
        let mut tx = state.db.begin().await?;
        let key = Key::new(&state.keys, "operator-claims", &[me]);
        let passed = rate_limit::at_most(&mut tx, &key, HOUR, CLAIMS_AN_HOUR, now).await?;
        tx.commit().await?;
        passed.map_err(OperatorError::TooOften)?;
    }
    let account = accounts::find(&state.db, &identifier_key(typed)).await?;
    let mut tx = state.db.begin().await?;
    locked(&mut tx, id).await?;
    let found = account.as_ref().map(|account| &account.id);
    conversation::set_claim(state, &mut tx, id, typed, found, me).await?;
    audit::record_search(&mut tx, &state.random, now, found, me).await?;
    tx.commit().await?;
    Ok(found.is_some())
}
