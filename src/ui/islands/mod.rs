//! Islands: what is alive in the browser.
//!
//! Each enhances plain HTML that works without it. It finds that HTML by a `data-` attribute, which
//! also carries its texts, and changes it directly: an island that hydrates its own view and reads
//! props weighs twice as much (ARCHITECTURE.md has the figures), and the sign-in screen has to be light.

mod busy;
mod countdown;
mod dom;
mod live;
mod local_time;
mod send;
mod turns;

pub use self::{
    busy::Busy, countdown::Countdown, live::Live, local_time::LocalTime, send::Send,
};
