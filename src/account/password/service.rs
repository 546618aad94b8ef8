//! The rules of changing a password with the old one.

use crate::{
    clock::{Duration, HOUR, Timestamp},
    db::DbError,
    domain::{
        accounts::{self, Account},
        audit::EventKind,
        client::Client,
        known_browser::{self, DeviceTokens},
        passwords::{self, EnteredPasswordProblem, NewPassword, SetError, VerifyError},
        rate_limit::{self, Key},
        session::{self, Opened},
        values::{PasswordProblem, SecretText},
    },
    error::{FieldErrors, InternalError},
    http::context::SignedIn,
    state::AppState,
};

/// What was posted, with the request's context.
pub(super) struct Change<'a> {
    pub signed_in: &'a SignedIn,
    pub old: &'a SecretText,
    pub new: &'a SecretText,
    pub again: &'a SecretText,
    pub client: &'a Client,
    pub devices: DeviceTokens,
}

/// Why the password was not changed.
#[derive(Debug, thiserror::Error)]
pub(super) enum ChangeError {
    #[error("fields are wrong")]
    Fields(FieldErrors),
    #[error("too many failures")]
    Wait(Duration),
    /// The password was changed elsewhere, or the account disabled, in the meantime.
    #[error("the account changed meanwhile")]
    Overtaken,
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl From<VerifyError> for ChangeError {
    fn from(error: VerifyError) -> Self {
        let field = |problem| Self::Fields(vec![("old_password", problem)]);
        match error {
            VerifyError::Missing => field(PasswordProblem::Missing.into()),
            VerifyError::Wrong => field(EnteredPasswordProblem::OldWrong.into()),
            VerifyError::Wait(wait) => Self::Wait(wait),
            VerifyError::Disabled => field(EnteredPasswordProblem::UseCode.into()),
            VerifyError::Internal(fault) => Self::Internal(fault),
        }
    }
}

impl From<DbError> for ChangeError {
    fn from(error: DbError) -> Self {
        Self::Internal(error.into())
    }
}

/// Changes the password; returns the session that continues. All others end.
#[tracing::instrument(skip_all)]
pub(super) async fn change(state: &AppState, change: &Change<'_>) -> Result<Opened, ChangeError> {
    let SignedIn { session, account, .. } = change.signed_in;
    let new = passwords::choose_twice(state, change.new, change.again, account);
    let now = state.clock.now();
    let is_right = verify_old(state, change, now).await;
    // All errors are reported at once: for the old password and the new ones.
    let new = match (is_right, new) {
        (Ok(()), Ok(new)) => new,
        (Ok(()), Err(wrong)) => {
            passwords::not_counted(state, account).await?;
            return Err(ChangeError::Fields(wrong));
        }
        (Err(ChangeError::Fields(mut wrong)), new) => {
            wrong.extend(new.err().into_iter().flatten());
            return Err(ChangeError::Fields(wrong));
        }
        (Err(error), _) => return Err(error),
    };
    let known = known_browser::find(&state.db, &account.id, &change.devices).await?;
    let hash = state
        .hasher
        .hash(new.as_secret(), &change.client.network)
        .await
        .map_err(InternalError::Hash)?;
    let mut tx = state.db.begin().await?;
    let current = accounts::get_unchanged(&mut tx, &account.id, account.credential_version).await?;
    let current = current.ok_or(ChangeError::Overtaken)?;
    passwords::forgive_own(state, &mut tx, &account.id).await?;
    passwords::set(
        state,
        &mut tx,
        &current,
        &hash,
        EventKind::PasswordChanged,
        None,
        change.client,
    )
    .await?;
    let token = session::start_again(&mut tx, &state.random, now, session, change.client).await?;
    let known = known.as_ref();
    let devices = &change.devices;
    let devices =
        known_browser::remember(&mut tx, &state.random, now, &account.id, devices, known).await?;
    tx.commit().await?;
    Ok(Opened { session: token, devices })
}

/// Checks the old password, whether or not the new ones are valid: a try is counted before it is judged.
async fn verify_old(
    state: &AppState,
    change: &Change<'_>,
    now: Timestamp,
) -> Result<(), ChangeError> {
    let account = &change.signed_in.account;
    if !change.old.expose_secret().is_empty() {
        may_change(state, account, now).await?;
    }
    let refused = EventKind::PasswordChangeRefused;
    Ok(passwords::verify_own(state, account, change.old, refused, change.client).await?)
}

/// Tries per account and hour: each costs two hashes and an event, and usually an email. A user who enters the right
/// password now and then has no other limit, because that resets the count of failures.
const AN_HOUR: i64 = 20;

async fn may_change(
    state: &AppState,
    account: &Account,
    now: Timestamp,
) -> Result<(), ChangeError> {
    if !state.config.limits {
        return Ok(());
    }
    let key = Key::new(&state.keys, "password-changes", &[&account.id]);
    let mut tx = state.db.begin().await?;
    let passed = rate_limit::at_most(&mut tx, &key, HOUR, AN_HOUR, now).await?;
    tx.commit().await?;
    passed.map_err(ChangeError::Wait)
}

/// Sets a new password at the end of a flow, signed in; returns the session that continues. All others end.
#[tracing::instrument(skip_all)]
pub(super) async fn set_by_code(
    state: &AppState,
    entry: &NewPassword<'_>,
    signed_in: &SignedIn,
) -> Result<Opened, SetError> {
    let (mut tx, _, devices) = passwords::set_in_flow(state, entry).await?;
    let (now, ended) = (state.clock.now(), &signed_in.session);
    let session = session::start_again(&mut tx, &state.random, now, ended, entry.client).await?;
    tx.commit().await?;
    Ok(Opened { session, devices })
}
