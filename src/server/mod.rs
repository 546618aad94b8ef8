//! Code that several features share. Server only.

pub mod account_code;
pub mod accounts;
pub mod address_code;
pub mod app;
pub mod assisted;
pub mod audit;
pub mod backup_codes;
pub mod captcha;
pub mod client;
pub mod clock;
pub mod codes;
pub mod common_passwords;
pub mod complete_sign_in;
pub mod config;
pub mod connections;
pub mod conversations;
pub mod db;
pub mod deletion;
pub mod emails;
pub mod flows;
pub mod format;
pub mod geo;
pub mod hashing;
pub mod http;
pub mod ids;
pub mod links;
pub mod mask;
pub mod notification_prefs;
pub mod outbox;
pub mod password_help;
pub mod passwords;
pub mod pictures;
pub mod presses;
pub mod qr;
pub mod random;
pub mod rate_limit;
pub mod realtime;
pub mod reauthentication;
pub mod return_to;
pub mod roles;
pub mod run;
pub mod secret;
pub mod session;
pub mod telemetry;
pub mod translation;
pub mod turns;
pub mod user_agent;

/// A failure of the infrastructure: the database or the hashing pool failed.
#[derive(Debug, thiserror::Error)]
pub enum InternalError {
    /// The database is unreachable, or a query failed.
    #[error("database: {0}")]
    Db(#[from] db::DbError),
    /// No password hash could be made.
    #[error(transparent)]
    Hash(#[from] hashing::HashError),
}
