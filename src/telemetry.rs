//! What is logged, and how: JSON lines, or plain ones on a terminal.

use tracing_subscriber::EnvFilter;

/// Libraries that, at verbose levels, log requested addresses, emails or queries. Whatever the setting is, they stay at
/// `info` (ASVS 16.2.5).
const TALKATIVE: [&str; 5] =
    ["h2=info", "hyper=info", "lettre=info", "sqlx=info", "tower_http=info"];

/// Returns the filter of the setting, with these libraries held back.
#[must_use]
pub fn filter(setting: &str) -> EnvFilter {
    TALKATIVE
        .iter()
        .filter_map(|directive| directive.parse().ok())
        .fold(EnvFilter::new(setting), EnvFilter::add_directive)
}

/// Starts logging to standard error.
pub fn init(setting: &str) {
    use std::io::IsTerminal as _;
    let logs =
        tracing_subscriber::fmt().with_env_filter(filter(setting)).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        logs.init();
    } else {
        // The list of spans includes the current one.
        logs.json().flatten_event(true).with_current_span(false).init();
    }
}
