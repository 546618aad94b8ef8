//! What every way to set a new password shares: how it is judged, and what happens when it is set.

use strum::{AsRefStr, VariantArray};

use crate::{
    clock::Duration,
    db::{DbError, Tx},
    domain::{
        account_emails::{self, AfterPassword},
        accounts::{self, Account, RECLAIM_WINDOW},
        audit::{self, EventKind},
        backup_codes,
        client::Client,
        email_limits,
        email_link::{self, LinkPurpose},
        ids::{AccountId, FlowId},
        known_browser::{self, DeviceTokens},
        rate_limit::{self, Attempt, Key},
        session,
        values::{Password, PasswordContext, PasswordProblem, SecretText, identifier_key},
        verification::{
            codes,
            flows::{self, Flow},
        },
    },
    error::{AppError, FieldErrors, FormError, InternalError},
    i18n::{Locale, errors as t},
    state::AppState,
};

/// Why a password that was typed is refused, beside what is wrong with a new one by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum EnteredPasswordProblem {
    /// The two new passwords differ.
    #[strum(serialize = "passwords_differ")]
    Differ,
    /// It is not the account's, where a new one is entered beside it.
    #[strum(serialize = "old_password_wrong")]
    OldWrong,
    /// It is not the account's.
    #[strum(serialize = "password_wrong")]
    Wrong,
    /// After too many failures the password is not accepted here.
    #[strum(serialize = "password_use_code")]
    UseCode,
}

impl FormError for EnteredPasswordProblem {
    fn text(&self, locale: Locale, _: &AppError) -> String {
        let text = match self {
            Self::Differ => t::passwords_differ(locale),
            Self::OldWrong => t::old_password_wrong(locale),
            Self::Wrong => t::password_wrong(locale),
            Self::UseCode => t::password_use_code(locale),
        };
        text.to_owned()
    }
}

/// Judges a password that the owner of `login` and `email` is choosing.
///
/// # Errors
/// What is wrong with it.
pub fn choose(
    state: &AppState,
    typed: &SecretText,
    login: &str,
    email: &str,
) -> Result<Password, PasswordProblem> {
    let user = email.rsplit_once('@').map_or(email, |(user, _)| user);
    let words = [login, user, state.config.shop_name.as_str()];
    Password::choose(
        typed.expose_secret(),
        &PasswordContext { min: state.config.password_min, words: &words },
    )
}

/// Judges the two fields of a new password.
///
/// # Errors
/// The fields and what is wrong with them.
pub fn choose_twice(
    state: &AppState,
    typed: &SecretText,
    again: &SecretText,
    account: &Account,
) -> Result<Password, FieldErrors> {
    let chosen = choose(state, typed, &account.login, &account.email);
    // Compared as both are hashed: one keyboard writes `é` as one character, another as two.
    let [first, second] = [typed, again].map(|typed| Password::entered(typed.expose_secret()));
    let is_same = match (first, second) {
        (Some(first), Some(second)) => first.expose_secret() == second.expose_secret(),
        // Longer than any that is accepted: the first field reports that.
        (first, second) => first.is_none() && second.is_none(),
    };
    match chosen {
        Ok(password) if is_same => Ok(password),
        chosen => {
            let chosen = chosen.err().map(|problem| ("new_password", problem.into()));
            let again =
                (!is_same).then(|| ("new_password_again", EnteredPasswordProblem::Differ.into()));
            Err(chosen.into_iter().chain(again).collect())
        }
    }
}

/// Refunds the attempt that [`verify_own`] counted for a right password, where the action did not happen: it is no
/// failure, and clears none.
pub async fn not_counted(state: &AppState, account: &Account) -> Result<(), DbError> {
    if !state.config.limits {
        return Ok(());
    }
    let mut tx = state.db.begin().await?;
    rate_limit::refund_attempt(&mut tx, &own_key(state, &account.id)).await?;
    tx.commit().await
}

/// Returns the key of the streak of failures that disables the password for browsers the account does not know.
#[must_use]
pub fn elsewhere_key(state: &AppState, account: &AccountId) -> Key {
    Key::new(&state.keys, "refused-elsewhere", &[account])
}

/// Returns the key of the streak of failures under a name that was typed.
#[must_use]
pub fn typed_key(state: &AppState, typed: &str) -> Key {
    Key::new(&state.keys, "refused", &[&identifier_key(typed)])
}

/// Wrong passwords in a row, typed by the signed-in user, after which the password is no longer accepted.
const DISABLED_AFTER: i64 = 100;

