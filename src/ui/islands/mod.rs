//! Islands. Each makes better what works without it, finds the plain HTML that it
//! enhances by id, and takes its texts as props.

mod busy;
mod countdown;
mod dom;
mod local_time;
mod match_hint;
mod proof;
mod reveal;
mod slider;

pub use self::{
    busy::Busy, countdown::Countdown, local_time::LocalTime, match_hint::MatchHint, reveal::Reveal,
    slider::Slider,
};
