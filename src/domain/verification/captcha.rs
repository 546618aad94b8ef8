//! The captcha: a slider in front, a proof of work behind it (the `altcha` protocol, deterministic mode). It costs
//! computing time and replaces no rate limit.

use std::collections::BTreeMap;

use altcha::{
    CreateChallengeOptions, Payload, VerifySolutionOptions, create_challenge, verify_solution,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use strum::{AsRefStr, VariantArray};

use crate::{
    args,
    clock::{Duration, HOUR, MINUTE, Timestamp, minutes, seconds},
    db::{Db, DbError, Tx},
    domain::{
        client,
        rate_limit::{self, Key},
        verification::flows::FlowKind,
    },
    error::{AppError, FormError},
    i18n::{Locale, errors as t},
    security::Token,
    state::AppState,
};

/// Why a form is refused before anything in it is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsRefStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum CaptchaProblem {
    /// The solution is missing, spent, or of too low a difficulty.
    SlideAgain,
}

impl FormError for CaptchaProblem {
    fn text(&self, locale: Locale, _: &AppError) -> String {
        match self {
            Self::SlideAgain => t::slide_again(locale).to_owned(),
        }
    }
}

/// Hashes that a first visitor's browser computes, at most; about a third of a second on an old phone.
const BASE_DIFFICULTY: u32 = 30_000;
/// How often the difficulty may double: eight times the base is about three seconds on an old phone.
const DOUBLINGS: u32 = 3;
/// Checks an hour from one network until its difficulty doubles (again).
const NETWORK_STEP: i64 = 20;
/// Checks an hour that aim at one name until its difficulty doubles (again).
const TARGET_STEP: i64 = 5;
/// Solutions of a network that are accepted in a minute.
const SOLUTIONS_A_MINUTE: i64 = 20;
/// How long a challenge is valid: a user may fill in a form slowly.
const LIFETIME: Duration = minutes(30);
/// Passes without a solution (no WebAssembly), an hour and network.
const QUOTA: i64 = 10;
/// Beyond the quota, passes are this far apart: three a minute, however many are requested.
const GAP: Duration = seconds(20);
/// Longest wait for such a pass; a browser that would wait longer must solve the captcha after all.
const GAP_MOST: Duration = minutes(10);
/// Passes without a solution for the whole site in an hour: a quota for each network adds up over many. Beyond it no
/// request is turned away: one without a solution waits for a slot, even the first of a network.
const SITE_QUOTA: i64 = 300;
/// Beyond the quota of the site, the slots of all networks together are this far apart.
const SITE_GAP: Duration = seconds(2);
/// Passes without a solution for one [allocation](client::allocation), in an hour.
const ALLOCATION_QUOTA: i64 = 3 * QUOTA;

/// A challenge for the slider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The signed challenge, JSON, to be sent back unchanged.
    pub json: String,
    /// Hex: what every try begins with.
    pub nonce: String,
    /// Hex: see the protocol.
    pub salt: String,
    /// Hex: what the right try's hash begins with.
    pub prefix: String,
}

/// Why a solution was refused.
#[derive(Debug, thiserror::Error)]
pub enum CaptchaError {
    /// Too old, used before, made for another browser or page, too easy by now, or missing: the captcha must be solved
    /// again, at this difficulty.
    #[error("another proof is needed")]
    Again(u32),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// What a solution is for.
pub struct CaptchaContext<'a> {
    /// The flow that it opens.
    pub purpose: FlowKind,
    /// The browser's own cookie, set with the page.
    pub browser: Option<&'a Token>,
    /// The network that it comes from.
    pub network: &'a str,
}

/// Creates a challenge for a page; `least` is a difficulty that was named before.
pub async fn challenge(
    state: &AppState,
    context: &CaptchaContext<'_>,
    least: u32,
) -> Result<Challenge, DbError> {
    let now = state.clock.now();
    let difficulty = network_difficulty(state, context.network, now).await?.max(least);
    let data = BTreeMap::from([
        ("at".to_owned(), Value::from(now.as_millis())),
        ("browser".to_owned(), Value::from(binding(context.browser))),
        ("for".to_owned(), Value::from(context.purpose.as_str())),
        ("price".to_owned(), Value::from(difficulty)),
    ]);
    let counter = difficulty / 2
        + u32::try_from(state.random.below(u64::from(difficulty / 2).max(1))).unwrap_or_default();
    let made = create_challenge(CreateChallengeOptions {
        algorithm: "SHA-256".to_owned(),
        cost: 1,
        counter: Some(counter),
        data: Some(data),
        hmac_signature_secret: Some(state.keys.captcha_key()),
        hmac_key_signature_secret: Some(state.keys.captcha_key()),
        ..CreateChallengeOptions::default()
    });
    let made = made.map_err(|e| DbError::Encode(e.to_string().into()))?;
    Ok(Challenge {
        json: serde_json::to_string(&made).map_err(|e| DbError::Encode(e.into()))?,
        nonce: made.parameters.nonce,
        salt: made.parameters.salt,
        prefix: made.parameters.key_prefix,
    })
}

