//! Opening an assisted recovery.

use super::{By, State, TO_DECIDE, happened, needs_admin, release, rows, tell};
use crate::{
    args,
    clock::{DAY, Duration},
    db::DbError,
    domain::{
        accounts::{self, Account, Role},
        audit::EventKind,
        ids::{AccountId, AssistedId, ConversationId},
        rate_limit::{self, Key},
    },
    state::AppState,
};

/// How many one staff member may open in a day: limits emails to owners and decisions for colleagues.
const OPENED_A_DAY: i64 = 20;

/// What is to be opened, and by whom.
pub(crate) struct OpenRequest<'a> {
    /// The account to be recovered.
    pub account_id: &'a AccountId,
    /// The conversation in which the recovery was requested.
    pub conversation_id: &'a ConversationId,
    /// What was checked, one item a line.
    pub checked: &'a str,
    /// The staff member's remark.
    pub remark: &'a str,
    /// The staff member who opens it.
    pub staff: &'a Account,
}

/// Why it was not opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    /// The account does not exist (any more).
    #[error("there is no such account")]
    NoAccount,
    /// Operators and admins are never recovered this way (ASVS 6.4.6): otherwise staff could take over staff accounts.
    #[error("it is an account of the staff")]
    Staff,
    /// The account is disabled or frozen.
    #[error("the account is disabled")]
    Disabled,
    /// Another recovery of the account is under way.
    #[error("one is under way")]
    Alive,
    /// The owner stopped two recently.
    #[error("only an admin may open it")]
    AdminOnly,
    /// This staff member opened too many today.
    #[error("too many")]
    TooMany(Duration),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Opens an assisted recovery and returns its id.
///
/// # Errors
/// [`OpenError`].
pub(crate) async fn open(
    state: &AppState,
    opening: &OpenRequest<'_>,
) -> Result<AssistedId, OpenError> {
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    let account = accounts::get_for_update(&mut tx, opening.account_id).await?;
    let account = account.ok_or(OpenError::NoAccount)?;
    if account.role().is_staff() {
        return Err(OpenError::Staff);
    }
    if !account.is_active() {
        return Err(OpenError::Disabled);
    }
    release::settle(state, &mut tx, &account).await?;
    if rows::alive_in(&mut tx, &account.id).await?.is_some() {
        return Err(OpenError::Alive);
    }
    if opening.staff.role() != Role::Admin && needs_admin(&mut tx, &account.id, now).await? {
        return Err(OpenError::AdminOnly);
    }
    if state.config.limits {
        let key = Key::new(&state.keys, "assisted-opened", &[&opening.staff.id]);
        rate_limit::at_most(&mut tx, &key, DAY, OPENED_A_DAY, now)
            .await?
            .map_err(OpenError::TooMany)?;
    }
    let id: AssistedId = state.random.id(now);
    tx.execute(
        "INSERT INTO assisted_recoveries (id, account_id, conversation_id, credential_version, state, checked, remark, opened_by,
            opened_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            &id,
            &account.id,
            opening.conversation_id,
            account.credential_version,
            State::Opened.as_str(),
            opening.checked,
            opening.remark,
            &opening.staff.id,
            now,
            now + TO_DECIDE
        ],
    )
    .await?;
    let process = rows::get_in(&mut tx, &id).await?.ok_or(DbError::RowNotFound)?;
    let kind = EventKind::AssistedOpened;
    tell(state, &mut tx, &process, kind, happened::OPENED, By::Staff(opening.staff)).await?;
    tx.commit().await?;
    Ok(id)
}
