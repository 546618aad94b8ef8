//! Times as a reader's clock shows them.
//!
//! The server tells them in the time zone that the reader chose in the profile. Until then it can only say UTC,
//! and with script the browser puts its own in its place.

use leptos::prelude::*;

use super::islands::LocalTime;
use crate::{
    i18n::Locale,
    server::{
        clock::Millis,
        when::{self, Zone},
    },
};

/// `14:03`
pub fn clock_time(zone: &Zone, at: Millis) -> impl IntoView + use<> {
    time(zone, at, "clock", when::clock(zone, at))
}

/// `21 November 2026, 14:03`
pub fn full_time(locale: Locale, zone: &Zone, at: Millis) -> impl IntoView + use<> {
    time(zone, at, "full", when::full(locale, zone, at))
}

fn time(zone: &Zone, at: Millis, kind: &'static str, words: String) -> impl IntoView + use<> {
    let own = (*zone == Zone::default()).then_some(kind);
    let island = own.map(|_| view! { <LocalTime/> });
    view! {
        <time datetime=when::machine(at) data-local=own>{words}</time>
        {island}
    }
}
