//! Office hours: `Mon-Fri 09:00-18:00, Sat 10:00-14:00 Europe/Berlin`.

use jiff::{
    ToSpan as _,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};

use super::ConfigError;
use crate::{clock::Timestamp, domain::format};

const DAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];
/// How many days [`Hours::next_open`] looks ahead.
const AHEAD_DAYS: i32 = 14;
const FORM: &str = "Mon-Fri 09:00-18:00, Sat 10:00-14:00 Europe/Berlin";

/// When support is staffed.
#[derive(Clone, Debug)]
pub struct Hours {
    spans: Vec<Span>,
    zone: TimeZone,
}

/// From one time to another on some days; if it ends earlier than it begins, it ends on the following day.
#[derive(Clone, Debug)]
struct Span {
    days: Vec<Weekday>,
    from: Time,
    /// `None`: at the end of the day.
    to: Option<Time>,
}

impl Span {
    fn is_overnight(&self) -> bool {
        self.to.is_some_and(|to| to < self.from)
    }

    fn holds(&self, day: Weekday, time: Time) -> bool {
        let is_before_end = self.to.is_none_or(|to| time < to);
        let today = self.days.contains(&day) && self.from <= time;
        if self.is_overnight() {
            today || (self.days.contains(&day.previous()) && is_before_end)
        } else {
            today && is_before_end
        }
    }
}

impl Hours {
    /// Parses the setting: days and times, separated by commas, and the time zone at the end.
    pub(crate) fn parse(text: &str) -> Result<Self, ConfigError> {
        judge(text).map_err(|reason| ConfigError::new("support_hours", reason))
    }

    /// Returns whether support is staffed at this time.
    #[must_use]
    pub fn are_open(&self, at: Timestamp) -> bool {
        let at = at.to_jiff().to_zoned(self.zone.clone());
        let (day, time) = (at.weekday(), at.time());
        self.spans.iter().any(|span| span.holds(day, time))
    }

    /// Returns when support is staffed next, within two weeks: now, if it is open.
    #[must_use]
    pub fn next_open(&self, at: Timestamp) -> Option<Timestamp> {
        if self.are_open(at) {
            return Some(at);
        }
        let today = at.to_jiff().to_zoned(self.zone.clone()).date();
        let days = (0..=AHEAD_DAYS).filter_map(|ahead| today.checked_add(ahead.days()).ok());
        days.flat_map(|date| self.spans.iter().filter_map(move |span| self.begins(span, date)))
            .filter(|begin| *begin > at)
            .min()
    }

    /// Returns when a span begins on this day, if it does. A time that the clocks skip is one hour later.
    fn begins(&self, span: &Span, date: Date) -> Option<Timestamp> {
        let begin = date.to_datetime(span.from).to_zoned(self.zone.clone()).ok()?;
        span.days.contains(&date.weekday()).then(|| begin.timestamp().into())
    }
}

/// Parses the whole text, or returns what is wrong with it.
fn judge(text: &str) -> Result<Hours, String> {
    let text = plain(text);
    let (spans, zone) = text.rsplit_once(' ').unwrap_or(("", &text));
    if spans.is_empty() {
        return Err(format!("`{text}` is not of the form {FORM}"));
    }
    if zone.contains(':') {
        return Err(format!("a time zone is missing at the end, as in {FORM}"));
    }
    let zone = format::zone(zone)
        .ok_or_else(|| format!("`{zone}` is no time zone such as Europe/Berlin or UTC"))?;
    let mut all: Vec<Span> = Vec::new();
    // Days before a comma that have no times of their own: `Mon,Wed 09:00-18:00`.
    let mut days: Vec<Weekday> = Vec::new();
    let mut named = "";
    for part in spans.trim_end_matches(',').split(',').map(str::trim) {
        if part.is_empty() {
            return Err(format!("between two commas, or beside one, nothing stands: `{spans}`"));
        }
        let (names, times) = match part.split_once(' ') {
            Some((names, times)) => (names, Some(times)),
            None if part.starts_with(|c: char| c.is_ascii_digit()) => ("", Some(part)),
            None => (part, None),
        };
        if !names.is_empty() {
            days.extend(parse_days(names)?);
            named = names;
        }
        let Some(times) = times else { continue };
        let (from, to) = parse_times(times)?;
        // Several times on the same days: `Mon-Fri 09:00-12:00, 13:00-18:00`.
        let days = match (std::mem::take(&mut days), all.last()) {
            (days, _) if !days.is_empty() => days,
            (_, Some(before)) => before.days.clone(),
            (_, None) => return Err(format!("before `{times}` no days are named, as in {FORM}")),
        };
        all.push(Span { days, from, to });
        named = "";
    }
    if named.is_empty() {
        Ok(Hours { spans: all, zone })
    } else {
        Err(format!("after `{named}` no times follow, as in {FORM}"))
    }
}

/// Normalizes the text: one kind of dash, without spaces around it, and one kind of space.
fn plain(text: &str) -> String {
    let dash = |c| matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{ff0d}');
    let text = text.replace(dash, "-");
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words.replace(" -", "-").replace("- ", "-").replace(" ,", ",")
}

fn parse_times(text: &str) -> Result<(Time, Option<Time>), String> {
    let span = || format!("`{text}` is no span of time such as 09:00-18:00");
    let (from, to) = text.split_once('-').ok_or_else(span)?;
    let from = parse_time(from)?.ok_or_else(|| format!("no day begins at `{from}`"))?;
    let to = parse_time(to)?;
    if to == Some(from) {
        return Err(format!("`{text}` ends when it begins; a whole day is 00:00-24:00"));
    }
    Ok((from, to))
}

/// Parses a time; `None` is the end of the day.
fn parse_time(text: &str) -> Result<Option<Time>, String> {
    if text == "24:00" {
        return Ok(None);
    }
    let number = |digits: &str| {
        let is_number = matches!(digits.len(), 1 | 2) && digits.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| digits.parse().ok()).flatten()
    };
    text.split_once(':')
        .filter(|(_, minutes)| minutes.len() == 2)
        .and_then(|(hours, minutes)| Time::new(number(hours)?, number(minutes)?, 0, 0).ok())
        .map(Some)
        .ok_or_else(|| format!("`{text}` is no time from 00:00 to 24:00"))
}

/// Parses one day, or a range of days; the week continues after Sunday.
fn parse_days(text: &str) -> Result<Vec<Weekday>, String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (parse_day(first)?, parse_day(last)?);
    let mut days = vec![first];
    let mut day = first;
    while day != last {
        day = day.next();
        days.push(day);
    }
    Ok(days)
}

fn parse_day(text: &str) -> Result<Weekday, String> {
    let name = text.to_ascii_lowercase();
    DAYS.iter()
        .find(|(known, _)| *known == name || known.get(..3) == Some(name.as_str()))
        .map(|(_, day)| *day)
        .ok_or_else(|| format!("`{text}` is no day: Mon, Tue, Wed, Thu, Fri, Sat, Sun"))
}
