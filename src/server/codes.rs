//! Mailed codes: how often one is sent, how it is checked, what counts as a failure.
//!
//! Everything counts twice. What a person is *told* (waits, caps) counts what was
//! typed, so that a known name and an unknown one look the same. What really
//! happens counts the account, so that its login name and its address do not add
//! up to twice the letters. A browser that the account knows counts for itself.

use subtle::ConstantTimeEq as _;

use crate::{
    args,
    forms::{Code, identifier_key},
    server::{
        accounts::{self, Account},
        app::App,
        client::Client,
        clock::{DAY, HOUR, Millis, SECOND},
        db::{DbError, Tx},
        events::{self, EventKind},
        flows::{self, Flow, Purpose, Step},
        outbox::{self, Letter},
        random::Random,
        secret::{Keys, MacFor, Token},
        throttle::{self, Key},
    },
};

/// Tries a short code has (NIST SP 800-63B-4 §3.2.2, ASVS 6.6.3).
pub const TRIES: i64 = 5;
const LETTERS_AN_HOUR: i64 = 5;
const LETTERS_A_DAY: i64 = 15;
const LETTERS_AN_HOUR_AND_NETWORK: i64 = 200;
const FAILURES_AN_HOUR_AND_NETWORK: i64 = 20;
/// After so many failures in a day short codes are not taken, and codes are long.
const FAILURES_A_DAY: i64 = 20;
/// How long the code of the last letter is good, in any browser.
const ROAMING_TTL: Millis = DAY;
/// The whole site is under attack at this many times its usual failures …
const SITE_FACTOR: i64 = 10;
/// … but not below this many an hour.
const SITE_FLOOR: i64 = 100;

/// Why no code was sent.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// One was asked for a moment ago.
    #[error("too early")]
    TooEarly(Millis),
    /// The hour's or the day's letters are used up.
    #[error("too many letters")]
    TooMany(Millis),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Why a code was refused.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// Nothing that a code could be was typed; costs no try.
    #[error("no code")]
    Malformed,
    /// No code was sent yet.
    #[error("no code was sent")]
    NoneSent,
    /// Wrong; so many tries are left (`None`: no cap, the code is a long one).
    #[error("wrong code")]
    Wrong(Option<i64>),
    /// It was replaced by that of a later letter, sent at this time; costs no try.
    #[error("replaced code")]
    Replaced(Millis),
    /// It was right once.
    #[error("expired code")]
    Expired,
    /// Its tries are used up.
    #[error("no tries left")]
    Exhausted,
    /// Too many wrong codes from this network.
    #[error("too many failures")]
    TooMany(Millis),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Whom the counters count.
struct Counters {
    /// What the person is told counts this.
    shown: String,
    /// What happens counts this.
    real: String,
}

impl Counters {
    fn of(flow: &Flow) -> Self {
        let typed = format!("typed:{}", identifier_key(&flow.typed));
        let device = flow.device_id.as_ref().map(|id| format!("device:{id}"));
        Self {
            real: device
                .clone()
                .or_else(|| flow.account_id.clone())
                .unwrap_or_else(|| typed.clone()),
            shown: device.unwrap_or(typed),
        }
    }
}

/// A code that is to be sent.
pub struct Sending<'a> {
    /// The flow that asks.
    pub flow: &'a Flow,
    /// What the flow is for.
    pub purpose: Purpose,
    /// The account whose code it is; `None` sends nothing but takes as long.
    pub account: Option<&'a Account>,
    /// Where it goes: part of the MAC, so that a code proves this address and no other.
    pub address: &'a str,
    /// Whether the code can be right at all. A letter may still go out when it is not:
    /// "this address has an account already".
    pub can_be_right: bool,
    /// Who asks.
    pub client: &'a Client,
}

