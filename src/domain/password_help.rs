//! Feedback while a password is being chosen: what would be refused and why, and how well it would resist guessing. The
//! rules are those of [`super::passwords`]; the estimate (zxcvbn) only explains and refuses nothing.

use std::time;

use zxcvbn::{Score, feedback::Warning, zxcvbn};

use crate::{
    clock::Duration,
    domain::{
        client::Client,
        passwords,
        values::{PasswordProblem, SecretText},
    },
    error::{InternalError, Problem},
    i18n::{self, Locale},
    islands::PasswordStrength,
    security::password_hashing::HashError,
    state::AppState,
};

/// Characters that are estimated at once: enough for the best verdict.
const PIECE: usize = 24;
/// Characters of a login, an address or a name that are looked for in a password.
const OWN_MAX: usize = 64;
/// How long an estimate waits for its turn: by then the input has changed.
const QUEUE_TIMEOUT: time::Duration = time::Duration::from_secs(1);
/// Estimates of one network in a minute: one is requested when a user pauses while typing.
const A_MINUTE: u32 = 120;

/// Why there is no feedback on a password.
#[derive(Debug, thiserror::Error)]
pub enum HelpError {
    /// This network requested so many that it has to wait.
    #[error("too many from this network")]
    TooMany(Duration),
    /// The server is too busy for this.
    #[error(transparent)]
    Internal(InternalError),
}

/// Judges what the owner of `login` and `email` has typed so far.
///
/// # Errors
/// [`HelpError`].
pub async fn judge(
    state: &AppState,
    typed: &SecretText,
    login: &str,
    email: &str,
    locale: Locale,
    client: &Client,
) -> Result<PasswordStrength, HelpError> {
    if typed.expose_secret().is_empty() {
        return Ok(PasswordStrength { score: 0, words: String::new() });
    }
    let password = match passwords::choose(state, typed, login, email) {
        Ok(password) => password,
        Err(problem) => {
            return Ok(PasswordStrength {
                score: 0,
                words: refused(state, &problem.into(), locale),
            });
        }
    };
    if state.config.limits {
        let passed = state.estimated.at_most(&client.network, A_MINUTE, state.clock.now());
        passed.map_err(HelpError::TooMany)?;
    }
    let turn = state.estimates.take(&client.network, "", QUEUE_TIMEOUT).await;
    let turn = turn.ok_or(HelpError::Internal(InternalError::Hash(HashError::Busy)))?;
    let own = [login, email, state.config.shop_name.as_str()].map(|word| beginning(word, OWN_MAX));
    let estimate = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        let own: Vec<&str> =
            own.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
        estimate(password.expose_secret(), &own)
    });
    let estimated = estimate.await.map_err(|_| InternalError::Hash(HashError::Busy));
    let (score, warning) = estimated.map_err(HelpError::Internal)?;
    Ok(PasswordStrength { score, words: words(score, warning, locale) })
}

/// Returns how strong an accepted password is, from 1 to 4. The cost of an estimate grows with the cube of the length,
/// which an attacker could exploit: so a long password is estimated piece by piece, and is at least as strong as its
/// strongest piece.
pub(crate) fn estimate(password: &str, own: &[&str]) -> (u8, Option<Warning>) {
    const BEST: u8 = 4;
    let mut best = (1, None);
    for piece in pieces(password) {
        let estimate = zxcvbn(&piece, own);
        // An accepted password is never shown as if it were refused.
        let score = match estimate.score() {
            Score::Zero | Score::One => 1,
            Score::Two => 2,
            Score::Three => 3,
            _ => BEST,
        };
        // Of equal pieces the first counts: it is what the user reads first.
        if score > best.0 || (score == best.0 && best.1.is_none()) {
            best = (score, estimate.feedback().and_then(zxcvbn::feedback::Feedback::warning));
        }
        // The pieces that cost the most are strong: the rest is then not estimated.
        if score == BEST {
            break;
        }
    }
    best
}

/// Splits a password into the pieces that are estimated at once.
pub(crate) fn pieces(password: &str) -> Vec<String> {
    let chars: Vec<char> = password.chars().collect();
    chars.chunks(PIECE).map(|piece| piece.iter().collect()).collect()
}

fn beginning(word: &str, most: usize) -> String {
    word.chars().take(most).collect()
}

fn refused(state: &AppState, problem: &Problem, locale: Locale) -> String {
    if *problem == PasswordProblem::TooShort {
        let min = i64::try_from(state.config.password_min).unwrap_or(10);
        return i18n::password_help::too_short(locale, min);
    }
    crate::error::AppError::new(problem.clone()).summary(locale)
}

fn words(score: u8, warning: Option<Warning>, locale: Locale) -> String {
    use i18n::password_help as t;
    let verdict = match score {
        1 => t::weak(locale),
        2 => t::fair(locale),
        3 => t::good(locale),
        _ => t::strong(locale),
    };
    let reason = warning.filter(|_| score < 3).map(|warning| match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess
        | Warning::ShortKeyboardPatternsAreEasyToGuess => t::keyboard(locale),
        Warning::RepeatsLikeAaaAreEasyToGuess
        | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => t::repeats(locale),
        Warning::SequencesLikeAbcAreEasyToGuess => t::sequences(locale),
        Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess => t::dates(locale),
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
        | Warning::CommonNamesAndSurnamesAreEasyToGuess => t::names(locale),
        _ => t::common(locale),
    });
    match reason {
        Some(reason) => format!("{verdict} {reason}"),
        None if score < 3 => format!("{verdict} {}", t::add_words(locale)),
        None => verdict.to_owned(),
    }
}
