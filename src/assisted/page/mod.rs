//! The screens of an assisted recovery.

pub mod shopper;
pub mod staff;
pub mod stop;
