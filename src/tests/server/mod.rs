//! What several rooms stand on.

mod codes;
mod config;
mod db;
pub(super) mod geo;
mod guessing;
mod hashing;
mod human;
pub(super) mod logs;
mod odds;
mod outbox;
mod sqlite;
mod throttle;