/// Sends a code by the letter that `letter` writes for it (`None`: no letter is due), in one
/// transaction with the counters and the flow's step.
///
/// # Errors
/// [`SendError`]; nothing was done then.
pub async fn send(
    app: &App,
    tx: &mut Tx,
    sending: &Sending<'_>,
    letter: impl FnOnce(&Code, Millis) -> Option<Letter>,
) -> Result<(), SendError> {
    let now = app.clock.now();
    let Sending { flow, client, .. } = sending;
    let limit = if app.config.limits {
        count_letter(app, tx, &Counters::of(flow), client, now).await?
    } else {
        Limit::Within
    };
    let roams = limit == Limit::Last && sending.purpose == Purpose::Recover;
    let long = roams || is_under_attack(app, tx, &Counters::of(flow), now).await?;
    let code = make(&app.random, long);
    let expires_at = now + if roams { ROAMING_TTL } else { app.config.code_ttl };

    tx.execute(
        "UPDATE codes SET state = 'replaced' WHERE flow_id = $1 AND state = 'current' AND NOT roams",
        args![&flow.id],
    )
    .await?;
    let mac = if sending.can_be_right {
        let bound_to = if roams { "" } else { &flow.id };
        mac(
            &app.keys,
            sending.purpose,
            bound_to,
            flow.account_id.as_deref(),
            sending.address,
            &code,
        )
    } else {
        // Matches nothing that can be typed.
        app.random.bytes::<32>().to_vec()
    };
    tx.execute(
        "INSERT INTO codes (id, flow_id, account_id, mac, long, roams, state, tries, epoch, sent_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'current', 0, $7, $8, $9)",
        args![
            app.random.id(now),
            &flow.id,
            flow.account_id.clone(),
            mac,
            long,
            roams,
            sending.account.map_or(flow.epoch, |account| account.epoch),
            now,
            expires_at
        ],
    )
    .await?;
    flows::advance(tx, &flow.id, Step::Code).await?;
    let letter = letter(&code, expires_at);
    let deliver = letter.is_some() && limit != Limit::Beyond;
    let letter = letter.unwrap_or_else(|| Letter::decoy(&app.config));
    outbox::enqueue(app, tx, letter, deliver, flow.ready_at.max(now), Some(expires_at)).await?;
    events::record(tx, &app.random, now, EventKind::CodeSent, flow.account_id.as_deref(), client)
        .await?;
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Limit {
    Within,
    /// The last letter that the hour or the day allows: its code is long and roams,
    /// so that whoever floods an account with letters puts the way in into them.
    Last,
    /// The account's letters are used up under another of its names. Nothing may show.
    Beyond,
}

async fn count_letter(
    app: &App,
    tx: &mut Tx,
    who: &Counters,
    client: &Client,
    now: Millis,
) -> Result<Limit, SendError> {
    let key = |what: &str, whom: &str| Key::new(&app.keys, what, &[whom]);
    if let Err(wait) =
        throttle::once_per(tx, &key("resend", &who.shown), app.config.code_resend, now).await?
    {
        return Err(SendError::TooEarly(wait));
    }
    for (key, span, most) in [
        (key("letters-hour", &who.shown), HOUR, LETTERS_AN_HOUR),
        (key("letters-day", &who.shown), DAY, LETTERS_A_DAY),
        (key("letters-network", &client.network), HOUR, LETTERS_AN_HOUR_AND_NETWORK),
    ] {
        let count = throttle::count(tx, &key, span, now).await?;
        if count.count > most {
            return Err(SendError::TooMany(count.since + span - now));
        }
    }
    let hour = throttle::count(tx, &key("sent-hour", &who.real), HOUR, now).await?.count;
    let day = throttle::count(tx, &key("sent-day", &who.real), DAY, now).await?.count;
    Ok(if hour > LETTERS_AN_HOUR || day > LETTERS_A_DAY {
        Limit::Beyond
    } else if hour == LETTERS_AN_HOUR || day == LETTERS_A_DAY {
        Limit::Last
    } else {
        Limit::Within
    })
}

async fn is_under_attack(
    app: &App,
    tx: &mut Tx,
    who: &Counters,
    now: Millis,
) -> Result<bool, DbError> {
    if !app.config.limits {
        return Ok(false);
    }
    let failures = throttle::peek_in(tx, &failures_key(app, &who.real), DAY, now).await?;
    if failures.count >= FAILURES_A_DAY {
        return Ok(true);
    }
    let last_hour = events::count_since(tx, EventKind::CodeWrong, now - HOUR).await?;
    if last_hour < SITE_FLOOR {
        return Ok(false);
    }
    let week = events::count_since(tx, EventKind::CodeWrong, now - 7 * DAY).await?;
    Ok(last_hour > SITE_FACTOR * (week - last_hour) / (7 * 24 - 1))
}

fn failures_key(app: &App, whom: &str) -> Key {
    Key::new(&app.keys, "code-failures", &[whom])
}

/// A code that was right: the flow goes on under a new token.
pub struct Right {
    /// The token for the `flow` cookie.
    pub token: Token,
    /// The account as it is now, if the flow is for one.
    pub account: Option<Account>,
}

#[derive(sqlx::FromRow)]
struct CodeRow {
    id: String,
    mac: Vec<u8>,
    long: bool,
    tries: i64,
    epoch: i64,
    sent_at: Millis,
    expires_at: Millis,
}

/// Checks a code that was typed. When it is right it is used up, the flow goes on to `then`, and the
/// transaction in which that happened is handed on: what follows from the code belongs to it.
///
/// # Errors
/// [`CheckError`]. Tries and failures are counted before they are checked, and stay counted.
pub async fn check(
    app: &App,
    flow: &Flow,
    purpose: Purpose,
    address: &str,
    typed: &str,
    client: &Client,
    then: Step,
) -> Result<(Tx, Right), CheckError> {
    let Some(code) = Code::parse(typed) else { return Err(CheckError::Malformed) };
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let result =
        judge(app, &mut tx, &Judging { flow, purpose, address, code: &code, client }, now).await;
    match result {
        Ok(account) => {
            let Some(token) = flows::step_up(&mut tx, &app.random, &flow.id, then, now).await?
            else {
                return Err(CheckError::NoneSent);
            };
            events::record(
                &mut tx,
                &app.random,
                now,
                EventKind::CodeRight,
                flow.account_id.as_deref(),
                client,
            )
            .await?;
            Ok((tx, Right { token, account }))
        }
        Err(error @ CheckError::Db(_)) => Err(error),
        Err(error) => {
            if matches!(error, CheckError::Wrong(_) | CheckError::Exhausted) {
                let account = flow.account_id.as_deref();
                events::record(&mut tx, &app.random, now, EventKind::CodeWrong, account, client)
                    .await?;
            }
            tx.commit().await?;
            Err(error)
        }
    }
}

struct Judging<'a> {
    flow: &'a Flow,
    purpose: Purpose,
    address: &'a str,
    code: &'a Code,
    client: &'a Client,
}