/// Why a signed-in user did not prove knowledge of the account's password.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// Nothing was typed.
    #[error("nothing was typed")]
    Missing,
    /// It is not the account's password.
    #[error("wrong password")]
    Wrong,
    /// Too many failures in a row: the user has to wait.
    #[error("too many failures")]
    Wait(Duration),
    /// A hundred failures in a row: only an emailed code is accepted now (NIST SP 800-63B-4 §3.2.2).
    #[error("the password is not taken any more")]
    Disabled,
    /// The database or the hashing pool failed.
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl From<DbError> for VerifyError {
    fn from(error: DbError) -> Self {
        Self::Internal(error.into())
    }
}

/// Returns the key of the streak of wrong passwords typed by the signed-in user.
#[must_use]
pub fn own_key(state: &AppState, account: &AccountId) -> Key {
    Key::new(&state.keys, "old-password", &[account])
}

/// Clears the wrong passwords that the signed-in user typed before the right one.
pub async fn forgive_own(
    state: &AppState,
    tx: &mut Tx,
    account: &AccountId,
) -> Result<(), DbError> {
    rate_limit::clear(tx, &own_key(state, account)).await
}

/// Clears the wrong passwords of an account: those that disable it for unknown browsers, and those of the signed-in
/// user. Not the waits under its names: strangers see them whether the name is known or not, and one that ended at a
/// recovery would reveal that the name has an owner. The browser in which a user recovers is known from then on, and is
/// not held up by strangers; elsewhere nobody waits longer than 15 minutes.
pub async fn forgive(state: &AppState, tx: &mut Tx, account: &AccountId) -> Result<(), DbError> {
    rate_limit::clear(tx, &elsewhere_key(state, account)).await?;
    forgive_own(state, tx, account).await
}

/// Compares what the signed-in user typed with the account's password. A stolen session must not allow guessing it
/// without limit: failures count, and are recorded as `refused`. On success the caller must clear [`own_key`] in its
/// own transaction.
///
/// # Errors
/// [`VerifyError`].
pub async fn verify_own(
    state: &AppState,
    account: &Account,
    typed: &SecretText,
    refused: EventKind,
    client: &Client,
) -> Result<(), VerifyError> {
    if typed.expose_secret().is_empty() {
        return Err(VerifyError::Missing);
    }
    if state.config.limits {
        let mut tx = state.db.begin().await?;
        let now = state.clock.now();
        let streak = own_key(state, &account.id);
        let turn = rate_limit::record_attempt(&mut tx, &streak, now).await?;
        let disabled = matches!(turn, Attempt::Go(failures) if failures > DISABLED_AFTER);
        if disabled {
            // Not judged: it does not lengthen the streak.
            rate_limit::refund_attempt(&mut tx, &streak).await?;
        }
        tx.commit().await?;
        if disabled {
            return Err(VerifyError::Disabled);
        }
        if let Attempt::Wait(wait) = turn {
            return Err(VerifyError::Wait(wait));
        }
    }
    let matches = match Password::entered(typed.expose_secret()) {
        Some(password) => {
            let stored = Some(account.password_hash.as_str());
            let verdict = state.hasher.verify(password.as_secret(), stored, &client.network).await;
            verdict.map_err(InternalError::Hash)?.matches
        }
        None => false,
    };
    if matches {
        return Ok(());
    }
    let mut tx = state.db.begin().await?;
    let now = state.clock.now();
    audit::record(&mut tx, &state.random, now, refused, Some(&account.id), client).await?;
    tx.commit().await?;
    Err(VerifyError::Wrong)
}

/// Why a new password was not set in a flow.
#[derive(Debug, thiserror::Error)]
pub enum SetError {
    /// What is wrong with which field.
    #[error("fields are wrong")]
    Fields(FieldErrors),
    /// The account changed since the flow began.
    #[error("the account changed meanwhile")]
    Overtaken,
    /// The database or the hashing pool failed.
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl From<DbError> for SetError {
    fn from(error: DbError) -> Self {
        Self::Internal(error.into())
    }
}

/// A new password at the end of a flow, as posted.
pub struct NewPassword<'a> {
    /// The flow, whose code was right.
    pub flow: &'a Flow,
    /// The first field.
    pub typed: &'a SecretText,
    /// The second.
    pub again: &'a SecretText,
    /// Where it comes from.
    pub client: &'a Client,
    /// The device tokens of the browser.
    pub devices: DeviceTokens,
    /// The event to record.
    pub event: EventKind,
}

