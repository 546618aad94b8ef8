//! Staff open a process, look at it, and decide.

use crate::{
    clock::{Duration, HOUR, Timestamp, days},
    db::DbError,
    domain::{
        accounts::{self, Account},
        audit::{self, EventKind},
        ids::{AccountId, AssistedId, ConversationId},
        rate_limit::{self, Key},
        values::{MessageProblem, MessageText},
    },
    error::{AppError, RequestProblem},
    recovery::assisted::process::{self, Assisted, AssistedProblem, OpenRequest, State},
    state::AppState,
    support::conversation::{self, Conversation, Message},
};

/// Longest remark, in code points: as much as can be returned with a refused form.
pub(in crate::recovery::assisted) const REMARK_MAX: usize = 800;
/// How long a process stays in the list after its end.
const LISTED: Duration = days(30);
/// Maximum number of processes in the list, and of messages shown beside a process.
const MOST: i64 = 50;
const MESSAGES: i64 = 200;

/// The posted form that opens a process.
pub(in crate::recovery::assisted) struct OpenForm<'a> {
    pub conversation: Option<ConversationId>,
    /// The account for which the form was shown: the conversation may be about another one by now.
    pub account: Option<AccountId>,
    pub checked: &'a [String],
    pub remark: &'a str,
}

/// Opens a process; returns its id.
#[tracing::instrument(skip_all)]
pub(in crate::recovery::assisted) async fn open(
    state: &AppState,
    staff: &Account,
    entry: &OpenForm<'_>,
) -> Result<AssistedId, AppError> {
    let not_found = || AppError::new(RequestProblem::NotFound);
    let id = entry.conversation.as_ref().ok_or_else(not_found)?;
    let conversation = conversation::get(&state.db, id).await?.ok_or_else(not_found)?;
    let account = conversation.subject().ok_or_else(|| AppError::new(AssistedProblem::Nobody))?;
    if Some(account) != entry.account.as_ref() {
        return Err(AppError::new(AssistedProblem::Moved));
    }
    // Only the configured checks count.
    let checked: Vec<&str> = state
        .config
        .support_checks
        .iter()
        .filter(|check| entry.checked.contains(check))
        .map(String::as_str)
        .collect();
    if checked.is_empty() {
        return Err(AppError::field("checked", AssistedProblem::Unchecked));
    }
    let remark = match MessageText::parse(entry.remark) {
        Ok(text) if text.as_str().chars().count() <= REMARK_MAX => text.as_str().to_owned(),
        Err(MessageProblem::Missing) => String::new(),
        Ok(_) | Err(MessageProblem::TooLong) => {
            return Err(AppError::field("remark", AssistedProblem::RemarkTooLong));
        }
    };
    let opening = OpenRequest {
        account_id: account,
        conversation_id: &conversation.id,
        checked: &checked.join("\n"),
        remark: &remark,
        staff,
    };
    Ok(process::open(state, &opening).await?)
}

/// Approves a process.
#[tracing::instrument(skip_all)]
pub(in crate::recovery::assisted) async fn approve(
    state: &AppState,
    id: &AssistedId,
    staff: &Account,
) -> Result<(), AppError> {
    Ok(process::approve(state, id, staff).await?)
}

/// Refuses a process.
#[tracing::instrument(skip_all)]
pub(in crate::recovery::assisted) async fn refuse(
    state: &AppState,
    id: &AssistedId,
    staff: &Account,
) -> Result<(), AppError> {
    if process::refuse(state, id, staff).await? {
        Ok(())
    } else {
        Err(AppError::new(AssistedProblem::Moved))
    }
}

/// What the form that opens a process needs.
pub(in crate::recovery::assisted) struct Opener {
    pub conversation: Conversation,
    /// The account that the conversation is about, and the process under way for it.
    pub account: Option<(AccountId, Option<Assisted>)>,
}