async fn judge(
    app: &App,
    tx: &mut Tx,
    it: &Judging<'_>,
    now: Millis,
) -> Result<Option<Account>, CheckError> {
    let account = match &it.flow.account_id {
        Some(id) => accounts::get_for_update(tx, id).await?,
        None => None,
    };
    let who = Counters::of(it.flow);
    let counted = app.config.limits && !it.code.is_long();
    let network = Key::new(&app.keys, "code-failures-network", &[&it.client.network]);
    let shown = Key::new(&app.keys, "code-failures-shown", &[&who.shown]);
    let keys = [network, shown, failures_key(app, &who.real)];
    let mut attacked = false;
    if counted {
        let [network, shown, real] = &keys;
        let failures = throttle::count(tx, network, HOUR, now).await?;
        if failures.count > FAILURES_AN_HOUR_AND_NETWORK {
            return Err(CheckError::TooMany(failures.since + HOUR - now));
        }
        if throttle::count(tx, shown, DAY, now).await?.count > FAILURES_A_DAY {
            return Err(CheckError::Exhausted);
        }
        // Under another of its names the account had its share of failures: a short
        // code is not taken then, but nothing may show that the names belong together.
        attacked = throttle::count(tx, real, DAY, now).await?.count > FAILURES_A_DAY;
    }
    let uncount = async |tx: &mut Tx| -> Result<(), DbError> {
        if counted {
            for key in &keys {
                throttle::uncount(tx, key).await?;
            }
        }
        Ok(())
    };

    if let Some(account) = &account
        && let Some(roaming) = roaming_match(app, tx, it, account, now).await?
    {
        use_up(tx, &roaming).await?;
        return Ok(Some(account.clone()));
    }
    let current: Option<CodeRow> = tx
        .optional(
            "UPDATE codes SET tries = tries + 1 WHERE state = 'current' AND id = (
                SELECT id FROM codes WHERE flow_id = $1 AND state = 'current'
                ORDER BY sent_at DESC, id DESC LIMIT 1)
             RETURNING id, mac, long, tries, epoch, sent_at, expires_at",
            args![&it.flow.id],
        )
        .await?;
    let mac =
        mac(&app.keys, it.purpose, &it.flow.id, it.flow.account_id.as_deref(), it.address, it.code);
    let Some(current) = current else {
        uncount(tx).await?;
        return Err(CheckError::NoneSent);
    };
    if is_replaced(tx, it.flow, &mac, now).await? {
        tx.execute("UPDATE codes SET tries = tries - 1 WHERE id = $1", args![&current.id]).await?;
        uncount(tx).await?;
        return Err(CheckError::Replaced(current.sent_at));
    }
    if current.expires_at <= now {
        uncount(tx).await?;
        return Err(CheckError::Expired);
    }
    if current.tries > TRIES && !current.long {
        return Err(CheckError::Exhausted);
    }
    let fresh = account
        .as_ref()
        .is_none_or(|account| account.epoch == current.epoch && account.epoch == it.flow.epoch);
    if !bool::from(mac.ct_eq(&current.mac)) || !fresh || attacked {
        let left = (!current.long).then_some(TRIES - current.tries);
        return Err(if left == Some(0) { CheckError::Exhausted } else { CheckError::Wrong(left) });
    }
    use_up(tx, &current.id).await?;
    uncount(tx).await?;
    Ok(account)
}

