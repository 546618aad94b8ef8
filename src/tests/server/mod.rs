//! What several rooms stand on.

mod codes;
mod config;
mod connections;
mod db;
pub(super) mod geo;
mod guessing;
mod hashing;
mod human;
mod odds;
mod outbox;
mod pooler;
mod share;
mod sqlite;
pub(super) mod telemetry;
mod throttle;
