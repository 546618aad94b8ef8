//! Office hours: `Mon-Fri 09:00-18:00, Sat 10:00-14:00 Europe/Berlin`.

use jiff::{
    Timestamp,
    civil::{Time, Weekday},
    tz::TimeZone,
};

use super::ConfigError;
use crate::server::clock::Millis;

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// When somebody is there.
#[derive(Clone, Debug)]
pub struct Hours {
    spans: Vec<(Vec<Weekday>, Time, Time)>,
    zone: TimeZone,
}

impl Hours {
    /// From the text of the setting: days and times, a comma between several, and the time zone at the end.
    pub(crate) fn parse(text: &str) -> Result<Self, ConfigError> {
        let error = || {
            let reason = format!(
                "`{text}` is not of the form Mon-Fri 09:00-18:00, Sat 10:00-14:00 Europe/Berlin"
            );
            ConfigError::new("support_hours", reason)
        };
        let (spans, zone) = text.rsplit_once(' ').ok_or_else(error)?;
        let zone = TimeZone::get(zone).map_err(|_| error())?;
        let spans = spans.split(',').map(|span| parse_span(span.trim()).ok_or_else(error));
        Ok(Self { spans: spans.collect::<Result<_, _>>()?, zone })
    }

    /// Whether somebody is there at this time.
    #[must_use]
    pub fn are_open(&self, at: Millis) -> bool {
        let Ok(at) = Timestamp::from_millisecond(at) else { return false };
        let at = at.to_zoned(self.zone.clone());
        let (day, time) = (at.weekday(), at.time());
        self.spans
            .iter()
            .any(|(days, from, to)| days.contains(&day) && (*from..*to).contains(&time))
    }

    /// When somebody is there next, within two weeks: now, if it is open.
    #[must_use]
    pub fn next_open(&self, at: Millis) -> Option<Millis> {
        const QUARTER: Millis = 15 * 60 * 1000;
        // Hours begin at any minute; a quarter of an hour is exact enough to be told, and never too early.
        (0..14 * 96).map(|step| at + step * QUARTER).find(|at| self.are_open(*at))
    }
}

fn parse_span(span: &str) -> Option<(Vec<Weekday>, Time, Time)> {
    let (days, times) = span.split_once(' ')?;
    let (from, to) = times.trim().split_once('-')?;
    let (from, to): (Time, Time) = (parse_time(from)?, parse_time(to)?);
    (from < to).then_some((parse_days(days)?, from, to))
}

fn parse_time(text: &str) -> Option<Time> {
    if text == "24:00" {
        return Some(Time::MAX);
    }
    let (hours, minutes) = text.split_once(':')?;
    Time::new(hours.parse().ok()?, minutes.parse().ok()?, 0, 0).ok()
}

fn parse_days(text: &str) -> Option<Vec<Weekday>> {
    let number = |name: &str| DAYS.iter().position(|(known, _)| name.eq_ignore_ascii_case(known));
    let (first, last) = match text.split_once('-') {
        Some((first, last)) => (number(first)?, number(last)?),
        None => (number(text)?, number(text)?),
    };
    (first <= last)
        .then(|| DAYS.iter().skip(first).take(last - first + 1).map(|(_, day)| *day).collect())
}