async fn use_up(tx: &mut Tx, id: &str) -> Result<(), DbError> {
    tx.execute("UPDATE codes SET state = 'used' WHERE id = $1", args![id]).await.map(drop)
}

/// The id of the roaming code that was typed, if it is one of the account's.
async fn roaming_match(
    app: &App,
    tx: &mut Tx,
    it: &Judging<'_>,
    account: &Account,
    now: Millis,
) -> Result<Option<String>, DbError> {
    if !it.code.is_long() {
        return Ok(None);
    }
    let rows: Vec<(String, Vec<u8>)> = tx
        .all(
            "SELECT id, mac FROM codes
             WHERE account_id = $1 AND roams AND state = 'current' AND expires_at > $2 AND epoch = $3",
            args![&account.id, now, account.epoch],
        )
        .await?;
    let mac = mac(&app.keys, it.purpose, "", Some(&account.id), it.address, it.code);
    Ok(rows.into_iter().find(|(_, theirs)| bool::from(mac.ct_eq(theirs))).map(|(id, _)| id))
}

async fn is_replaced(tx: &mut Tx, flow: &Flow, mac: &[u8], now: Millis) -> Result<bool, DbError> {
    let rows: Vec<(Vec<u8>,)> = tx
        .all(
            "SELECT mac FROM codes WHERE flow_id = $1 AND state = 'replaced' AND expires_at > $2",
            args![&flow.id, now],
        )
        .await?;
    Ok(rows.iter().any(|(theirs,)| bool::from(mac.ct_eq(theirs))))
}

/// When the newest code of a flow was sent and when the next may be: for the countdown.
#[derive(Clone, Copy, Debug)]
pub struct Latest {
    /// When the newest code was sent, if one was.
    pub sent_at: Option<Millis>,
    /// When "Get code" works again.
    pub next_at: Millis,
    /// Whether the newest code is a long one.
    pub long: bool,
}

/// See [`Latest`].
///
/// # Errors
/// When the database fails.
pub async fn latest(app: &App, flow: &Flow) -> Result<Latest, DbError> {
    let now = app.clock.now();
    let row: Option<(i64, bool)> = app
        .db
        .optional(
            "SELECT sent_at, long FROM codes WHERE flow_id = $1 ORDER BY sent_at DESC LIMIT 1",
            args![&flow.id],
        )
        .await?;
    let mut next_at = now;
    if app.config.limits {
        let shown = Counters::of(flow).shown;
        let key = Key::new(&app.keys, "resend", &[&shown]);
        let last = throttle::peek(&app.db, &key, app.config.code_resend, now).await?;
        if last.count > 0 {
            next_at = last.since + app.config.code_resend;
        }
        for (what, span, most) in
            [("letters-hour", HOUR, LETTERS_AN_HOUR), ("letters-day", DAY, LETTERS_A_DAY)]
        {
            let count =
                throttle::peek(&app.db, &Key::new(&app.keys, what, &[&shown]), span, now).await?;
            if count.count >= most {
                next_at = next_at.max(count.since + span);
            }
        }
    }
    Ok(Latest {
        sent_at: row.map(|(at, _)| at),
        next_at: next_at.max(now),
        long: row.is_some_and(|(_, long)| long),
    })
}

/// Seconds until `then`, rounded up.
#[must_use]
pub const fn seconds_until(then: Millis, now: Millis) -> i64 {
    (then - now + SECOND - 1) / SECOND
}

/// Ends every code of an account: its epoch was raised.
///
/// # Errors
/// When the database fails.
pub async fn end_all(tx: &mut Tx, account_id: &str) -> Result<(), DbError> {
    tx.execute("DELETE FROM codes WHERE account_id = $1", args![account_id]).await.map(drop)
}

/// Forgets codes that are over.
///
/// # Errors
/// When the database fails.
pub async fn sweep(tx: &mut Tx, now: Millis) -> Result<(), DbError> {
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

fn mac(
    keys: &Keys,
    purpose: Purpose,
    flow: &str,
    account: Option<&str>,
    address: &str,
    code: &Code,
) -> Vec<u8> {
    let address = identifier_key(address);
    keys.mac(
        MacFor::Code,
        &[purpose.as_str(), flow, account.unwrap_or_default(), &address, code.expose()],
    )
}
