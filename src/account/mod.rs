//! My account: the hub, and the profile.

pub mod page;
