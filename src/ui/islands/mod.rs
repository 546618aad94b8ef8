//! Islands: what is alive in the browser.
//!
//! Each enhances plain HTML that works without it. It finds that HTML by a `data-` attribute, which
//! also carries its texts, and changes it directly: an island that hydrates its own view and reads
//! props weighs twice as much (ARCHITECTURE.md has the figures), and the sign-in screen has to be light.

mod busy;
mod console;
mod copy;
mod countdown;
mod dom;
mod live;
mod local_time;
mod match_hint;
mod proof;
mod reveal;
mod scan;
mod send;
mod slider;
mod strength;
mod time_zone;
mod turns;

pub use self::{
    busy::Busy, console::Console, copy::Copy, countdown::Countdown, live::Live,
    local_time::LocalTime, match_hint::MatchHint, reveal::Reveal, scan::Scan, send::Send,
    slider::Slider, strength::Strength, time_zone::TimeZone,
};
