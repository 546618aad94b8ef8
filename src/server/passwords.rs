//! What every way to a new password shares: how it is judged, and what happens when it is set.

use crate::{
    error::Kind,
    forms::{Password, PasswordContext, PasswordProblem, SecretText, identifier_key},
    server::{
        accounts::{self, Account},
        app::App,
        client::Client,
        codes,
        db::{DbError, Tx},
        events::{self, EventKind},
        flows, letters, outbox, session,
        throttle::{self, Key},
    },
};

impl From<PasswordProblem> for Kind {
    fn from(problem: PasswordProblem) -> Self {
        match problem {
            PasswordProblem::Missing => Self::PasswordMissing,
            PasswordProblem::TooShort => Self::PasswordTooShort,
            PasswordProblem::TooLong => Self::PasswordTooLong,
            PasswordProblem::Common => Self::PasswordCommon,
            PasswordProblem::Personal => Self::PasswordPersonal,
        }
    }
}

/// Judges a password that is being chosen by the owner of `login` and `email`.
///
/// # Errors
/// What is wrong with it.
pub fn choose(
    app: &App,
    typed: &SecretText,
    login: &str,
    email: &str,
) -> Result<Password, PasswordProblem> {
    let user = email.rsplit_once('@').map_or(email, |(user, _)| user);
    let words = [login, user, app.config.shop_name.as_str()];
    Password::choose(
        typed.expose(),
        &PasswordContext { min: app.config.password_min, words: &words },
    )
}

/// Judges the two fields of a new password; gives the problem of each.
///
/// # Errors
/// The fields and what is wrong with them.
pub fn choose_twice(
    app: &App,
    typed: &SecretText,
    again: &SecretText,
    account: &Account,
) -> Result<Password, Vec<(&'static str, Kind)>> {
    let password = choose(app, typed, &account.login, &account.email)
        .map_err(|problem| vec![("new_password", problem.into())])?;
    if typed.expose() == again.expose() {
        Ok(password)
    } else {
        Err(vec![("new_password_again", Kind::PasswordsDiffer)])
    }
}

/// The streak of failures that disables the password for browsers the account does not know.
#[must_use]
pub fn elsewhere_key(app: &App, account: &str) -> Key {
    Key::new(&app.keys, "refused-elsewhere", &[account])
}

/// The streak of failures under a name that was typed.
#[must_use]
pub fn typed_key(app: &App, typed: &str) -> Key {
    Key::new(&app.keys, "refused", &[&identifier_key(typed)])
}

/// Sets a new password and all that belongs to it: the epoch, the end of every session, flow and code, the end
/// of waits, the event, the letter. `flow` is the one in which it happens, if it happens in one.
///
/// # Errors
/// When the database fails.
pub async fn set(
    app: &App,
    tx: &mut Tx,
    account: &Account,
    hash: &str,
    event: EventKind,
    flow: Option<&str>,
    client: &Client,
) -> Result<(), DbError> {
    let now = app.clock.now();
    accounts::set_password(tx, &account.id, hash, now).await?;
    session::end_all(tx, &account.id).await?;
    session::forget_devices(tx, &account.id).await?;
    codes::end_all(tx, &account.id).await?;
    flows::end_others(tx, &account.id, flow).await?;
    // In the order in which signing in clears them, lest two transactions wait for each other.
    for key in [
        typed_key(app, &account.login),
        typed_key(app, &account.email),
        elsewhere_key(app, &account.id),
    ] {
        throttle::clear(tx, &key).await?;
    }
    events::record(tx, &app.random, now, event, Some(&account.id), client).await?;
    outbox::enqueue(app, tx, letters::password_changed(app, account, client), true, now, None).await
}
