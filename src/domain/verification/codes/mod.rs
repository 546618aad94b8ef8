//! Emailed codes: how often one is sent, how it is checked, what counts as a failure.
//!
//! Everything is counted twice. What is *shown* to the user (waits, caps, tries) counts by what was typed, so that a
//! known and an unknown name look the same. What really happens counts by account, so that its username and its
//! address together do not get twice the emails. A browser that the account knows has its own counts.
//!
//! Failures add up over all purposes: an attacker has the same few tries a day at an account or a mailbox, whichever
//! form is used. `docs/odds-of-guessing.md` calculates the resulting odds.

mod alarm;
mod check;
mod error;
mod latest;
mod send;

pub use self::{
    alarm::{SITE_FACTOR, SITE_FLOOR, SITE_NETWORK_MOST, SITE_USUAL_MOST},
    check::{CheckError, FAILURES_AN_HOUR_AND_NETWORK, Right, check},
    error::CodeProblem,
    latest::{Latest, latest},
    send::{SendError, Sending, on_its_way, send},
};

use crate::{
    args,
    clock::{DAY, Duration, HOUR, Timestamp},
    db::{DbError, Tx},
    domain::{
        accounts,
        ids::{AccountId, FlowId},
        rate_limit::{self, Key},
        values::{Code, identifier_key},
        verification::flows::{Flow, FlowKind},
    },
    random::Random,
    security::{KeyRing, MacFor},
    state::AppState,
};

/// Tries a short code has (NIST SP 800-63B-4 §3.2.2, ASVS 6.6.3).
pub const TRIES: i64 = 5;
const EMAILS_AN_HOUR: i64 = 5;
const EMAILS_A_DAY: i64 = 15;
/// After this many failures short codes are refused and new codes are long, until a day has passed without a failure.
pub const FAILURES_A_DAY: i64 = 20;

/// The keys of the counters. Emails are counted per purpose: an attacker cannot use up an account's recovery by
/// registering with its address.
struct Counters {
    /// The key for what the user is shown.
    shown: String,
    /// The key for what really happens.
    real: String,
    /// The key for real failures.
    failures: String,
    /// Whether real failures are shown: a user who is signed in, knows the password or uses a known browser learns
    /// nothing from them.
    open: bool,
}

impl Counters {
    fn of(flow: &Flow) -> Self {
        let purpose = flow.purpose().as_str();
        let typed = typed(flow.purpose(), &identifier_key(&flow.typed));
        let failures = failures(flow);
        let open = flow.device_id.is_some()
            || matches!(
                flow.purpose(),
                FlowKind::ChangePassword | FlowKind::Confirm | FlowKind::StaffSignIn
            );
        if matches!(flow.purpose(), FlowKind::ChangeEmail | FlowKind::Assisted) {
            // The real count is the mailbox's; a refusal is shown only to the account that requested the code.
            let asking = flow.account_id.as_deref().unwrap_or_default();
            return Self { shown: format!("{typed}:{asking}"), real: typed, failures, open };
        }
        if let (FlowKind::Recover, Some(arranged)) = (flow.purpose(), &flow.arranged) {
            // Using up the emails of the account's own mailbox does not affect the mailbox that support arranged, nor
            // the other way round.
            let arranged = identifier_key(arranged);
            let account = flow.account_id.as_ref().map(|id| account(flow.purpose(), id));
            let shown = format!("{typed}:arranged:{arranged}");
            let real =
                account.map_or_else(|| shown.clone(), |id| format!("{id}:arranged:{arranged}"));
            return Self { shown, real, failures, open };
        }
        let device = flow.device_id.as_ref().map(|id| format!("{purpose}:device:{id}"));
        let account = flow.account_id.as_ref().map(|id| account(flow.purpose(), id));
        let real = device.clone().or(account).unwrap_or_else(|| typed.clone());
        Self { shown: device.unwrap_or(typed), real, failures, open }
    }

    /// Returns the counters of emails within an hour and within a day, as shown.
    fn emails_shown(&self, state: &AppState) -> [(Key, Duration, i64); 2] {
        [
            (Key::new(&state.keys, "letters-hour", &[&self.shown]), HOUR, EMAILS_AN_HOUR),
            (Key::new(&state.keys, "letters-day", &[&self.shown]), DAY, EMAILS_A_DAY),
        ]
    }

    /// Returns the counters of emails really sent within an hour and within a day.
    fn emails_real(&self, state: &AppState) -> [(Key, Duration, i64); 2] {
        [
            (Key::new(&state.keys, "sent-hour", &[&self.real]), HOUR, EMAILS_AN_HOUR),
            (Key::new(&state.keys, "sent-day", &[&self.real]), DAY, EMAILS_A_DAY),
        ]
    }

