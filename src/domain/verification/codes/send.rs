//! Sending a code.

use super::{Counters, FAILURES_A_DAY, alarm, mac, make};
use crate::{
    args,
    clock::{DAY, Duration, HOUR, MINUTE, Timestamp},
    db::{DbError, Tx},
    domain::{
        accounts::Account,
        audit::{self, EventKind},
        client::Client,
        email_limits::{self, Cause, Room},
        ids::CodeId,
        rate_limit::{self, Key},
        values::Code,
        verification::flows::{self, Flow, FlowKind, Step},
    },
    mailer::EmailMessage,
    state::AppState,
};

const EMAILS_AN_HOUR_AND_NETWORK: i64 = 200;
/// Each email also writes a code, an event and some counters: the limit slows down filling the tables.
const EMAILS_A_MINUTE_AND_NETWORK: i64 = 7;
/// How long the code of the last allowed email is valid, in any browser.
const ROAMING_TTL: Duration = DAY;

/// Why no code was sent.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// A code was requested a moment ago.
    #[error("too early")]
    TooEarly(Duration),
    /// The hour's or the day's emails are used up; the last of them may contain a roaming code.
    #[error("too many letters")]
    TooMany {
        /// How long until another may be sent.
        wait: Duration,
        /// Whether the last email's code works in any browser.
        roams: bool,
    },
    /// Too many emails were requested from this network.
    #[error("too many letters from this network")]
    TooManyFromNetwork(Duration),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Treats a first code that was sent a moment ago, perhaps from another tab, as sent. The page shows the countdown.
