//! The rules of signing in.

use super::{form::SignInForm, staff};
use crate::{
    auth::complete_sign_in::{CompletedSignIn, complete_sign_in, email_due},
    clock::{DAY, Duration, HOUR},
    db::{DbError, Tx},
    domain::{
        account_emails,
        accounts::{self, Account},
        audit::{self, EventKind},
        client::Client,
        ids::AccountId,
        known_browser::Known,
        passwords::{elsewhere_key, typed_key},
        rate_limit::{self, Key},
        session,
        values::{Password, PasswordProblem, UsernameProblem, identifier_key},
        verification::codes::SendError,
    },
    error::{FieldErrors, InternalError},
    mailer::EmailMessage,
    security::Token,
    state::AppState,
};

/// Failures in a row from unknown browsers after which the password is not accepted from them any more.
const DISABLED_AFTER: i64 = 100;
/// Failures per hour from one network after which its tries from unknown browsers wait, too: one password tried on many
/// accounts (OWASP credential stuffing). Each writes three rows, and one client may write a hundred rows a minute.
const NETWORK_FAILURES: i64 = 26;

/// Sign-ins per hour to one account from one network: more than any user needs, and each is a session, an event and
/// usually an email.
const SIGN_INS: i64 = 20;

/// What the right password leads to.
pub(super) enum Outcome {
    /// The user is signed in.
    Entered(CompletedSignIn),
    /// The user is a staff member, who must also enter an emailed code. Holds the token of the flow.
    CodeDue(Token),
}