    /// Returns all of these keys.
    fn keys(&self, state: &AppState) -> Vec<Key> {
        let emails = self.emails_shown(state).into_iter().chain(self.emails_real(state));
        let rest = [self.resend(state), self.failures_shown(state), self.failures_real(state)];
        emails.map(|(key, ..)| key).chain(rest).collect()
    }

    fn resend(&self, state: &AppState) -> Key {
        Key::new(&state.keys, "resend", &[&self.shown])
    }

    fn failures_shown(&self, state: &AppState) -> Key {
        if self.open {
            return self.failures_real(state);
        }
        Key::new(&state.keys, "code-failures-shown", &[&self.shown])
    }

    fn failures_real(&self, state: &AppState) -> Key {
        Key::new(&state.keys, "code-failures", &[&self.failures])
    }
}

/// Returns whose code is being guessed, for any purpose: a known browser's, an account's or a mailbox's.
fn failures(flow: &Flow) -> String {
    let key = identifier_key(&flow.typed);
    match (flow.purpose(), &flow.device_id, &flow.account_id) {
        (_, Some(device), _) => format!("device:{device}"),
        (
            FlowKind::Register
            | FlowKind::ChangeEmail
            | FlowKind::SupportEmail
            | FlowKind::Assisted,
            ..,
        ) => format!("mailbox:{key}"),
        (
            FlowKind::Recover
            | FlowKind::ChangePassword
            | FlowKind::Confirm
            | FlowKind::StaffSignIn
            | FlowKind::FindLogin,
            None,
            account,
        ) => account.as_ref().map_or_else(|| format!("nobody:{key}"), guessed),
    }
}

fn guessed(account_id: &AccountId) -> String {
    format!("account:{account_id}")
}

fn typed(purpose: FlowKind, key: &str) -> String {
    format!("{}:typed:{key}", purpose.as_str())
}

fn account(purpose: FlowKind, id: &AccountId) -> String {
    format!("{}:account:{id}", purpose.as_str())
}

/// Clears what counts against the recovery of an account: its owner reclaimed it and need not wait for what an attacker
/// used up.
pub async fn forgive_recovery(
    state: &AppState,
    tx: &mut Tx,
    account_id: &AccountId,
) -> Result<(), DbError> {
    let mut whom = vec![account(FlowKind::Recover, account_id)];
    for key in accounts::keys_of(tx, account_id).await? {
        whom.push(typed(FlowKind::Recover, &key));
    }
    for whom in whom {
        let (shown, real, failures) = (whom.clone(), whom, guessed(account_id));
        let counters = Counters { shown, real, failures, open: false };
        for key in counters.keys(state) {
            rate_limit::clear(tx, &key).await?;
        }
    }
    Ok(())
}

/// Lets the next email of a flow be sent at once, within the hourly and daily caps, because the previous one is out of
/// date.
pub async fn no_wait(state: &AppState, tx: &mut Tx, flow: &Flow) -> Result<(), DbError> {
    rate_limit::clear(tx, &Counters::of(flow).resend(state)).await
}

/// Deletes every code of an account, because its credential version was raised.
pub async fn end_all(tx: &mut Tx, account_id: &AccountId) -> Result<(), DbError> {
    tx.execute("DELETE FROM codes WHERE account_id = $1", args![account_id]).await.map(drop)
}

/// Deletes expired codes.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    alarm::sweep(tx, now).await?;
    // A day longer than they are valid: "expired" is a better answer than "no code was sent".
    tx.execute("DELETE FROM codes WHERE expires_at <= $1", args![now - DAY]).await.map(drop)
}

/// Makes a new code, uniformly distributed, keeping leading zeros (ASVS 6.5.3–4).
#[must_use]
pub fn make(random: &Random, long: bool) -> Code {
    Code::made(if long {
        let bytes: [u8; Code::LONG] = random.bytes();
        bytes
            .iter()
            .filter_map(|byte| Code::ALPHABET.get(usize::from(byte % 32)))
            .map(|c| char::from(*c))
            .collect()
    } else {
        format!("{:06}", random.below(1_000_000))
    })
}

/// Returns the MAC that is stored of a code: it is bound to a purpose, a flow, an account and an address.
pub(crate) fn mac(
    keys: &KeyRing,
    purpose: FlowKind,
    flow: Option<&FlowId>,
    account: Option<&AccountId>,
    address: &str,
    code: &Code,
) -> Vec<u8> {
    let address = identifier_key(address);
    keys.mac(
        MacFor::Code,
        &[
            purpose.as_str(),
            flow.map_or("", FlowId::as_str),
            account.map_or("", AccountId::as_str),
            &address,
            code.expose_secret(),
        ],
    )
}
