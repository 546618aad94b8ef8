//! What several rooms stand on.

mod codes;
mod config;
mod db;
pub(super) mod geo;
mod hashing;
mod human;
pub(super) mod logs;
mod outbox;
mod pooler;
mod sqlite;
mod throttle;