///
/// # Errors
/// Any other [`SendError`].
pub fn on_its_way(sent: Result<(), SendError>) -> Result<(), SendError> {
    match sent {
        Ok(()) | Err(SendError::TooEarly(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// A code that is to be sent.
pub struct Sending<'a> {
    /// The flow that requests the code.
    pub flow: &'a Flow,
    /// The account the code is for; `None` sends nothing but takes as long.
    pub account: Option<&'a Account>,
    /// The address it is sent to: part of the MAC, so that a code proves this address and no other.
    pub address: &'a str,
    /// Whether the code can be right at all. An email may still be sent when it cannot: "this address has an account
    /// already".
    pub can_be_right: bool,
    /// The client that requests it.
    pub client: &'a Client,
}

/// What the counters allow for this email, as shown or in reality.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Limit {
    Within,
    /// The last email that the hour or the day allows: its code is long and roams, so that flooding an account with
    /// emails also delivers a code that works.
    Last,
    /// The emails of the account (perhaps under another of its names) or of its mailbox are used up. Nothing may show.
    Beyond,
}

/// The kind of code, in reality and as far as it may be shown.
struct Length {
    roams: bool,
    long: bool,
    looks_long: bool,
    deliver: bool,
    /// What the email counts against its mailbox.
    mailbox: Option<email_limits::Counted>,
}

/// Sends a code in the email that `email` builds for it (`None`: no email is due), in one transaction with the
/// counters and the flow's step.
///
/// # Errors
/// [`SendError`]; the transaction must be dropped then.
pub async fn send(
    state: &AppState,
    tx: &mut Tx,
    sending: &Sending<'_>,
    email: impl FnOnce(&Code, Timestamp) -> Option<EmailMessage>,
) -> Result<(), SendError> {
    let now = state.clock.now();
    let Sending { flow, client, .. } = sending;
    let length = length(state, tx, sending, now).await?;
    let code = make(&state.random, length.long);
    // An email delayed until its flow is ready is valid for its whole time from then on.
    let sent_at = flow.ready_at.max(now);
    let expires_at = sent_at + if length.roams { ROAMING_TTL } else { state.config.code_ttl };

    tx.execute(
        "UPDATE codes SET state = 'replaced' WHERE flow_id = $1 AND state = 'current' AND NOT roams",
        args![&flow.id],
    )
    .await?;
    let email = email(&code, expires_at);
    let deliver = email.is_some() && length.deliver;
    let bound_to = (!length.roams).then_some(&flow.id);
    let account = flow.account_id.as_ref();
    let of_code = mac(&state.keys, flow.purpose(), bound_to, account, sending.address, &code);
    // A code that was not sent must not be guessable either: this MAC matches nothing that can be typed.
    let of_nothing = state.random.bytes::<32>().to_vec();
    let mac = if sending.can_be_right && deliver { of_code } else { of_nothing };
    tx.execute(
        "INSERT INTO codes
            (id, flow_id, account_id, mac, long, looks_long, roams, state, tries, credential_version, sent_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'current', 0, $8, $9, $10)",
        args![
            state.random.id::<CodeId>(now),
            &flow.id,
            flow.account_id.clone(),
            mac,
            length.long,
            length.looks_long,
            length.roams,
            sending.account.map_or(flow.credential_version, |account| account.credential_version),
            sent_at,
            expires_at
        ],
    )
    .await?;
    flows::advance(tx, &flow.id, Step::Code).await?;
    let email = email.unwrap_or_else(|| EmailMessage::decoy(&state.config));
    if let Some(mailbox) = &length.mailbox {
        mailbox.settle(tx, deliver).await?;
    }
    let times = (sent_at, expires_at);
    audit::record(tx, &state.random, now, EventKind::CodeSent, flow.account_id.as_ref(), client)
        .await?;
    state.outbox.enqueue_code(tx, email, deliver, &client.network, times).await?;
    Ok(())
}

async fn length(
    state: &AppState,
    tx: &mut Tx,
    sending: &Sending<'_>,
    now: Timestamp,
) -> Result<Length, SendError> {
    if !state.config.limits {
        return Ok(Length {
            roams: false,
            long: false,
            looks_long: false,
            deliver: true,
            mailbox: None,
        });
    }
    let who = Counters::of(sending.flow);
    let may_roam = sending.flow.purpose() == FlowKind::Recover;
    let shown = count_shown(state, tx, &who, sending.client, may_roam, now).await?;
    let mailbox = count_mailbox(state, tx, sending, may_roam).await?;
    let real = match (count_real(state, tx, &who, now).await?, mailbox.room) {
        (Limit::Beyond, _) | (_, Room::Nothing) => Limit::Beyond,
        (Limit::Last, _) | (_, Room::Last) => Limit::Last,
        (Limit::Within, Room::Enough) => Limit::Within,
    };
    let site = alarm::is_on(tx, now).await?;
    let shown_failures =
        rate_limit::current_in(tx, &who.failures_shown(state), DAY, now).await?.count;
    let real_failures =
        rate_limit::current_in(tx, &who.failures_real(state), DAY, now).await?.count;
    let roams = may_roam && real == Limit::Last;
    // A short one would be refused, whichever of the two is used up.
    let spent = real_failures >= FAILURES_A_DAY || shown_failures >= FAILURES_A_DAY;
    Ok(Length {
        roams,
        long: roams || site || spent,
        looks_long: (may_roam && shown == Limit::Last) || site || shown_failures >= FAILURES_A_DAY,
        deliver: real != Limit::Beyond,
        mailbox: Some(mailbox),
    })
}

async fn count_shown(
    state: &AppState,
    tx: &mut Tx,
    who: &Counters,
    client: &Client,
    may_roam: bool,
    now: Timestamp,
) -> Result<Limit, SendError> {
    if let Err(wait) =
        rate_limit::cooldown(tx, &who.resend(state), state.config.code_resend, now).await?
    {
        return Err(SendError::TooEarly(wait));
    }
    for (what, span, most) in [
        ("letters-network-minute", MINUTE, EMAILS_A_MINUTE_AND_NETWORK),
        ("letters-network", HOUR, EMAILS_AN_HOUR_AND_NETWORK),
    ] {
        let network = Key::new(&state.keys, what, &[&client.network]);
        rate_limit::at_most(tx, &network, span, most, now)
            .await?
            .map_err(SendError::TooManyFromNetwork)?;
    }
    let mut limit = Limit::Within;
    for (key, span, most) in who.emails_shown(state) {
        let count = rate_limit::count(tx, &key, span, now).await?;
        if count.count > most {
            return Err(SendError::TooMany { wait: count.since + span - now, roams: may_roam });
        }
        if count.count == most {
            limit = Limit::Last;
        }
    }
    Ok(limit)
}

async fn count_real(
    state: &AppState,
    tx: &mut Tx,
    who: &Counters,
    now: Timestamp,
) -> Result<Limit, DbError> {
    let mut limit = Limit::Within;
    for (key, span, most) in who.emails_real(state) {
        let count = rate_limit::count(tx, &key, span, now).await?.count;
        limit = match limit {
            _ if count > most => Limit::Beyond,
            Limit::Within if count == most => Limit::Last,
            limit => limit,
        };
    }
    Ok(limit)
}

/// Counts the email against its mailbox, and against the site if it goes to a typed address that may belong to no user.
async fn count_mailbox(
    state: &AppState,
    tx: &mut Tx,
    sending: &Sending<'_>,
    may_roam: bool,
) -> Result<email_limits::Counted, SendError> {
    let Sending { flow, address, client, .. } = sending;
    let is_own = matches!(
        flow.purpose(),
        FlowKind::ChangePassword | FlowKind::Confirm | FlowKind::StaffSignIn
    );
    // A browser that the account knows counts separately.
    let is_owner = is_own || flow.device_id.is_some();
    let cause = match flow.purpose() {
        FlowKind::StaffSignIn => Cause::Staff,
        _ if is_owner => Cause::Owner,
        _ => Cause::Anybody,
    };
    if matches!(
        flow.purpose(),
        FlowKind::Register | FlowKind::ChangeEmail | FlowKind::SupportEmail | FlowKind::Assisted
    ) {
        email_limits::to_typed_address(state, tx, &client.network)
            .await?
            .map_err(|wait| SendError::TooMany { wait, roams: false })?;
    }
    let counted = email_limits::count(state, tx, cause, address, may_roam).await?;
    if is_own && !counted.is_room() {
        // It is the user's own account: the page need not claim that an email is on its way.
        return Err(SendError::TooMany { wait: counted.wait, roams: false });
    }
    Ok(counted)
}
