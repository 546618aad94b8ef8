//! Mailed codes: how often one is sent, how it is checked, what counts as a failure.
//!
//! Everything counts twice. What a person is *told* (waits, caps, tries) counts what was
//! typed, so that a known name and an unknown one look the same. What really
//! happens counts the account, so that its login name and its address do not add
//! up to twice the letters. A browser that the account knows counts for itself.
//!
//! Failures add up over all purposes: whoever guesses has the same few tries a day at an account, or at a mailbox,
//! whichever door he tries. `docs/odds-of-guessing.md` says what that comes to.

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
    forms::{Code, identifier_key},
    server::{
        accounts,
        app::AppState,
        clock::{DAY, HOUR, Millis, SECOND},
        db::{DbError, Tx},
        flows::{Flow, FlowKind},
        random::Random,
        rate_limit::{self, Key},
        secret::{KeyRing, MacFor},
    },
};

/// Tries a short code has (NIST SP 800-63B-4 §3.2.2, ASVS 6.6.3).
pub const TRIES: i64 = 5;
const LETTERS_AN_HOUR: i64 = 5;
const LETTERS_A_DAY: i64 = 15;
/// After so many failures short codes are not taken, and codes are long, until a day has passed without any.
pub const FAILURES_A_DAY: i64 = 20;

/// Whom the counters count. Of letters, what one purpose uses up, another still has: nobody spends
/// somebody's recovery by registering with her address.
struct Counters {
    /// What the person is told counts this.
    shown: String,
    /// What happens counts this.
    real: String,
    /// Failures count this, in truth.
    failures: String,
    /// Whether failures are told as they are: who is signed in, knows the password or uses a known browser learns nothing
    /// by that.
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
            // The mailbox has its share in truth; a refusal is shown to the account that asked, and no other.
            let asking = flow.account_id.as_deref().unwrap_or_default();
            return Self { shown: format!("{typed}:{asking}"), real: typed, failures, open };
        }
        if let (FlowKind::Recover, Some(arranged)) = (flow.purpose(), &flow.arranged) {
            // Whoever uses up the letters of the account's own mailbox takes nothing from the one that support
            // arranged, and the other way round.
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

    /// Letters within an hour and within a day, as told.
    fn emails_shown(&self, state: &AppState) -> [(Key, Millis, i64); 2] {
        [
            (Key::new(&state.keys, "letters-hour", &[&self.shown]), HOUR, LETTERS_AN_HOUR),
            (Key::new(&state.keys, "letters-day", &[&self.shown]), DAY, LETTERS_A_DAY),
        ]
    }

    /// Letters within an hour and within a day, in truth.
    fn emails_real(&self, state: &AppState) -> [(Key, Millis, i64); 2] {
        [
            (Key::new(&state.keys, "sent-hour", &[&self.real]), HOUR, LETTERS_AN_HOUR),
            (Key::new(&state.keys, "sent-day", &[&self.real]), DAY, LETTERS_A_DAY),
        ]
    }

    /// All of them.
    fn keys(&self, state: &AppState) -> Vec<Key> {
        let letters = self.emails_shown(state).into_iter().chain(self.emails_real(state));
        let rest = [self.resend(state), self.failures_shown(state), self.failures_real(state)];
        letters.map(|(key, ..)| key).chain(rest).collect()
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

/// Whose code it is that is guessed, whatever for: a known browser's, an account's, a mailbox's.
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
        ) => account.as_ref().map_or_else(|| format!("nobody:{key}"), |id| guessed(id)),
    }
}

fn guessed(account_id: &str) -> String {
    format!("account:{account_id}")
}

fn typed(purpose: FlowKind, key: &str) -> String {
    format!("{}:typed:{key}", purpose.as_str())
}

fn account(purpose: FlowKind, id: &str) -> String {
    format!("{}:account:{id}", purpose.as_str())
}

/// Forgets what counted against the recovery of an account: its owner took it back, and what a thief used up is
/// not hers to wait for.
pub async fn forgive_recovery(
    state: &AppState,
    tx: &mut Tx,
    account_id: &str,
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

/// Lets the next letter of a flow go at once, within the caps of the hour and the day: the one before says what is no
/// longer right.
pub async fn no_wait(state: &AppState, tx: &mut Tx, flow: &Flow) -> Result<(), DbError> {
    rate_limit::clear(tx, &Counters::of(flow).resend(state)).await
}

/// Seconds until `then`, rounded up.
#[must_use]
pub const fn seconds_until(then: Millis, now: Millis) -> i64 {
    (then - now + SECOND - 1) / SECOND
}

/// Ends every code of an account: its epoch was raised.
pub async fn end_all(tx: &mut Tx, account_id: &str) -> Result<(), DbError> {
    tx.execute("DELETE FROM codes WHERE account_id = $1", args![account_id]).await.map(drop)
}

/// Forgets codes that are over.
pub async fn sweep(tx: &mut Tx, now: Millis) -> Result<(), DbError> {
    alarm::sweep(tx, now).await?;
    // A day longer than they live: "expired" is a better answer than "no code was sent".
    tx.execute("DELETE FROM codes WHERE expires_at <= $1", args![now - DAY]).await.map(drop)
}

/// A new code, every one equally likely, leading zeros kept (ASVS 6.5.3–4).
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

/// What is stored of a code: it is bound to a purpose, a flow, an account and an address.
pub(crate) fn mac(
    keys: &KeyRing,
    purpose: FlowKind,
    flow: &str,
    account: Option<&str>,
    address: &str,
    code: &Code,
) -> Vec<u8> {
    let address = identifier_key(address);
    keys.mac(
        MacFor::Code,
        &[purpose.as_str(), flow, account.unwrap_or_default(), &address, code.expose_secret()],
    )
}
