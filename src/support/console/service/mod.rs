//! The rules of the console.

pub(super) mod actions;
pub(super) mod canned;
pub(super) mod facts;
pub(super) mod stats;

use crate::{
    clock::Duration,
    db::{DbError, Tx},
    domain::ids::{AccountId, ConversationId},
    error::{AppError, InternalError, Problem, RequestProblem},
    state::AppState,
    support::{
        console::ConsoleProblem,
        conversation::{self, Conversation, Side},
    },
};

/// Why an action was refused.
#[derive(Debug, thiserror::Error)]
pub(super) enum OperatorError {
    /// The conversation does not exist (any more).
    #[error("the conversation is gone")]
    Gone,
    /// Another operator has taken the conversation.
    #[error("another operator has it")]
    TakenByOther,
    #[error("the conversation is closed")]
    Closed,
    /// The colleague who should take over is not on duty.
    #[error("nobody of that name is on duty")]
    NotOnDuty,
    /// A field is invalid.
    #[error("a field is wrong")]
    Field(&'static str, Problem),
    /// The conversation is about no known account.
    #[error("about no account")]
    NoAccount,
    /// Too many requests; holds the wait.
    #[error("too often")]
    TooOften(Duration),
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl From<DbError> for OperatorError {
    fn from(error: DbError) -> Self {
        Self::Internal(error.into())
    }
}

impl From<OperatorError> for AppError {
    fn from(error: OperatorError) -> Self {
        match error {
            OperatorError::Gone => Self::new(ConsoleProblem::ConversationGone),
            OperatorError::TakenByOther => Self::new(ConsoleProblem::TakenByOther),
            OperatorError::Closed => Self::new(ConsoleProblem::ConversationClosed),
            OperatorError::NotOnDuty => Self::field("to", ConsoleProblem::NotOnDuty),
            OperatorError::Field(name, problem) => Self::field(name, problem),
            OperatorError::NoAccount => Self::new(ConsoleProblem::AboutNoAccount),
            OperatorError::TooOften(wait) => Self::new(RequestProblem::TooManyTries).wait(wait),
            OperatorError::Internal(fault) => fault.into(),
        }
    }
}

/// Marks a conversation as read by staff up to `seq`, unless it already is.
#[tracing::instrument(skip_all)]
pub(super) async fn read_until(
    state: &AppState,
    id: &ConversationId,
    before: i64,
    seq: i64,
) -> Result<(), DbError> {
    if seq <= before {
        return Ok(());
    }
    let mut tx = state.db.begin().await?;
    conversation::mark_read(state, &mut tx, id, Side::Operator, seq).await?;
    tx.commit().await
}

/// Returns the conversation, locked.
async fn locked(tx: &mut Tx, id: &ConversationId) -> Result<Conversation, OperatorError> {
    conversation::get_for_update(tx, id).await?.ok_or(OperatorError::Gone)
}

/// Returns the conversation, locked, unless another operator has taken it.
async fn free_or_own(
    tx: &mut Tx,
    id: &ConversationId,
    me: &AccountId,
) -> Result<Conversation, OperatorError> {
    let conversation = locked(tx, id).await?;
    if conversation.operator_id.as_ref().is_some_and(|holder| holder != me) {
        return Err(OperatorError::TakenByOther);
    }
    Ok(conversation)
}
