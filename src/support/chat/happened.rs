//! Texts for events in a conversation: for the user and for the console.

use crate::{
    i18n::{Locale, support::happened as t},
    support::conversation::happened,
};

/// Returns the text of an event (see [`happened`]); `None` for an event that a newer version wrote.
#[must_use]
pub(crate) fn words(locale: Locale, what: &str) -> Option<&'static str> {
    Some(match what {
        happened::ENDED => t::ended(locale),
        happened::CODE_HIDDEN => t::code_hidden(locale),
        happened::TAKEN => t::taken(locale),
        happened::HANDED_OVER => t::handed_over(locale),
        happened::SOLVED => t::solved(locale),
        happened::CLOSED => t::closed(locale),
        happened::REOPENED => t::reopened(locale),
        "assisted_opened" => t::assisted_opened(locale),
        "assisted_confirmed" => t::assisted_confirmed(locale),
        "assisted_approved" => t::assisted_approved(locale),
        "assisted_refused" => t::assisted_refused(locale),
        "assisted_stopped" => t::assisted_stopped(locale),
        "assisted_ready" => t::assisted_ready(locale),
        "assisted_done" => t::assisted_done(locale),
        "assisted_expired" => t::assisted_expired(locale),
        "assisted_overtaken" => t::assisted_overtaken(locale),
        _ => return None,
    })
}

/// Returns where the user continues after an event, outside the conversation.
#[must_use]
pub(crate) fn goes_on(what: &str) -> Option<&'static str> {
    (what == "assisted_opened").then_some("/recover/assisted")
}
