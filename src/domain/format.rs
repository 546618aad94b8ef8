//! Times, durations and browsers in words that a shopper understands.

use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::{
    clock::{Duration, Timestamp},
    domain::user_agent::{BrowserName, System, UserAgent},
    i18n::{self, Locale},
    islands::Moment,
};

/// Formats a duration, rounded up to its natural unit, in the accusative: "wait *1 minute*", «через *1 минуту*».
#[must_use]
pub fn duration(locale: Locale, duration: Duration) -> String {
    match duration.as_secs().max(1) {
        seconds @ ..=90 => i18n::units::seconds(locale, seconds),
        seconds @ ..=5400 => i18n::units::minutes(locale, (seconds + 59) / 60),
        seconds @ ..=172_800 => i18n::units::hours(locale, (seconds + 3599) / 3600),
        seconds => i18n::units::days(locale, (seconds + 86_399) / 86_400),
    }
}

/// `14:03`
#[must_use]
pub fn moment(zone: &Zone, at: Timestamp) -> Moment {
    Moment {
        datetime: machine(at),
        words: clock(zone, at),
        is_utc: *zone == Zone::default(),
        with_date: None,
    }
}

/// `21 November 2026, 14:03`
#[must_use]
pub fn date_moment(locale: Locale, zone: &Zone, at: Timestamp) -> Moment {
    let words = datetime(locale, zone, at);
    Moment { words, with_date: Some(locale.tag().to_owned()), ..moment(zone, at) }
}

/// Returns the zones bundled in the binary. Those of the system come second: distributions leave out older names
/// (`Asia/Calcutta`), which browsers still send, and a machine without any zones knows them as well.
fn bundled() -> &'static TimeZoneDatabase {
    static BUNDLED: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);
    &BUNDLED
}

/// Returns the zone with exactly this IANA name, older ones and links included.
#[must_use]
pub fn zone(name: &str) -> Option<TimeZone> {
    let is_spelt_so = |zone: &TimeZone| zone.iana_name() == Some(name) && !zone.is_unknown();
    bundled().get(name).ok().filter(is_spelt_so).or_else(|| {
        // It may be newer than this binary.
        TimeZone::get(name).ok().filter(is_spelt_so)
    })
}

/// The time zone in which a user reads times.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone(TimeZone);

impl Default for Zone {
    fn default() -> Self {
        Self(TimeZone::UTC)
    }
}

impl Zone {
    /// Returns the zone of an IANA name: one of [`Zone::names`], or another that means the same (`Etc/UTC`).
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        zone(name).map(Self)
    }

    /// Returns the names that a user can choose from, separated by spaces: `UTC` and those of the form `Europe/Berlin`,
    /// in order.
    #[must_use]
    pub fn names() -> &'static str {
        static NAMES: LazyLock<String> = LazyLock::new(|| {
            const AREAS: [&str; 10] = [
                "Africa/",
                "America/",
                "Antarctica/",
                "Arctic/",
                "Asia/",
                "Atlantic/",
                "Australia/",
                "Europe/",
                "Indian/",
                "Pacific/",
            ];
            let mut names: Vec<String> = bundled()
                .available()
                .map(|name| name.to_string())
                .filter(|name| AREAS.iter().any(|area| name.starts_with(area)))
                .collect();
            names.sort_unstable();
            names.insert(0, "UTC".to_owned());
            names.join(" ")
        });
        &NAMES
    }
}

/// Formats a time: `14:03 UTC`, `17:03 MSK`. Pages with script show the reader's own time instead, unless the reader
/// chose a zone.
#[must_use]
pub fn clock(zone: &Zone, at: Timestamp) -> String {
    strftime(zone, at, "%H:%M %Z")
}

/// Formats a date and time: `21 November 2026, 14:03 UTC`.
#[must_use]
pub fn datetime(locale: Locale, zone: &Zone, at: Timestamp) -> String {
    format!("{}, {}", date(locale, zone, at), clock(zone, at))
}

/// Formats a date: `21 November 2026`.
#[must_use]
pub fn date(locale: Locale, zone: &Zone, at: Timestamp) -> String {
    let month = strftime(zone, at, "%m").parse().unwrap_or(1);
    i18n::units::date(
        locale,
        strftime(zone, at, "%-d"),
        i18n::month(locale, month),
        strftime(zone, at, "%Y"),
    )
}

/// A day, relative to now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// The current day.
    Today,
    /// The day before.
    Yesterday,
    /// Any other day.
    Other,
}

/// Returns which day `at` was, seen from `now`.
#[must_use]
pub fn day(zone: &Zone, now: Timestamp, at: Timestamp) -> Day {
    let date = |at: Timestamp| at.to_jiff().to_zoned(zone.0.clone()).date();
    let (today, then) = (date(now), date(at));
    match then.tomorrow() {
        _ if then == today => Day::Today,
        Ok(next) if next == today => Day::Yesterday,
        _ => Day::Other,
    }
}

/// Formats a time by RFC 3339, for `<time datetime>`.
#[must_use]
pub fn machine(at: Timestamp) -> String {
    strftime(&Zone::default(), at, "%Y-%m-%dT%H:%M:%SZ")
}

/// Parses a time that [`machine`] wrote, without its milliseconds.
#[must_use]
pub fn parse_machine(text: &str) -> Option<Timestamp> {
    text.parse::<jiff::Timestamp>().ok().map(Timestamp::from)
}

fn strftime(zone: &Zone, at: Timestamp, format: &str) -> String {
    at.to_jiff().to_zoned(zone.0.clone()).strftime(format).to_string()
}

/// Returns "Chrome, Windows", taken from the user agent: enough for users to recognise their own device.
#[must_use]
pub fn browser(locale: Locale, agent: &str) -> String {
    let agent = UserAgent::parse(agent);
    match (agent.browser.map(BrowserName::name), agent.system.map(System::name)) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => i18n::units::unknown_browser(locale).to_owned(),
    }
}
