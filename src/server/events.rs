//! What happened to accounts: who, what, when, from where (ASVS 16.2).

use crate::{
    args,
    server::{
        client::Client,
        clock::{DAY, Millis},
        db::{DbError, Tx},
        random::Random,
    },
};

/// A kind of event. The names in the table and in logs never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// An account was made.
    Registered,
    /// Somebody signed in.
    SignedIn,
    /// Somebody was refused: wrong password, unknown name, disabled account or password.
    SignInRefused,
    /// Somebody signed out.
    SignedOut,
    /// Recovery was asked for.
    RecoveryAsked,
    /// A code was asked for by mail.
    CodeSent,
    /// A wrong code was typed.
    CodeWrong,
    /// The right code was typed.
    CodeRight,
    /// The password was set by recovery.
    PasswordRecovered,
    /// The password was changed with the old one.
    PasswordChanged,
    /// The old password was typed wrongly while changing it.
    PasswordChangeRefused,
}

impl EventKind {
    /// As stored and logged.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::SignedIn => "signed_in",
            Self::SignInRefused => "sign_in_refused",
            Self::SignedOut => "signed_out",
            Self::RecoveryAsked => "recovery_asked",
            Self::CodeSent => "code_sent",
            Self::CodeWrong => "code_wrong",
            Self::CodeRight => "code_right",
            Self::PasswordRecovered => "password_recovered",
            Self::PasswordChanged => "password_changed",
            Self::PasswordChangeRefused => "password_change_refused",
        }
    }
}

/// Records an event; `account` is `None` when the name typed belongs to nobody.
///
/// # Errors
/// When the database fails.
pub async fn record(
    tx: &mut Tx,
    random: &Random,
    now: Millis,
    kind: EventKind,
    account: Option<&str>,
    client: &Client,
) -> Result<(), DbError> {
    tracing::info!(event = kind.as_str(), account, network = client.network, "event");
    tx.execute(
        "INSERT INTO events (id, account_id, kind, network, user_agent, at) VALUES ($1, $2, $3, $4, $5, $6)",
        args![random.id(now), account, kind.as_str(), &*client.network, &*client.user_agent, now],
    )
    .await
    .map(drop)
}

/// How often something happened on the whole site since `since`.
///
/// # Errors
/// When the database fails.
pub async fn count_since(tx: &mut Tx, kind: EventKind, since: Millis) -> Result<i64, DbError> {
    let (count,): (i64,) = tx
        .one(
            "SELECT COUNT(*) FROM events WHERE kind = $1 AND at >= $2",
            args![kind.as_str(), since],
        )
        .await?;
    Ok(count)
}

/// Forgets events: those of nobody after a month, those of accounts after two years.
///
/// # Errors
/// When the database fails.
pub async fn sweep(tx: &mut Tx, now: Millis) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM events WHERE at < $1 OR (account_id IS NULL AND at < $2)",
        args![now - 730 * DAY, now - 30 * DAY],
    )
    .await
    .map(drop)
}
