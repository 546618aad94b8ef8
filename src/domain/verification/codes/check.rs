//! Checking a code.

use subtle::ConstantTimeEq as _;

use super::{Counters, FAILURES_A_DAY, TRIES, alarm, mac};
use crate::{
    args,
    clock::{DAY, Duration, HOUR, Timestamp},
    db::{DbError, Tx},
    domain::{
        accounts::{self, Account},
        audit::{self, EventKind},
        client::Client,
        ids::{AccountId, CodeId, FlowId},
        rate_limit::{self, Key},
        values::Code,
        verification::flows::{self, Flow, Step},
    },
    security::Token,
    state::AppState,
};

/// Wrong codes that one network may enter within an hour.
pub const FAILURES_AN_HOUR_AND_NETWORK: i64 = 20;

/// Why a code was refused.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// Nothing was typed; costs no try.
    #[error("nothing was typed")]
    Missing,
    /// What was typed cannot be a code; costs no try.
    #[error("no code")]
    Malformed,
    /// No code was sent yet.
    #[error("no code was sent")]
    NoneSent,
    /// Wrong; this many tries are left (`None`: no cap, the code is a long one).
    #[error("wrong code")]
    Wrong(Option<i64>),
    /// It was replaced by that of a later email, sent at this time; costs no try.
    #[error("replaced code")]
    Replaced(Timestamp),
    /// The newest code has expired, whatever was typed.
    #[error("expired code")]
    Expired,
    /// Its tries are used up, or short codes are refused for now.
    #[error("no tries left")]
    Exhausted,
    /// Too many wrong codes from this network.
    #[error("too many failures")]
    TooMany(Duration),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// A code that was right: the flow continues under a new token.
pub struct Right {
    /// The token for the flow's cookie.
    pub token: Token,
    /// The account as it is now, if the flow is for one.
    pub account: Option<Account>,
}

#[derive(sqlx::FromRow)]
struct CodeRow {
    id: CodeId,
    mac: Vec<u8>,
    long: bool,
    looks_long: bool,
    tries: i64,
    credential_version: i64,
    sent_at: Timestamp,
    expires_at: Timestamp,
}

/// Checks a code that was typed. A right one is used up, the flow moves on to `then`, and the transaction of that
/// change is returned: what follows from the code belongs in it.
///
/// # Errors
/// [`CheckError`]. Tries and failures are counted before the code is compared; those of a wrong code stay counted.
pub async fn check(
    state: &AppState,
    flow: &Flow,
    address: &str,
    typed: &str,
    client: &Client,
    then: Step,
) -> Result<(Tx, Right), CheckError> {
    if typed.trim().is_empty() {
        return Err(CheckError::Missing);
    }
    let Some(code) = Code::parse(typed) else { return Err(CheckError::Malformed) };
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    let judging = Judging { state, flow, address, code: &code, client, now };
    match judging.judge(&mut tx).await {
        Ok(account) => {
            let Some(token) =
                flows::advance_with_new_token(&mut tx, &state.random, &flow.id, then, now).await?
            else {
                return Err(CheckError::NoneSent);
            };
            let account_id = flow.account_id.as_ref();
            audit::record(&mut tx, &state.random, now, EventKind::CodeRight, account_id, client)
                .await?;
            Ok((tx, Right { token, account }))
        }
        Err(Refused { why: why @ CheckError::Db(_), .. }) => Err(why),
        Err(Refused { why, recorded }) => {
            if recorded {
                let account_id = flow.account_id.as_ref();
                audit::record(
                    &mut tx,
                    &state.random,
                    now,
                    EventKind::CodeWrong,
                    account_id,
                    client,
                )
                .await?;
            }
            tx.commit().await?;
            Err(why)
        }
    }
}

/// Why a code was refused, and whether an event records it: a wrong code that was compared is recorded (long ones up to
/// a cap) and, of those refused unchecked, only the first until the wait is over. So repeating the request cannot fill
/// the table.
struct Refused {
    why: CheckError,
    recorded: bool,
}

impl From<CheckError> for Refused {
    fn from(why: CheckError) -> Self {
        Self { why, recorded: false }
    }
}

