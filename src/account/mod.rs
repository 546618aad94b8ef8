//! My account: the hub.

pub mod page;