/// Why the sign-in failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum SignInError {
    #[error("fields are missing")]
    Fields(FieldErrors),
    /// Wrong password, unknown name, disabled account, disabled password: all look the same.
    #[error("refused")]
    Refused { failures: i64 },
    #[error("too many failures")]
    Wait { wait: Duration, failures: i64 },
    #[error("too many failures from this network")]
    WaitNetwork(Duration),
    /// The password of a staff member was right, but no code could be sent.
    #[error(transparent)]
    Send(#[from] SendError),
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl From<DbError> for SignInError {
    fn from(error: DbError) -> Self {
        Self::Internal(error.into())
    }
}

/// Signs in. Known or not, active or not: the same work and the same answer (ASVS 6.3.8).
#[tracing::instrument(skip_all)]
pub(super) async fn sign_in(
    state: &AppState,
    entry: &SignInForm<'_>,
) -> Result<Outcome, SignInError> {
    let mut missing = Vec::new();
    if entry.login.trim().is_empty() {
        missing.push(("login", UsernameProblem::Missing.into()));
    }
    if entry.password.expose_secret().is_empty() {
        missing.push(("password", PasswordProblem::Missing.into()));
    }
    if !missing.is_empty() {
        return Err(SignInError::Fields(missing));
    }
    let key = identifier_key(entry.login);
    let (account, known) =
        accounts::find_with_device(&state.db, &key, &entry.browser.devices).await?;
    let account_id = account.as_ref().map(|account| account.id.clone());
    let streak = match &known {
        Some(known) => Key::new(&state.keys, "refused-device", &[&known.id]),
        None => typed_key(state, entry.login),
    };
    let failures = record_attempt(state, entry, &streak, known.is_some()).await?;
    // The first failures under a name are judged whatever happens under the account's other name: users try both one
    // after the other.
    let few = failures < rate_limit::WAITS_FROM;

    let (matches, outdated) = verify(state, entry, account.as_ref(), &streak).await?;
    // For an unknown name the same is counted, but under a key that is deleted eventually.
    let elsewhere = match &account {
        Some(account) => elsewhere_key(state, &account.id),
        None => Key::new(&state.keys, "refused-nobody", &[&key]),
    };
    let attempt =
        Attempt { entry, streak: &streak, elsewhere: &elsewhere, known: known.as_ref(), failures };
    let mut tx = state.db.begin().await?;
    let disabled = state.config.limits && known.is_none() && {
        let row = rate_limit::streak(&mut tx, &elsewhere).await?;
        // Under another of its names the account has to wait. Nothing may show that the names belong together: the
        // answer looks like a failure, but is none.
        let waits = row.until > state.clock.now() && !few;
        row.count >= DISABLED_AFTER || waits
    };
    match account.filter(|_| matches) {
        Some(account) if account.is_active() && !disabled => {
            open(state, tx, &account, &attempt, outdated).await
        }
        refused => {
            let owner = refused.filter(|account| !account.is_active());
            refuse(state, tx, &attempt, account_id.as_ref(), owner).await?;
            Err(SignInError::Refused { failures })
        }
    }
}

/// Returns whether the password is that of the account, and the password if its hash is outdated.
async fn verify(
    state: &AppState,
    entry: &SignInForm<'_>,
    account: Option<&Account>,
    streak: &Key,
) -> Result<(bool, Option<Password>), SignInError> {
    let Some(password) = Password::entered(entry.password.expose_secret()) else {
        // Longer than any accepted password: as wrong as any other.
        return Ok((false, None));
    };
    let stored = account.map(|account| account.password_hash.as_str());
    match state.hasher.verify(password.as_secret(), stored, &entry.browser.client.network).await {
        Ok(found) => Ok((found.matches, found.outdated.then_some(password))),
        Err(error) => {
            // Not judged, so not a failure.
            refund_attempt(state, streak).await?;
            Err(InternalError::Hash(error).into())
        }
    }
}

/// Counts this try as a failure until it turns out to be none; returns its number in the streak. This write is relaxed:
/// the try's outcome is committed durably, and this with it.
async fn record_attempt(
    state: &AppState,
    entry: &SignInForm<'_>,
    streak: &Key,
    known: bool,
) -> Result<i64, SignInError> {
    let now = state.clock.now();
    if !state.config.limits {
        return Ok(rate_limit::count(&mut state.db.relaxed(), streak, DAY, now).await?.count);
    }
    if !known {
        let network =
            rate_limit::current(&state.db, &network_key(state, entry.browser.client), HOUR, now)
                .await?;
        if network.count >= NETWORK_FAILURES {
            let waiting =
                Key::new(&state.keys, "refused-network-turn", &[&entry.browser.client.network]);
            let gap = rate_limit::wait_after(rate_limit::WAITS_FROM);
            rate_limit::cooldown(&mut state.db.relaxed(), &waiting, gap, now)
                .await?
                .map_err(SignInError::WaitNetwork)?;
        }
    }
    match rate_limit::record_attempt(&mut state.db.relaxed(), streak, now).await? {
        rate_limit::Attempt::Go(failures) => Ok(failures),
        rate_limit::Attempt::Wait(wait) => {
            let mut tx = state.db.begin_relaxed().await?;
            let kind = EventKind::SignInRefused;
            audit::record_wait(&mut tx, now, kind, streak, now + wait, entry.browser.client)
                .await?;
            tx.commit().await?;
            Err(SignInError::Wait { wait, failures: rate_limit::WAITS_FROM })
        }
    }
}

async fn refund_attempt(state: &AppState, streak: &Key) -> Result<(), DbError> {
    let mut tx = state.db.begin_relaxed().await?;
    rate_limit::refund_attempt(&mut tx, streak).await?;
    tx.commit().await
}

fn network_key(state: &AppState, client: &Client) -> Key {
    Key::new(&state.keys, "refused-network", &[&client.network])
}

struct Attempt<'a> {
    entry: &'a SignInForm<'a>,
    streak: &'a Key,
    /// The streak that never expires: of the account, whichever of its names was typed, from unknown browsers.
    elsewhere: &'a Key,
    known: Option<&'a Known>,
    /// Failures in a row, under the typed name or from this known browser, including this try.
    failures: i64,
}

async fn open(
    state: &AppState,
    mut tx: Tx,
    account: &Account,
    attempt: &Attempt<'_>,
    outdated: Option<Password>,
) -> Result<Outcome, SignInError> {
    let Attempt { entry, streak, elsewhere, known, .. } = attempt;
    let email = email_due(state, account, known.is_some(), entry.browser.client);
    // Hashing took a while: if the password changed meanwhile, the old one must not be accepted.
    let current = accounts::get_for_update(&mut tx, &account.id).await?;
    let unchanged = |a: &Account| {
        a.is_active()
            && a.credential_version == account.credential_version
            && a.password_hash == account.password_hash
    };
    if !current.as_ref().is_some_and(unchanged) {
        return Err(SignInError::Refused { failures: 1 });
    }
    if known.is_some() {
        rate_limit::clear(&mut tx, streak).await?;
    } else {
        rate_limit::clear_both(&mut tx, streak, elsewhere).await?;
    }
    if let Err(wait) = count_sign_in(state, &mut tx, account, entry.browser.client).await? {
        tx.commit().await?;
        return Err(SignInError::Wait { wait, failures: 1 });
    }
    let entered = if account.role().is_staff() {
        None
    } else {
        Some(start_session(state, &mut tx, account, attempt, email).await?)
    };
    tx.commit().await?;
    if let Some(password) = outdated
        && let Err(error) = rehash(state, account, &password, entry.browser.client).await
    {
        // The sign-in succeeds all the same; the next one tries again.
        tracing::warn!(%error, "a password hash was not renewed");
    }
    match entered {
        Some(entered) => Ok(Outcome::Entered(entered)),
        None => Ok(Outcome::CodeDue(staff::begin(state, account, entry).await?)),
    }
}