impl From<DbError> for Refused {
    fn from(error: DbError) -> Self {
        CheckError::Db(error).into()
    }
}

struct Judging<'a> {
    state: &'a AppState,
    flow: &'a Flow,
    address: &'a str,
    code: &'a Code,
    client: &'a Client,
    now: Timestamp,
}

/// The failures that were counted for this try, to be refunded if it was not a guess.
struct Counted {
    keys: Vec<Key>,
    /// The account has used up its failures under another of its names: a short code is refused then, but nothing may
    /// show that the names belong together.
    quietly_refused: bool,
}

impl Counted {
    async fn refund(&self, tx: &mut Tx) -> Result<(), DbError> {
        for key in &self.keys {
            rate_limit::refund(tx, key).await?;
        }
        Ok(())
    }
}

impl Judging<'_> {
    async fn judge(&self, tx: &mut Tx) -> Result<Option<Account>, Refused> {
        // Queried without an account, too: both take the same time.
        let account = accounts::look_up_for_update(tx, self.flow.account_id.as_ref()).await?;
        let counted = self.count(tx).await?;
        if let Some(roaming) = self.roaming(tx, account.as_ref()).await? {
            use_up(tx, &roaming).await?;
            return Ok(account);
        }
        let Some(current) = self.try_current(tx).await? else {
            counted.refund(tx).await?;
            return Err(CheckError::NoneSent.into());
        };
        let mac = self.mac(Some(&self.flow.id), self.flow.account_id.as_ref());
        if self.is_replaced(tx, &mac).await? {
            tx.execute("UPDATE codes SET tries = tries - 1 WHERE id = $1", args![&current.id])
                .await?;
            counted.refund(tx).await?;
            return Err(CheckError::Replaced(current.sent_at).into());
        }
        if current.expires_at <= self.now {
            counted.refund(tx).await?;
            return Err(CheckError::Expired.into());
        }
        let fresh = account.as_ref().is_none_or(|a| {
            a.credential_version == current.credential_version
                && a.credential_version == self.flow.credential_version
        });
        let spent = current.tries > TRIES && !current.long;
        if self.is_alarmed(tx).await? {
            counted.refund(tx).await?;
            return Err(CheckError::Exhausted.into());
        }
        let right =
            bool::from(mac.ct_eq(&current.mac)) && fresh && !spent && !counted.quietly_refused;
        if !right {
            // What could not have been right is not a guess.
            if !spent && !counted.quietly_refused && !current.long {
                self.alarm(tx).await?;
            }
            let why = match TRIES - current.tries {
                _ if current.looks_long => CheckError::Wrong(None),
                left @ 1.. => CheckError::Wrong(Some(left)),
                _ => CheckError::Exhausted,
            };
            return Err(Refused { why, recorded: !spent && self.is_worth_a_record(tx).await? });
        }
        use_up(tx, &current.id).await?;
        counted.refund(tx).await?;
        Ok(account)
    }

    /// Counts this try as a failure under every key that applies. A long code has no cap.
    async fn count(&self, tx: &mut Tx) -> Result<Counted, Refused> {
        if !self.state.config.limits || self.code.is_long() {
            return Ok(Counted { keys: Vec::new(), quietly_refused: false });
        }
        let who = Counters::of(self.flow);
        let network = Key::new(&self.state.keys, "code-failures-network", &[&self.client.network]);
        let failures = rate_limit::count(tx, &network, HOUR, self.now).await?;
        if failures.count > FAILURES_AN_HOUR_AND_NETWORK {
            let why = CheckError::TooMany(failures.since + HOUR - self.now);
            return Err(Refused {
                why,
                recorded: failures.count == FAILURES_AN_HOUR_AND_NETWORK + 1,
            });
        }
        let (shown, real) = (who.failures_shown(self.state), who.failures_real(self.state));
        let told = rate_limit::count_until_quiet(tx, &shown, DAY, self.now).await?;
        if told > FAILURES_A_DAY {
            let recorded = told == FAILURES_A_DAY + 1;
            return Err(Refused { why: CheckError::Exhausted, recorded });
        }
        let mut keys = vec![network, shown];
        let mut quietly_refused = false;
        if !who.open {
            let count = rate_limit::count_until_quiet(tx, &real, DAY, self.now).await?;
            quietly_refused = count > FAILURES_A_DAY;
            keys.push(real);
        }
        Ok(Counted { keys, quietly_refused })
    }

    /// Returns whether short codes are refused because the whole site is under attack: those sent before the alarm
    /// could still be guessed. A user who is not a stranger may continue with a short code.
    async fn is_alarmed(&self, tx: &mut Tx) -> Result<bool, DbError> {
        // Regardless of the kind of code that was sent: that must not show.
        let counts =
            self.state.config.limits && !self.code.is_long() && !Counters::of(self.flow).open;
        Ok(counts && alarm::is_on(tx, self.now).await?)
    }

    /// Counts a guess for the site-wide alarm.
    async fn alarm(&self, tx: &mut Tx) -> Result<(), DbError> {
        if !self.state.config.limits || self.code.is_long() {
            return Ok(());
        }
        alarm::count(self.state, tx, &self.client.network, self.now).await
    }

    /// Returns whether to record the failure: long codes have no cap, but their records do.
    async fn is_worth_a_record(&self, tx: &mut Tx) -> Result<bool, DbError> {
        if !self.state.config.limits || !self.code.is_long() {
            return Ok(true);
        }
        let network = &self.client.network;
        let key = Key::new(&self.state.keys, "long-code-failures-network", &[network]);
        let count = rate_limit::count(tx, &key, HOUR, self.now).await?.count;
        Ok(count <= FAILURES_AN_HOUR_AND_NETWORK)
    }

    /// Counts one more try at the newest code of the flow before it is compared, and returns that code.
    async fn try_current(&self, tx: &mut Tx) -> Result<Option<CodeRow>, DbError> {
        tx.fetch_optional(
            "UPDATE codes SET tries = tries + 1 WHERE state = 'current' AND id = (
                SELECT id FROM codes WHERE flow_id = $1 AND state = 'current'
                ORDER BY sent_at DESC, id DESC LIMIT 1)
             RETURNING id, mac, long, looks_long, tries, credential_version, sent_at, expires_at",
            args![&self.flow.id],
        )
        .await
    }

    /// Returns the id of the roaming code that was typed, if it is one of the account's.
    async fn roaming(
        &self,
        tx: &mut Tx,
        account: Option<&Account>,
    ) -> Result<Option<CodeId>, DbError> {
        if !self.code.is_long() {
            return Ok(None);
        }
        let (id, credential_version) =
            account.map_or((None, 0), |account| (Some(&account.id), account.credential_version));
        let rows: Vec<(CodeId, Vec<u8>)> = tx
            .fetch_all(
                "SELECT id, mac FROM codes
                 WHERE account_id = $1 AND roams AND state = 'current' AND expires_at > $2 AND credential_version = $3",
                args![id.map_or("", AccountId::as_str), self.now, credential_version],
            )
            .await?;
        let mac = self.mac(None, id);
        Ok(rows.into_iter().find(|(_, theirs)| bool::from(mac.ct_eq(theirs))).map(|(id, _)| id))
    }

    async fn is_replaced(&self, tx: &mut Tx, mac: &[u8]) -> Result<bool, DbError> {
        let rows: Vec<(Vec<u8>,)> = tx
            .fetch_all(
                "SELECT mac FROM codes WHERE flow_id = $1 AND state = 'replaced' AND expires_at > $2",
                args![&self.flow.id, self.now],
            )
            .await?;
        Ok(rows.iter().any(|(theirs,)| bool::from(mac.ct_eq(theirs))))
    }

    fn mac(&self, flow: Option<&FlowId>, account: Option<&AccountId>) -> Vec<u8> {
        mac(&self.state.keys, self.flow.purpose(), flow, account, self.address, self.code)
    }
}

async fn use_up(tx: &mut Tx, id: &CodeId) -> Result<(), DbError> {
    tx.execute("UPDATE codes SET state = 'used' WHERE id = $1", args![id]).await.map(drop)
}
