//! Saved passwords: how to update or delete what a browser saved. It only tells; nothing is stored.

pub mod page;

mod guide;
