//! The tables of notes, canned answers and shifts, and what the console reads of conversations and their answers, which
//! belong to [`crate::support::conversation`].

mod canned;
mod notes;
mod queue;
mod shifts;
mod stats;

pub(super) use self::{
    canned::{Canned, NewCanned, add_canned, canned, change_canned, list_canned, remove_canned},
    notes::{Note, add_note, notes},
    queue::{Counts, QueueRow, closed_ones, counts, found, open_ones, own_ones},
    shifts::{Colleague, colleagues, seen, set_duty},
    stats::{begun_a_day, closed, waiting, waits},
};
