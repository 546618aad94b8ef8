//! What several areas share, without pages.

pub mod account_emails;
pub mod accounts;
pub mod audit;
pub mod backup_codes;
pub mod client;
pub mod email_limits;
pub mod email_link;
pub mod format;
pub mod geoip;
pub mod ids;
pub mod known_browser;
pub mod mask;
pub mod notification_prefs;
pub mod password_help;
pub mod passwords;
pub mod presses;
pub mod rate_limit;
pub mod roles;
pub mod session;
pub mod user_agent;
pub mod values;
pub mod verification;
