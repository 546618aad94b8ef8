//! What several rooms stand on.

mod codes;
mod config;
mod db;
pub(super) mod geo;
mod hashing;
mod human;
mod logs;
mod outbox;
mod throttle;
