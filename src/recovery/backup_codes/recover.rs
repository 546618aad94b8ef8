//! The rules of recovering an account with a backup code.
//!
//! As with emailed codes, everything is counted twice: what the user is *told* depends on what was typed, so that a
//! known name and an unknown one look the same; what really *happens* depends on the account, whichever of its names
//! was typed. A browser that the account knows is counted separately. All of this is independent of the counts for
//! emailed codes: an attacker who exhausts one way leaves the other open.

use crate::{
    clock::{DAY, Duration, HOUR, Timestamp},
    db::{DbError, Tx},
    domain::{
        account_emails,
        accounts::{self, Account},
        audit::{self, EventKind},
        backup_codes,
        client::Client,
        rate_limit::{self, Key},
        values::{BackupCode, SecretText, identifier_key},
        verification::flows::{self, Flow, Step},
    },
    error::InternalError,
    mailer::EmailMessage,
    security::Token,
    state::AppState,
};

use super::emails;

/// Tries per flow.
const TRIES: i64 = 5;
/// Failures per day and name (NIST SP 800-63B-4 §3.2.2: no more than 100 in a row). More than for emailed codes: backup
/// codes cannot be guessed, and a user who lost the mailbox may have no other way.
const FAILURES_A_DAY: i64 = 100;
const FAILURES_AN_HOUR_AND_NETWORK: i64 = 20;

/// Why a backup code was refused.
#[derive(Debug, thiserror::Error)]
pub(super) enum UseError {
    /// Nothing was typed; costs no try.
    #[error("nothing was typed")]
    Missing,
    /// What was typed cannot be a backup code; costs no try.
    #[error("no saved code")]
    Malformed,
    /// Wrong, or already used; holds the number of tries left.
    #[error("wrong saved code")]
    Wrong(i64),
    /// The tries of this flow are used up.
    #[error("no tries left")]
    Exhausted,
    /// Too many wrong codes for this name.
    #[error("too many failures")]
    TooMany(Duration),
    /// Too many wrong codes from this network.
    #[error("too many failures from this network")]
    TooManyFromNetwork(Duration),
    /// This flow continued in another window.
    #[error("the flow went on meanwhile")]
    Overtaken,
    #[error(transparent)]
    Internal(#[from] InternalError),
}

impl From<DbError> for UseError {
    fn from(error: DbError) -> Self {
        Self::Internal(error.into())
    }
}

/// Checks a backup code and uses it up; the flow continues under the returned token. Tries and failures are counted
/// before the check, and stay counted.
#[tracing::instrument(skip_all)]
pub(super) async fn use_code(
    state: &AppState,
    flow: &Flow,
    typed: &SecretText,
    client: &Client,
) -> Result<Token, UseError> {
    if typed.expose_secret().trim().is_empty() {
        return Err(UseError::Missing);
    }
    let code = BackupCode::parse(typed.expose_secret()).ok_or(UseError::Malformed)?;
    let mut tx = state.db.begin().await?;
    let attempt = Attempt { state, flow, code: &code, client, now: state.clock.now() };
    match attempt.judge(&mut tx).await? {
        Outcome::Right(account) => {
            let token = attempt.go_on(&mut tx, &account).await?;
            tx.commit().await?;
            Ok(token)
        }
        Outcome::Refused { why, owner } => {
            attempt.refuse(&mut tx, owner.as_deref()).await?;
            tx.commit().await?;
            Err(why)
        }
        Outcome::Unseen { why, recorded } => {
            if recorded {
                attempt.record_failure(&mut tx).await?;
            }
            tx.commit().await?;
            Err(why)
        }
    }
}

enum Outcome {
    Right(Box<Account>),
    /// `owner`: whose code it is, if it was refused only because the account is disabled.
    Refused {
        why: UseError,
        owner: Option<Box<Account>>,
    },
    /// The code was not checked. Only the first of these is recorded until the wait is over, so that repeated requests
    /// cannot fill the tables.
    Unseen {
        why: UseError,
        recorded: bool,
    },
}

/// The failures counted for this try.
struct Counted {
    keys: Vec<Key>,
    /// The account had its share of failures under another of its names: nothing may show that the names belong
    /// together.
    quietly_refused: bool,
}

struct Attempt<'a> {
    state: &'a AppState,
    flow: &'a Flow,
    code: &'a BackupCode,
    client: &'a Client,
    now: Timestamp,
}