/// Counts a sign-in; `Err` is how long to wait. Only with the right password, so that an attacker with a wrong one
/// learns nothing from it.
async fn count_sign_in(
    state: &AppState,
    tx: &mut Tx,
    account: &Account,
    client: &Client,
) -> Result<Result<(), Duration>, DbError> {
    if !state.config.limits {
        return Ok(Ok(()));
    }
    let key = Key::new(&state.keys, "sign-ins", &[&account.id, &client.network]);
    rate_limit::at_most(tx, &key, HOUR, SIGN_INS, state.clock.now()).await
}

async fn start_session(
    state: &AppState,
    tx: &mut Tx,
    account: &Account,
    attempt: &Attempt<'_>,
    email: Option<EmailMessage>,
) -> Result<CompletedSignIn, SignInError> {
    let Attempt { entry, known, .. } = attempt;
    let (now, persistent) = (state.clock.now(), entry.persistent);
    let session =
        session::start(tx, &state.random, now, &account.id, persistent, entry.browser.client)
            .await?;
    let browser = &entry.browser;
    Ok(complete_sign_in(state, tx, account, session, browser, *known, email).await?)
}

/// Renews an outdated hash, after the answer is certain and outside its transaction: hashing takes a while.
async fn rehash(
    state: &AppState,
    account: &Account,
    password: &Password,
    client: &Client,
) -> Result<(), SignInError> {
    let hash = state
        .hasher
        .hash(password.as_secret(), &client.network)
        .await
        .map_err(InternalError::Hash)?;
    let mut tx = state.db.begin().await?;
    accounts::rehash(&mut tx, &account.id, &account.password_hash, &hash).await?;
    Ok(tx.commit().await?)
}

/// Records a failure. An email is built each time, and usually discarded: the owner of a disabled account learns by
/// email what the page may not say.
async fn refuse(
    state: &AppState,
    mut tx: Tx,
    attempt: &Attempt<'_>,
    account_id: Option<&AccountId>,
    owner: Option<Account>,
) -> Result<(), SignInError> {
    let Attempt { entry, elsewhere, known, failures, .. } = *attempt;
    let now = state.clock.now();
    if state.config.limits && known.is_none() {
        rate_limit::count(&mut tx, &network_key(state, entry.browser.client), HOUR, now).await?;
        let (wait, few) = (rate_limit::wait_after(failures), failures < rate_limit::WAITS_FROM);
        rate_limit::lengthen(&mut tx, elsewhere, wait, few, now).await?;
    }
    audit::record(
        &mut tx,
        &state.random,
        now,
        EventKind::SignInRefused,
        account_id,
        entry.browser.client,
    )
    .await?;
    let whom = owner.as_ref().map_or(entry.browser.client.network.as_str(), |account| &account.id);
    let due = account_emails::account_disabled_is_due(state, &mut tx, whom).await?;
    match owner
        .map(|account| account_emails::account_disabled(state, &account, entry.browser.client))
    {
        Some(email) if due => state.outbox.enqueue(&mut tx, email, true, now, None).await?,
        // Most tries are not for a disabled account: they cost the same work, but write no row with which an attacker
        // could fill the table.
        email => {
            state.outbox.rehearse(&email.unwrap_or_else(|| EmailMessage::decoy(&state.config)))?
        }
    }
    Ok(tx.commit().await?)
}

/// Signs out.
#[tracing::instrument(skip_all)]
pub(super) async fn sign_out(
    state: &AppState,
    token: &Token,
    client: &Client,
) -> Result<(), InternalError> {
    let mut tx = state.db.begin().await?;
    session::sign_out(&mut tx, &state.random, state.clock.now(), token, client).await?;
    Ok(tx.commit().await?)
}
