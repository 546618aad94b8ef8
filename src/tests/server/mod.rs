//! What several rooms stand on.

mod codes;
mod config;
mod connections;
mod db;
pub(super) mod geo;
mod hashing;
mod human;
pub(super) mod logs;
mod outbox;
mod sqlite;
mod throttle;
