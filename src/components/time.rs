//! Points in time in the reader's time zone.
//!
//! The server formats them in the time zone that the reader chose in the profile. Without one it uses UTC, and an
//! island replaces it with the browser's own time zone.

use leptos::prelude::*;

use super::layout::use_request;
use crate::{
    clock::Timestamp,
    domain::format,
    i18n::use_texts,
    islands::{LocalTime, Moment},
};

/// `21 November 2026, 14:03`
#[component]
pub(crate) fn DateTime(at: Timestamp) -> impl IntoView {
    told(format::date_moment(use_texts().0, &use_request().zone(), at))
}

fn told(moment: Moment) -> impl IntoView {
    if moment.is_utc {
        view! { <LocalTime moment/> }.into_any()
    } else {
        view! { <time datetime=moment.datetime>{moment.words}</time> }.into_any()
    }
}