/// Returns the account of a flow whose code was right, unless it changed since.
///
/// # Errors
/// [`SetError::Overtaken`].
pub async fn account_of(state: &AppState, flow: &Flow) -> Result<Account, SetError> {
    let account = accounts::look_up(&state.db, flow.account_id.as_ref()).await?;
    account
        .filter(|account| {
            account.is_active() && account.credential_version == flow.credential_version
        })
        .ok_or(SetError::Overtaken)
}

/// Sets a new password at the end of a flow. Returns the transaction in which that happened, the account and the new
/// device tokens of the browser; what follows belongs in the transaction.
///
/// # Errors
/// [`SetError`].
pub async fn set_in_flow(
    state: &AppState,
    entry: &NewPassword<'_>,
) -> Result<(Tx, Account, DeviceTokens), SetError> {
    let account = account_of(state, entry.flow).await?;
    let known = known_browser::find(&state.db, &account.id, &entry.devices).await?;
    let password =
        choose_twice(state, entry.typed, entry.again, &account).map_err(SetError::Fields)?;
    let hash = state
        .hasher
        .hash(password.as_secret(), &entry.client.network)
        .await
        .map_err(InternalError::Hash)?;
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    // Read again, now that no other request can change it: hashing took a while.
    let account =
        accounts::get_unchanged(&mut tx, &account.id, entry.flow.credential_version).await?;
    let account = account.ok_or(SetError::Overtaken)?;
    if !flows::complete(&mut tx, &entry.flow.id).await? {
        return Err(SetError::Overtaken);
    }
    set(state, &mut tx, &account, &hash, entry.event, Some(&entry.flow.id), entry.client).await?;
    let (devices, known) = (&entry.devices, known.as_ref());
    let devices =
        known_browser::remember(&mut tx, &state.random, now, &account.id, devices, known).await?;
    Ok((tx, account, devices))
}

/// Sets a new password and all that belongs to it: the credential version, the end of every session, flow and code, the
/// end of waits, the event, the email. `flow` is the flow in which it happens, if any. With
/// [`EventKind::PasswordRecovered`] the owner is back, and whatever an attacker may have set up is ended, too.
pub async fn set(
    state: &AppState,
    tx: &mut Tx,
    account: &Account,
    hash: &str,
    event: EventKind,
    flow: Option<&FlowId>,
    client: &Client,
) -> Result<(), DbError> {
    let now = state.clock.now();
    accounts::set_password(tx, &account.id, hash, now).await?;
    session::end_all(tx, &account.id).await?;
    known_browser::forget_all(tx, &account.id).await?;
    codes::end_all(tx, &account.id).await?;
    flows::end_others(tx, &account.id, flow).await?;
    forgive(state, tx, &account.id).await?;
    audit::record(tx, &state.random, now, event, Some(&account.id), client).await?;
    let recovered = event == EventKind::PasswordRecovered;
    let backup_codes = if recovered {
        end_what_was_set_up(state, tx, account, client).await?
    } else {
        backup_codes::left_in(tx, &account.id).await?
    };
    let link = email_link::make(
        tx,
        &state.random,
        LinkPurpose::Reclaim,
        &account.id,
        &account.email,
        now,
        now + RECLAIM_WINDOW,
    )
    .await?;
    let deletion_stopped = recovered && account.delete_at.is_some();
    let after = AfterPassword { recovered, backup_codes, deletion_stopped, link: &link };
    let message = account_emails::password_changed(state, account, &after, client);
    state.outbox.enqueue(tx, message, true, now, None).await
}

/// Ends what an attacker in the account may have set up to come back or to do harm, beside what every new password
/// ends: backup codes, a deletion. (Emails to another address about support's answers are ended by the recovery
/// itself.) The rest needs no action: a change of address was reported and can be undone; an assisted recovery and a
/// request by QR code belong to an older credential version. Returns the backup codes that there were.
async fn end_what_was_set_up(
    state: &AppState,
    tx: &mut Tx,
    account: &Account,
    client: &Client,
) -> Result<backup_codes::CodesLeft, DbError> {
    if account.delete_at.is_some() {
        accounts::set_deletion(tx, &account.id, None).await?;
        let (now, kind) = (state.clock.now(), EventKind::DeletionStopped);
        audit::record(tx, &state.random, now, kind, Some(&account.id), client).await?;
    }
    email_limits::forgive(state, tx, &account.email).await?;
    backup_codes::void(state, tx, &account.id, client).await
}
