//! What several features are based on.

mod captcha;
mod codes;
mod config;
mod connections;
mod db;
mod email_limits;
pub(super) mod geo;
mod guessing;
mod hashing;
mod metrics;
mod odds;
mod outbox;
mod pooler;
mod rate_limit;
mod sqlite;
mod statements;
pub(super) mod telemetry;
