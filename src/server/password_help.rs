//! Verdict while a password is being chosen: what would be refused and why, and how long it would stand up to guessing.
//! The rules are those of [`super::passwords`]; the estimate (zxcvbn) only explains and refuses nothing.

use serde::{Deserialize, Serialize};
use zxcvbn::{Score, feedback::Warning, zxcvbn};

use crate::{
    error::Kind,
    forms::SecretText,
    i18n::{self, Locale},
    server::{Fault, app::App, hashing::HashError, passwords},
};

/// What is said about a password that is being typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// 0 (refused) to 4 (very strong).
    pub score: u8,
    /// One sentence.
    pub words: String,
}

/// Judges what was typed so far by the owner of `login` and `email`.
///
/// # Errors
/// When the server has too much to do for this.
pub async fn judge(
    app: &App,
    typed: &SecretText,
    login: &str,
    email: &str,
    locale: Locale,
) -> Result<Verdict, Fault> {
    if typed.expose().is_empty() {
        return Ok(Verdict { score: 0, words: String::new() });
    }
    let password = match passwords::choose(app, typed, login, email) {
        Ok(password) => password,
        Err(problem) => {
            return Ok(Verdict { score: 0, words: refused(app, problem.into(), locale) });
        }
    };
    // An estimate is some milliseconds of work: it may never queue up.
    let turn = app.estimates.clone().try_acquire_owned();
    let Ok(turn) = turn else { return Err(Fault::Hash(HashError::Busy)) };
    let own = [login.to_owned(), email.to_owned(), app.config.shop_name.clone()];
    let estimate = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        let own: Vec<&str> =
            own.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
        let estimate = zxcvbn(password.expose(), &own);
        (estimate.score(), estimate.feedback().and_then(zxcvbn::feedback::Feedback::warning))
    });
    let (score, warning) = estimate.await.map_err(|_| Fault::Hash(HashError::Busy))?;
    // What is not refused is never shown as if it were.
    let score = match score {
        Score::Zero | Score::One => 1,
        Score::Two => 2,
        Score::Three => 3,
        _ => 4,
    };
    Ok(Verdict { score, words: words(score, warning, locale) })
}

fn refused(app: &App, kind: Kind, locale: Locale) -> String {
    if kind == Kind::PasswordTooShort {
        let min = i64::try_from(app.config.password_min).unwrap_or(10);
        return i18n::password_help::too_short(locale, min);
    }
    crate::error::AppError::new(kind).summary(locale)
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