/// Loads what to show where a process can be opened for a conversation.
#[tracing::instrument(skip_all)]
pub(in crate::recovery::assisted) async fn opener(
    state: &AppState,
    conversation: &ConversationId,
) -> Result<Option<Opener>, DbError> {
    let Some(conversation) = conversation::get(&state.db, conversation).await? else {
        return Ok(None);
    };
    let account = match conversation.subject() {
        Some(id) => match accounts::get(&state.db, id).await? {
            Some(account) => {
                let process = process::alive_of(&state.db, id).await?;
                let now = state.clock.now();
                let process = process.filter(|p| p.state_of(&account, now).is_alive());
                Some((account.id, process))
            }
            None => None,
        },
        None => None,
    };
    Ok(Some(Opener { conversation, account }))
}

/// A process with what staff see of it.
pub(in crate::recovery::assisted) struct AssistedView {
    pub process: Assisted,
    pub state: State,
    pub account: Account,
    pub conversation: Option<Conversation>,
    pub opened_by: Option<Account>,
    pub decided_by: Option<Account>,
}

impl AssistedView {
    async fn of(state: &AppState, process: Assisted) -> Result<Option<Self>, DbError> {
        let db = &state.db;
        let Some(account) = accounts::get(db, &process.account_id).await? else { return Ok(None) };
        let conversation = match &process.conversation_id {
            Some(id) => conversation::get(db, id).await?,
            None => None,
        };
        let opened_by = accounts::get(db, &process.opened_by).await?;
        let decided_by = match &process.decided_by {
            Some(id) => accounts::get(db, id).await?,
            None => None,
        };
        Ok(Some(Self {
            state: process.state_of(&account, state.clock.now()),
            process,
            account,
            conversation,
            opened_by,
            decided_by,
        }))
    }
}

/// Lists the processes to decide, the others under way, and those that ended recently.
#[tracing::instrument(skip_all)]
pub(in crate::recovery::assisted) async fn list(
    state: &AppState,
) -> Result<Vec<AssistedView>, DbError> {
    let mut views = Vec::new();
    for process in process::list(&state.db, state.clock.now() - LISTED, MOST).await? {
        views.extend(AssistedView::of(state, process).await?);
    }
    Ok(views)
}

/// A process with everything that the decision is based on.
pub(in crate::recovery::assisted) struct Look {
    pub view: AssistedView,
    pub messages: Vec<Message>,
    /// When the account was last signed in to.
    pub signed_in: Option<Timestamp>,
    /// Whether the account was used in the last few days.
    pub used: bool,
}

/// Loads a process for a staff member. The look at the account is recorded, once an hour: the owner sees it in
/// Activity.
#[tracing::instrument(skip_all)]
pub(in crate::recovery::assisted) async fn look(
    state: &AppState,
    staff: &Account,
    id: &AssistedId,
) -> Result<Option<Look>, DbError> {
    let Some(process) = process::get(&state.db, id).await? else { return Ok(None) };
    let Some(view) = AssistedView::of(state, process).await? else { return Ok(None) };
    let now = state.clock.now();
    let messages = match &view.conversation {
        Some(conversation) => {
            let from = (conversation.last_seq - MESSAGES).max(0);
            conversation::messages_after(&state.db, &conversation.id, from, MESSAGES).await?
        }
        None => Vec::new(),
    };
    let account = &view.account.id;
    let mut tx = state.db.begin().await?;
    let once = Key::new(&state.keys, "assisted-looked", &[&staff.id, id]);
    if rate_limit::cooldown(&mut tx, &once, HOUR, now).await?.is_ok() {
        let (kind, actor) = (EventKind::OperatorLooked, Some(&staff.id));
        audit::record_staff(&mut tx, &state.random, now, kind, account, actor, None).await?;
    }
    let signed_in = audit::last_at(&mut tx, account, EventKind::SignedIn).await?;
    let used = process::used_lately(&mut tx, account, now).await?;
    tx.commit().await?;
    Ok(Some(Look { view, messages, signed_in, used }))
}