impl Attempt<'_> {
    async fn judge(&self, tx: &mut Tx) -> Result<Outcome, DbError> {
        // Queried without an account, too, so that both take the same time.
        let account = accounts::look_up_for_update(tx, self.flow.account_id.as_ref()).await?;
        let tries = Key::new(&self.state.keys, "saved-code-tries", &[&self.flow.id]);
        let left = TRIES - rate_limit::count(tx, &tries, DAY, self.now).await?.count;
        if left < 0 {
            return Ok(Outcome::Unseen { why: UseError::Exhausted, recorded: false });
        }
        let counted = match self.count(tx).await? {
            Ok(counted) => counted,
            Err(unseen) => return Ok(unseen),
        };
        let whose = account.as_ref().map(|account| &account.id);
        let right = backup_codes::has(tx, &self.state.keys, whose, self.code).await?;
        let why = if left > 0 { UseError::Wrong(left) } else { UseError::Exhausted };
        match account.filter(|_| right) {
            Some(account)
                if account.is_active()
                    && account.credential_version == self.flow.credential_version
                    && !counted.quietly_refused =>
            {
                for key in &counted.keys {
                    rate_limit::refund(tx, key).await?;
                }
                Ok(Outcome::Right(Box::new(account)))
            }
            refused => {
                let owner = refused.filter(|account| !account.is_active()).map(Box::new);
                Ok(Outcome::Refused { why, owner })
            }
        }
    }

    /// Counts this try as a failure in every counter that applies.
    async fn count(&self, tx: &mut Tx) -> Result<Result<Counted, Outcome>, DbError> {
        if !self.state.config.limits {
            return Ok(Ok(Counted { keys: Vec::new(), quietly_refused: false }));
        }
        let keys = &self.state.keys;
        let network = Key::new(keys, "saved-code-failures-network", &[&self.client.network]);
        let most = FAILURES_AN_HOUR_AND_NETWORK;
        let count = rate_limit::count(tx, &network, HOUR, self.now).await?;
        if count.count > most {
            let why = UseError::TooManyFromNetwork(count.since + HOUR - self.now);
            return Ok(Err(Outcome::Unseen { why, recorded: count.count == most + 1 }));
        }
        let typed = backup_codes::typed(&identifier_key(&self.flow.typed));
        let device = self.flow.device_id.as_ref().map(|id| format!("device:{id}"));
        let account = self.flow.account_id.as_ref().map(backup_codes::account);
        let (shown, _) = backup_codes::failures(keys, device.as_ref().unwrap_or(&typed));
        let whom = device.as_ref().or(account.as_ref()).unwrap_or(&typed);
        let (_, real) = backup_codes::failures(keys, whom);
        let count = rate_limit::count(tx, &shown, DAY, self.now).await?;
        if count.count > FAILURES_A_DAY {
            let why = UseError::TooMany(count.since + DAY - self.now);
            return Ok(Err(Outcome::Unseen { why, recorded: count.count == FAILURES_A_DAY + 1 }));
        }
        let quietly_refused =
            rate_limit::at_most(tx, &real, DAY, FAILURES_A_DAY, self.now).await?.is_err();
        Ok(Ok(Counted { keys: vec![network, shown, real], quietly_refused }))
    }

    /// Uses the code up, advances the flow and notifies the owner.
    async fn go_on(&self, tx: &mut Tx, account: &Account) -> Result<Token, UseError> {
        let Self { state, flow, code, client, now } = *self;
        let spent = backup_codes::spend(tx, &state.keys, &account.id, code).await?;
        let token =
            flows::advance_with_new_token(tx, &state.random, &flow.id, Step::Password, now).await?;
        let token = token.filter(|_| spent).ok_or(UseError::Overtaken)?;
        // Whichever method the flow used before.
        flows::bind_to(tx, &flow.id, None).await?;
        let kind = EventKind::SavedCodeUsed;
        audit::record(tx, &state.random, now, kind, Some(&account.id), client).await?;
        let left = backup_codes::left_in(tx, &account.id).await?.remaining;
        let email = emails::backup_code_used(state, account, left, client);
        state.outbox.enqueue(tx, email, true, now, None).await?;
        Ok(token)
    }

    async fn record_failure(&self, tx: &mut Tx) -> Result<(), DbError> {
        let Self { state, flow, client, now, .. } = *self;
        let kind = EventKind::SavedCodeWrong;
        audit::record(tx, &state.random, now, kind, flow.account_id.as_ref(), client).await
    }

    /// Records a failure. An email, or a decoy that is never sent, is built each time: the owner of a disabled account
    /// learns by email what the page may not say.
    async fn refuse(&self, tx: &mut Tx, owner: Option<&Account>) -> Result<(), DbError> {
        let Self { state, client, now, .. } = *self;
        self.record_failure(tx).await?;
        let whom = owner.map_or(client.network.as_str(), |account| &account.id);
        let due = account_emails::account_disabled_is_due(state, tx, whom).await?;
        match owner.map(|account| account_emails::account_disabled(state, account, client)) {
            Some(email) if due => state.outbox.enqueue(tx, email, true, now, None).await,
            email => {
                state.outbox.rehearse(&email.unwrap_or_else(|| EmailMessage::decoy(&state.config)))
            }
        }
    }
}
