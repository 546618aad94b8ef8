//! What operators do with conversations. Each action is decided under a lock on the conversation: of two operators who
//! act at the same time one wins, and the other is notified.

use super::{OperatorError, canned, free_or_own, locked};
use crate::{
    domain::{
        ids::{AccountId, ConversationId},
        values::MessageText,
    },
    error::Problem,
    http::context::Staff,
    realtime::Change,
    state::AppState,
    support::{
        console::{ConsoleProblem, store},
        conversation::{self, Author, NewMessage, State, happened},
    },
};

/// Longest nonce that is accepted from a form; our own have 32 characters.
const NONCE_MAX: usize = 64;

/// Takes a conversation from the operator whom the page showed as its holder, or from nobody.
#[tracing::instrument(skip_all)]
pub(in crate::support::console) async fn take(
    state: &AppState,
    staff: &Staff,
    id: &ConversationId,
    from: Option<&AccountId>,
) -> Result<(), OperatorError> {
    let mut tx = state.db.begin().await?;
    let conversation = locked(&mut tx, id).await?;
    let holder = conversation.operator_id.as_ref();
    if holder == Some(&staff.account.id) {
        return Ok(());
    }
    if holder != from {
        return Err(OperatorError::TakenByOther);
    }
    let what = if holder.is_none() { happened::TAKEN } else { happened::HANDED_OVER };
    conversation::give_to(state, &mut tx, id, &staff.account.id).await?;
    conversation::system(state, &mut tx, id, what).await?;
    tx.commit().await?;
    Ok(())
}

/// Hands a conversation over to a colleague on duty.
#[tracing::instrument(skip_all)]
pub(in crate::support::console) async fn hand_over(
    state: &AppState,
    staff: &Staff,
    id: &ConversationId,
    to: &AccountId,
) -> Result<(), OperatorError> {
    let colleagues = store::colleagues(&state.db).await?;
    let to = colleagues
        .into_iter()
        .find(|colleague| {
            colleague.id == *to && colleague.on_duty && colleague.id != staff.account.id
        })
        .ok_or(OperatorError::NotOnDuty)?;
    let mut tx = state.db.begin().await?;
    free_or_own(&mut tx, id, &staff.account.id).await?;
    conversation::give_to(state, &mut tx, id, &to.id).await?;
    conversation::system(state, &mut tx, id, happened::HANDED_OVER).await?;
    tx.commit().await?;
    Ok(())
}

/// Closes a conversation.
#[tracing::instrument(skip_all)]
pub(in crate::support::console) async fn close(
    state: &AppState,
    staff: &Staff,
    id: &ConversationId,
    solved: bool,
) -> Result<(), OperatorError> {
    let mut tx = state.db.begin().await?;
    free_or_own(&mut tx, id, &staff.account.id).await?;
    let what = if solved { happened::SOLVED } else { happened::CLOSED };
    // Closing twice has no further effect.
    conversation::close(state, &mut tx, id, what).await?;
    tx.commit().await?;
    Ok(())
}

/// Reopens a closed conversation; it then belongs to the operator who reopened it.
#[tracing::instrument(skip_all)]
pub(in crate::support::console) async fn reopen(
    state: &AppState,
    staff: &Staff,
    id: &ConversationId,
) -> Result<(), OperatorError> {
    let mut tx = state.db.begin().await?;
    locked(&mut tx, id).await?;
    if conversation::reopen(state, &mut tx, id).await? {
        conversation::give_to(state, &mut tx, id, &staff.account.id).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Posts an answer, and takes the conversation if no operator has it.
#[tracing::instrument(skip_all)]
pub(in crate::support::console) async fn answer(
    state: &AppState,
    staff: &Staff,
    id: &ConversationId,
    text: &str,
    nonce: &str,
) -> Result<(), OperatorError> {
    let wrong = |problem: Problem| OperatorError::Field("message", problem);
    let text = MessageText::parse(text).map_err(|problem| wrong(problem.into()))?;
    if canned::placeholders(text.as_str()).any(canned::is_known) {
        return Err(wrong(ConsoleProblem::PlaceholderLeft.into()));
    }
    let me = &staff.account.id;
    let mut tx = state.db.begin().await?;
    let conversation = free_or_own(&mut tx, id, me).await?;
    if conversation.state() == State::Closed {
        return Err(OperatorError::Closed);
    }
    if conversation.operator_id.is_none() {
        conversation::give_to(state, &mut tx, id, me).await?;
    }
    let own: String;
    let nonce = if nonce.is_empty() || nonce.len() > NONCE_MAX {
        own = state.random.id(state.clock.now());
        &own
    } else {
        nonce
    };
    let message = NewMessage {
        conversation: id,
        author: Author::Operator,
        operator_id: Some(me),
        text: Some(&text),
        picture: None,
        nonce,
    };
    // `None`: it was already posted.
    if conversation::post(state, &mut tx, &message).await?.is_some() {
        tx.commit().await?;
    }
    Ok(())
}

/// Adds a note, visible to staff only.
#[tracing::instrument(skip_all)]
pub(in crate::support::console) async fn note(
    state: &AppState,
    staff: &Staff,
    id: &ConversationId,
    text: &str,
) -> Result<(), OperatorError> {
    let text =
        MessageText::parse(text).map_err(|problem| OperatorError::Field("note", problem.into()))?;
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    locked(&mut tx, id).await?;
    store::add_note(&mut tx, &state.random, now, id, &staff.account.id, text.as_str()).await?;
    state.realtime.publish(&mut tx, &conversation::topic(id), Change::Note).await?;
    tx.commit().await?;
    Ok(())
}

/// Sets whether an operator is on duty.
#[tracing::instrument(skip_all)]
pub(in crate::support::console) async fn set_duty(
    state: &AppState,
    staff: &Staff,
    on_duty: bool,
) -> Result<(), OperatorError> {
    let mut tx = state.db.begin().await?;
    store::set_duty(&mut tx, &staff.account.id, on_duty, state.clock.now()).await?;
    state.realtime.publish(&mut tx, conversation::QUEUE, Change::Duty).await?;
    tx.commit().await?;
    Ok(())
}