/// Checks and spends a solution that aims at `target` (the key of what was typed). Returns the time from which the flow
/// may continue: now, or later for a browser that sent no solution and is beyond the quota.
///
/// # Errors
/// [`CaptchaError`].
pub async fn check(
    state: &AppState,
    tx: &mut Tx,
    context: &CaptchaContext<'_>,
    target: &str,
    solution: &str,
) -> Result<Timestamp, CaptchaError> {
    let now = state.clock.now();
    let by_network = Key::new(&state.keys, "checks-network", &[context.network]);
    let by_target = Key::new(&state.keys, "checks-target", &[target]);
    let mut difficulty = BASE_DIFFICULTY;
    if state.config.limits {
        let network = rate_limit::count(tx, &by_network, HOUR, now).await?.count;
        let aimed = rate_limit::current_in(tx, &by_target, HOUR, now).await?.count;
        difficulty =
            difficulty_of(network - 1, NETWORK_STEP).max(difficulty_of(aimed, TARGET_STEP));
    }
    if solution.is_empty() {
        return if state.config.limits {
            without_solution(state, tx, context.network, difficulty, now).await
        } else {
            Ok(now)
        };
    }
    let spent = verified(state, context, solution, difficulty, now)
        .ok_or(CaptchaError::Again(difficulty))?;
    if state.config.limits {
        // Work is cheap for an attacker with many cores; what follows from it is rows.
        let in_minute = Key::new(&state.keys, "proofs-minute", &[context.network]);
        let within = rate_limit::at_most(tx, &in_minute, MINUTE, SOLUTIONS_A_MINUTE, now).await?;
        within.map_err(|_| CaptchaError::Again(difficulty))?;
    }
    // Only work that was done raises the next difficulty: nobody raises that of another user for free.
    rate_limit::count(tx, &by_target, HOUR, now).await?;
    let inserted = tx
        .execute(
            "INSERT INTO spent_proofs (key, expires_at) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING",
            args![spent, now + LIFETIME],
        )
        .await?;
    if inserted == 1 { Ok(now) } else { Err(CaptchaError::Again(difficulty)) }
}

async fn without_solution(
    state: &AppState,
    tx: &mut Tx,
    network: &str,
    difficulty: u32,
    now: Timestamp,
) -> Result<Timestamp, CaptchaError> {
    let site = Key::new(&state.keys, "no-proof-site", &[]);
    let site_is_full = rate_limit::current_in(tx, &site, HOUR, now).await?.count >= SITE_QUOTA;
    let quota = Key::new(&state.keys, "no-proof", &[network]);
    let allocation = Key::new(&state.keys, "no-proof-allocation", &[&client::allocation(network)]);
    let within = rate_limit::count(tx, &quota, HOUR, now).await?.count <= QUOTA
        && rate_limit::count(tx, &allocation, HOUR, now).await?.count <= ALLOCATION_QUOTA;
    if within && !site_is_full {
        rate_limit::count(tx, &site, HOUR, now).await?;
        return Ok(now);
    }
    let slots = Key::new(&state.keys, "no-proof-slots", &[network]);
    let mut slot = rate_limit::take_slot(tx, &slots, GAP, GAP_MOST, now).await?;
    if slot < now + GAP_MOST && site_is_full {
        let slots = Key::new(&state.keys, "no-proof-site-slots", &[]);
        slot = slot.max(rate_limit::take_slot(tx, &slots, SITE_GAP, GAP_MOST, now).await?);
    }
    if slot < now + GAP_MOST { Ok(slot) } else { Err(CaptchaError::Again(difficulty)) }
}

/// Returns the signature of the challenge, if the solution is right in everything.
fn verified(
    state: &AppState,
    context: &CaptchaContext<'_>,
    solution: &str,
    difficulty: u32,
    now: Timestamp,
) -> Option<String> {
    let payload: Payload = serde_json::from_slice(&STANDARD.decode(solution).ok()?).ok()?;
    let parameters = &payload.challenge.parameters;
    let result = verify_solution(VerifySolutionOptions {
        hmac_key_signature_secret: Some(state.keys.captcha_key()),
        ..VerifySolutionOptions::new(
            &payload.challenge,
            &payload.solution,
            state.keys.captcha_key(),
        )
    });
    if !result.ok()?.verified {
        return None;
    }
    let data = parameters.data.as_ref()?;
    let issued = Timestamp::from_millis(data.get("at")?.as_i64()?);
    let right = (now - LIFETIME..=now).contains(&issued)
        && data.get("for")?.as_str()? == context.purpose.as_str()
        && data.get("browser")?.as_str()? == binding(context.browser)
        // Half is enough: the difficulty may have risen since the page was rendered.
        && data.get("price")?.as_u64()? >= u64::from(difficulty / 2);
    right.then_some(payload.challenge.signature)?
}

async fn network_difficulty(
    state: &AppState,
    network: &str,
    now: Timestamp,
) -> Result<u32, DbError> {
    if !state.config.limits {
        return Ok(BASE_DIFFICULTY);
    }
    let key = Key::new(&state.keys, "checks-network", &[network]);
    Ok(difficulty_of(current(&state.db, &key, now).await?, NETWORK_STEP))
}

async fn current(db: &Db, key: &Key, now: Timestamp) -> Result<i64, DbError> {
    Ok(rate_limit::current(db, key, HOUR, now).await?.count)
}

fn difficulty_of(count: i64, step: i64) -> u32 {
    let doublings = u32::try_from(count / step).unwrap_or_default().min(DOUBLINGS);
    BASE_DIFFICULTY << doublings
}

/// Returns what binds a challenge to a browser. Not the token itself: the challenge is part of the page.
fn binding(browser: Option<&Token>) -> String {
    browser
        .map(|token| token.hash().iter().take(12).map(|b| format!("{b:02x}")).collect())
        .unwrap_or_default()
}

/// Deletes solutions that have expired and could not be spent again anyway.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    tx.execute("DELETE FROM spent_proofs WHERE expires_at <= $1", args![now]).await.map(drop)
}
