//! Events as they are shown to the user.

use super::words;
use crate::{
    clock::Timestamp,
    domain::{
        audit::{Event, EventKind},
        client::COMMAND_LINE,
        format::{self, Day, Zone},
    },
    i18n::Texts,
    islands::{ActivityDay, ActivityEntry},
};

/// Formats an event for a time zone; `place` is where it came from.
#[must_use]
pub(crate) fn entry(
    event: &Event,
    place: Option<String>,
    t: Texts,
    zone: &Zone,
    now: Timestamp,
) -> ActivityEntry {
    let date = format::date(t.0, zone, event.at);
    let heading = match format::day(zone, now, event.at) {
        Day::Today => t.activity().today().to_owned(),
        Day::Yesterday => t.activity().yesterday().to_owned(),
        Day::Other => date.clone(),
    };
    ActivityEntry {
        id: event.id.to_string(),
        words: told(event, t),
        origin: origin(event, place, t),
        is_warning: EventKind::parse(&event.kind).is_some_and(words::is_warning),
        moment: format::moment(zone, event.at),
        day: ActivityDay { date, heading },
    }
}

/// Describes what happened, and whether emails reported it.
pub(super) fn told(event: &Event, t: Texts) -> String {
    let words = words::words(event, t.0);
    match event.emails {
        ..1 => words,
        1 => format!("{words} · {}", t.activity().email_sent()),
        2.. => format!("{words} · {}", t.activity().emails_sent()),
    }
}

/// Returns the browser and the place; `None` for emails, which the server itself sends.
pub(super) fn origin(event: &Event, place: Option<String>, t: Texts) -> Option<String> {
    if event.network == COMMAND_LINE {
        return Some(t.activity().by_shop().to_owned());
    }
    if event.network.is_empty() {
        return None;
    }
    let place = place.unwrap_or_else(|| event.network.clone());
    Some(format!("{} · {place}", format::browser(t.0, &event.user_agent)))
}
