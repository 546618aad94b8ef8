//! Points in time in the reader's time zone.
//!
//! The server formats them in the time zone that the reader chose in the profile. Without one it uses UTC, and an
//! island replaces it with the browser's own time zone.

use leptos::prelude::*;

use super::layout::use_request;
use crate::{
    clock::Timestamp,
    domain::format::{self, Zone},
    i18n::{Texts, use_texts},
    islands::{LocalTime, Moment},
};

/// `14:03`
#[must_use]
pub fn moment(zone: &Zone, at: Timestamp) -> Moment {
    Moment {
        datetime: format::machine(at),
        words: format::clock(zone, at),
        is_utc: *zone == Zone::default(),
        with_date: None,
    }
}

/// `21 November 2026, 14:03`
#[must_use]
pub fn date_moment(t: Texts, zone: &Zone, at: Timestamp) -> Moment {
    let words = format::datetime(t.0, zone, at);
    Moment { words, with_date: Some(t.0.tag().to_owned()), ..moment(zone, at) }
}

/// `21 November 2026, 14:03`
#[component]
pub fn DateTime(at: Timestamp) -> impl IntoView {
    told(date_moment(use_texts(), &use_request().zone(), at))
}

fn told(moment: Moment) -> impl IntoView {
    if moment.is_utc {
        view! { <LocalTime moment/> }.into_any()
    } else {
        view! { <time datetime=moment.datetime>{moment.words}</time> }.into_any()
    }
}
