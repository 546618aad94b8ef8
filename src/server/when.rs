//! Times, spans and browsers in words that a shopper understands.

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    i18n::{self, Locale},
    server::clock::Millis,
};

/// A span, rounded to its natural unit, in the accusative: "wait *1 minute*", «через *1 минуту*».
#[must_use]
pub fn span(locale: Locale, seconds: i64) -> String {
    match seconds.max(1) {
        seconds @ ..=90 => i18n::units::seconds(locale, seconds),
        seconds @ ..=5400 => i18n::units::minutes(locale, (seconds + 59) / 60),
        seconds => i18n::units::hours(locale, (seconds + 3599) / 3600),
    }
}

/// `14:03 UTC`. Screens with script show the reader's own time instead.
#[must_use]
pub fn clock(at: Millis) -> String {
    format(at, "%H:%M UTC")
}

/// `21 November 2026, 14:03 UTC`.
#[must_use]
pub fn full(locale: Locale, at: Millis) -> String {
    format!("{}, {}", date(locale, at), clock(at))
}

/// `21 November 2026`.
#[must_use]
pub fn date(locale: Locale, at: Millis) -> String {
    let month = format(at, "%m").parse().unwrap_or(1);
    i18n::units::date(locale, format(at, "%-d"), i18n::month(locale, month), format(at, "%Y"))
}

/// RFC 3339, for `<time datetime>`.
#[must_use]
pub fn machine(at: Millis) -> String {
    format(at, "%Y-%m-%dT%H:%M:%SZ")
}

fn format(at: Millis, format: &str) -> String {
    let at = Timestamp::from_millisecond(at).unwrap_or_default();
    at.to_zoned(TimeZone::UTC).strftime(format).to_string()
}

/// "Chrome, Windows": enough to recognise one's own device, taken from the user agent.
#[must_use]
pub fn browser(locale: Locale, agent: &str) -> String {
    // Order matters: nearly every browser also claims to be Chrome and Safari.
    const BROWSERS: [(&str, &str); 8] = [
        ("YaBrowser/", "Yandex Browser"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("OPR/", "Opera"),
        ("Edg", "Edge"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let find = |list: &[(&str, &'static str)]| {
        list.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => i18n::units::unknown_browser(locale).to_owned(),
    }
}
