//! The one Rust test binary; its folders mirror the rooms.
